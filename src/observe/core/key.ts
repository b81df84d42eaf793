import * as KEY from '../columns/flow-key'
import * as KIND from '../columns/flow-kind'

/** The parts of a flow's key: bytes from its start on. */
export const ETH_DST = KEY.ethernet
export const ETH_SRC = KEY.ethernet + 6
export const OPER = KEY.arp
export const SHA = KEY.arp + 2
export const SPA = KEY.arp + 8
export const THA = KEY.arp + 12
export const TPA = KEY.tpa

/** What all keys have in common, as a processor reads it. */
export const PLAIN_ARP: u64 = 0x0406_0008_0100_0608

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

/** The bits of flow-kind.ts that a key alone decides. */
export function kindOf(key: usize): u32 {
  const oper = bswap<u16>(load<u16>(key, OPER))
  const broadcast: u32 = mac(key + ETH_DST) === BROADCAST ? KIND.broadcast : 0
  if (oper !== REQUEST && oper !== REPLY) return broadcast
  const claims: u32 = ip(key + SPA) === 0 ? 0 : KIND.claims
  const base = broadcast | claims | (oper === REQUEST ? KIND.request : KIND.reply)
  if (ip(key + SPA) === ip(key + TPA)) return claims === 0 ? base : base | KIND.gratuitous
  if (oper === REQUEST) return ip(key + TPA) === 0 ? base : base | KIND.opens
  return claims === 0 ? base : base | KIND.answers
}
