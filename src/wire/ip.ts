import { formatIpv4, type Ipv4, parseIpv4, whyNoHost } from './ipv4.js'
import { formatIpv6, type Ipv6, parseIpv6, whyNoHost6 } from './ipv6.js'

/**
 * An IP address of either family: one value, which can be compared with ===, be a key of a Map and be a member of a Set. IPv4 is
 * a number, IPv6 a bigint, so that neither is ever taken for the other.
 */
export type Ip = Ipv4 | Ipv6

export function isIpv4(ip: Ip): ip is Ipv4 {
  return typeof ip === 'number'
}

export function isIpv6(ip: Ip): ip is Ipv6 {
  return typeof ip === 'bigint'
}

export function formatIp(ip: Ip): string {
  return isIpv4(ip) ? formatIpv4(ip) : formatIpv6(ip)
}

/** Any spelling of either family; `null` for anything else. A zone is not taken: see `splitZone`. */
export function parseIp(text: string): Ip | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** `fe80::1%eth0` as address and zone; a zone of `null` where there is none. */
export function splitZone(text: string): readonly [address: string, zone: string | null] {
  const at = text.indexOf('%')
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
}

/** Why no machine can hold this address and answer for it; null where one can. */
export function whyNoHostHolds(ip: Ip): string | null {
  return isIpv4(ip) ? whyNoHost(ip) : whyNoHost6(ip)
}

/** For sorting: IPv4 before IPv6, each by its value. */
export function compareIps(one: Ip, other: Ip): number {
  if (isIpv4(one) !== isIpv4(other)) return isIpv4(one) ? -1 : 1
  return one < other ? -1 : one > other ? 1 : 0
}

/** The name of its protocol that asks who has an address: ARP for IPv4 (RFC 826), neighbour discovery for IPv6 (RFC 4861). */
export function resolverOf(ip: Ip): 'ARP' | 'neighbour discovery' {
  return isIpv4(ip) ? 'ARP' : 'neighbour discovery'
}
