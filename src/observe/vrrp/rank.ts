import type { Advert } from '../../wire/advert.js'
import { parseIpv4 } from '../../wire/ipv4.js'

export interface Ranked {
  readonly ip: string
  readonly priority: number
}

/** The pseudonyms of a bundle keep the order of IPv4 addresses that differ in the last octet alone; that of others they may turn round. */
const LAST_OCTET = 8

/**
 * Above 0: the first stays master when both hear each other; 0: neither yields, or it is not known. Of equal priority the higher address
 * stays (RFC 9568 section 6.4.3); CARP compares how often they advertise and nothing else (FreeBSD netinet/ip_carp.c, carp_input_c).
 */
export function rank(protocol: Advert['protocol'], one: Ranked, other: Ranked): number {
  const byPriority = one.priority - other.priority
  if (byPriority !== 0 || protocol === 'carp') return byPriority
  const [mine, theirs] = [parseIpv4(one.ip), parseIpv4(other.ip)]
  if (mine === null || theirs === null || (mine ^ theirs) >>> LAST_OCTET !== 0) return 0
  return mine - theirs
}
