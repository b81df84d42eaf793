import type { Advert } from '../../wire/advert.js'
import { compareIps, parseIp } from '../../wire/ip.js'

export interface Ranked {
  readonly ip: string
  readonly priority: number
}

/**
 * Above 0: the first stays master when both hear each other; 0: neither yields. Of equal priority the higher address stays (RFC 9568
 * section 6.4.3); CARP compares how often they advertise and nothing else (FreeBSD netinet/ip_carp.c, carp_input_c).
 */
export function rank(protocol: Advert['protocol'], one: Ranked, other: Ranked): number {
  const byPriority = one.priority - other.priority
  if (byPriority !== 0 || protocol === 'carp') return byPriority
  const [mine, theirs] = [parseIp(one.ip), parseIp(other.ip)]
  return mine === null || theirs === null ? 0 : compareIps(mine, theirs)
}
