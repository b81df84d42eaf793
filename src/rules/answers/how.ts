import type { Explanation } from '../../facts/answers/model.js'
import { serviceProxyOf } from '../../node/roles.js'
import type { Answering } from './unwanted.js'
import { isIpvs } from './unwanted.js'

/** Why a host answers, in one clause: what holds the address, or which setting stands in for another machine. */
export function howWords({ explanation, held, host }: Answering): string {
  const { reply } = explanation
  if (reply.path === 'announcer') return `${reply.announcer ?? 'an announcer'} answers there by a socket of its own`
  if (reply.path !== 'local') return decisive(explanation)
  const here = held.find((one) => one.interface === reply.interface)
  if (here) return `its kernel holds ${here.ip}/${here.prefix} on ${here.interface}`
  const devices = held.map((one) => one.interface)
  const ipvs = devices.find((name) => isIpvs(host, name))
  const holder = ipvs === undefined ? 'its kernel' : `${serviceProxyOf(ipvs) ?? 'a service proxy'} (IPVS)`
  if (devices.length === 0) return 'its local routing table has the address'
  return `${holder} holds it on ${devices.join(' and ')}, and arp_ignore is ${ignoreValue(explanation)} on ${reply.interface}`
}

function ignoreValue({ because }: Explanation): string {
  return because.findLast(({ check }) => check === 'arp_ignore')?.value ?? '0'
}

/** The check that made it answer. */
function decisive({ because, reply }: Explanation): string {
  return because.findLast(({ outcome }) => outcome === 'answers')?.text ?? `it answers by ${reply.path}`
}
