import type { AddressFlag, Family, InterfaceAddress } from '../node/model.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import { type Ipv4, parseIpv4 } from '../wire/ipv4.js'
import { type Ipv6, parseIpv6 } from '../wire/ipv6.js'
import { network } from '../wire/subnet.js'

/** An address of the host (struct in_ifaddr, inet6_ifaddr). */
export interface Held<A extends Ip = Ipv4> {
  readonly ip: A
  /** The other end of a point-to-point address; otherwise the address itself. Its subnet counts. */
  readonly peer: A
  readonly length: number
  readonly device: string
  readonly scope: string
  /** Of IPv6 addresses alone. */
  readonly flags: readonly AddressFlag[]
}

/** The IPv4 addresses, in the order of the kernel. */
export function heldAddresses(addresses: readonly InterfaceAddress[]): Held[] {
  return heldOf(addresses, 4, parseIpv4)
}

/** The IPv6 addresses. */
export function heldAddresses6(addresses: readonly InterfaceAddress[]): Held<Ipv6>[] {
  return heldOf(addresses, 6, parseIpv6)
}

function heldOf<A extends Ip>(
  addresses: readonly InterfaceAddress[],
  family: Family,
  parse: (text: string) => A | null,
): Held<A>[] {
  return addresses.flatMap((address) => {
    const ip = address.family === family ? parse(address.ip) : null
    if (ip === null) return []
    const peer = address.peer === undefined ? ip : (parse(address.peer) ?? ip)
    const { prefix: length, interface: device, scope, flags = NO_FLAGS } = address
    return [{ ip, peer, length, device, scope, flags }]
  })
}

const NO_FLAGS: readonly AddressFlag[] = []

/** Duplicate address detection has not let it through yet, or never will: it is no address of the host's (RFC 4862 section 5.4). */
export function isTentative({ flags }: Pick<Held<Ip>, 'flags'>): boolean {
  return flags.includes('tentative') && !flags.includes('optimistic')
}

/** Whether an address lies in the subnet of a held one (inet_ifa_match); never in one of the other family. */
export function inSubnetOf(ip: Ip, held: Pick<Held<Ip>, 'peer' | 'length'>): boolean {
  return typeof ip === typeof held.peer && network(ip, held.length) === network(held.peer, held.length)
}

export function isMulticast(ip: Ipv4): boolean {
  return ip >>> 28 === 0xe
}

export function isLoopback(ip: Ip): boolean {
  return isIpv4(ip) ? ip >>> 24 === 127 : ip === 1n
}

/** ipv4_is_zeronet(): since Linux 5.3 the one address, no longer 0.0.0.0/8. */
export function isZeroNet(ip: Ipv4): boolean {
  return ip === 0
}

export const LIMITED_BROADCAST: Ipv4 = 0xffff_ffff

/** The bits of an address of a family. */
export function widthOf(ip: Ip): 32 | 128 {
  return isIpv4(ip) ? 32 : 128
}
