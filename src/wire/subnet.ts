import { type Ip, isIpv4 } from './ip.js'
import type { Ipv4 } from './ipv4.js'

/** The first `length` bits of an address. */
export function network(ip: Ipv4, length: number): Ipv4
export function network(ip: Ip, length: number): Ip
export function network(ip: Ip, length: number): Ip {
  if (isIpv4(ip)) return length === 0 ? 0 : (ip & (-1 << (32 - length))) >>> 0
  const rest = BigInt(128 - length)
  return (ip >> rest) << rest
}
