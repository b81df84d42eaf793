import * as FLOW_KEY from '../columns/flow-key.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as ETHERTYPE from '../../wire/ether-type.js'

/** The parts of a flow's key: bytes from its start on. */
export const ETH_DST = FLOW_KEY.ethernet
export const ETH_SRC = FLOW_KEY.ethernet + 6
export const OPER = FLOW_KEY.arp
export const SHA = FLOW_KEY.arp + 2
export const SPA = FLOW_KEY.arp + 8
export const THA = FLOW_KEY.arp + 12
export const TPA = FLOW_KEY.tpa

/** What all keys of ARP have in common, as a processor reads it. */
export const PLAIN_ARP: u64 = 0x0406_0008_0100_0608

/** The first half of what stands there in keys of neighbour discovery, as a processor reads it. */
const IPV6: u16 = <u16>(((ETHERTYPE.ipv6 & 0xff) << 8) | (ETHERTYPE.ipv6 >> 8))

/** RFC 826. */
const REQUEST: u16 = 1
const REPLY: u16 = 2

const BROADCAST: u64 = 0xffff_ffff_ffff

/** A MAC as a number; `at` is an address, as in all that follows. */
export function mac(at: usize): u64 {
  return ((<u64>bswap<u16>(load<u16>(at))) << 32) | <u64>bswap<u32>(load<u32>(at, 2))
}

export function isGroup(address: u64): bool {
  return ((address >> 40) & 1) !== 0
}

/** An address as a number. */
export function ip(at: usize): u32 {
  return bswap<u32>(load<u32>(at))
}

/** Whether it is about IPv6. */
// @ts-ignore: decorator
@inline
export function isSix(key: usize): bool {
  return load<u16>(key, FLOW_KEY.type) === IPV6
}

export function isRequest(key: usize): bool {
  return bswap<u16>(load<u16>(key, OPER)) === REQUEST
}

/** The bits of flow-kind.ts that a key alone decides. */
export function kindOf(key: usize): u32 {
  if (isSix(key)) return isRequest(key) ? kindOfSolicitation(key) : kindOfAdvertisement(key)
  const oper = bswap<u16>(load<u16>(key, OPER))
  const broadcast: u32 = mac(key + ETH_DST) === BROADCAST ? FLOW_KIND.broadcast : 0
  if (oper !== REQUEST && oper !== REPLY) return broadcast
  const claims: u32 = ip(key + SPA) === 0 ? 0 : FLOW_KIND.claims
  const base = broadcast | claims | (oper === REQUEST ? FLOW_KIND.request : FLOW_KIND.reply)
  if (ip(key + SPA) === ip(key + TPA)) return claims === 0 ? base : base | FLOW_KIND.gratuitous
  if (oper === REQUEST) return ip(key + TPA) === 0 ? base : base | FLOW_KIND.opens
  return claims === 0 ? base : base | FLOW_KIND.answers
}

/** Of those without a sender, the one who asks looks whether the address is free: it claims nothing. */
function kindOfSolicitation(key: usize): u32 {
  const base: u32 = FLOW_KIND.request | (isGroup(mac(key + ETH_DST)) ? FLOW_KIND.broadcast : 0)
  const asker = ip(key + SPA)
  const claims: u32 = asker !== 0 && (load<u8>(key, FLOW_KEY.flags) & FLOW_KEY.hasLinkAddress) !== 0 ? FLOW_KIND.claims : 0
  const opens: u32 = asker === ip(key + TPA) ? 0 : FLOW_KIND.opens
  return base | claims | opens | (asker === 0 ? FLOW_KIND.freeOrNot : 0)
}

/** One that nobody asked for may still answer whoever looks whether the address is free (RFC 4861 section 7.2.4). */
function kindOfAdvertisement(key: usize): u32 {
  const isAsked = (load<u8>(key, FLOW_KEY.flags) & FLOW_KEY.solicited) !== 0
  const base: u32 = FLOW_KIND.reply | FLOW_KIND.claims | FLOW_KIND.answers | (isGroup(mac(key + ETH_DST)) ? FLOW_KIND.broadcast : 0)
  return isAsked ? base : base | FLOW_KIND.gratuitous
}
