import { isCrowded } from '../../answering/interfaces.js'
import type { Facts } from '../../facts/facts.js'
import type { Host } from '../../node/model.js'
import type { Unjudged } from '../define.js'

/** Without one of these nothing that a host answers is sure. */
const NEEDED = ['links', 'addresses', 'sysctls', 'routes', 'rules'] as const

/** Why a host cannot be followed through its checks; null: it can. */
function unfollowed(host: Host): Unjudged | null {
  const { name, sections } = host
  for (const one of NEEDED) {
    const section = sections[one]
    if (!section.known) return { unjudged: name, because: `${section.gap.subject}: ${section.gap.reason}` }
  }
  return isCrowded(host)
    ? { unjudged: name, because: 'it is on the wire at too many interfaces to be predicted' }
    : null
}

/** What an audit says of each host, where no wire was looked at: what was seen is judged address by address. */
export function* eachAudited<T>(
  { hosts, wire }: Pick<Facts, 'hosts'> & Partial<Pick<Facts, 'wire'>>,
  judge: (host: Host) => Iterable<T>,
): Iterable<T | Unjudged | null> {
  if (wire) return
  for (const host of hosts) {
    if (!host.reached) continue
    yield null
    const unjudged = unfollowed(host)
    if (unjudged) yield unjudged
    else yield* judge(host)
  }
}
