import type { Host } from '../../node/model.js'
import { isInSubnet } from '../../probe/asking.js'
import { type Ip, isIpv4, parseIp } from '../../wire/ip.js'
import type { ScanContext } from '../scan-request.js'
import { byRelevance } from '../scan-targets.js'

/**
 * The host to look from for an address that this machine is not on the segment of: one that was read and has the subnet, one that
 * the operator named, the node that should answer, any node. Null where none is known.
 */
export function lookFrom(
  { view }: Pick<ScanContext, 'view'>,
  named: readonly string[] = [],
  hosts: readonly Host[] = [],
): (ip: string) => string | null {
  return (text) => {
    const ip = parseIp(text)
    if (ip === null) return null
    const read = hosts.find((host) => host.address !== 'local' && hasSubnetOf(ip, host))
    if (read) return read.name
    const reached = named.filter((name) => hosts.find((host) => host.name === name)?.reached !== false)
    const [first = null] = reached
    return first ?? nodeFor(ip, view)
  }
}

function hasSubnetOf(ip: Ip, { sections }: Host): boolean {
  const { addresses } = sections
  if (!addresses.known) return false
  return addresses.value.some(({ ip: text, prefix }) => {
    const own = parseIp(text)
    return own !== null && prefix < (isIpv4(own) ? 32 : 128) && isInSubnet(ip, { ip: own, prefix })
  })
}

function nodeFor(ip: Ip, view: ScanContext['view']): string | null {
  if (!view?.known || !view.value.cluster.nodes.known) return null
  return byRelevance(view.value.cluster.nodes.value, [ip], view.value)[0]?.name ?? null
}
