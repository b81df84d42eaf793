import * as FLOW_KEY from '../columns/flow-key.js'
import * as REGION from '../columns/region.js'
import { kindOf, PLAIN_ARP } from './key'

/**
 * The keys of flows, which whoever reads frames looks up; the flows themselves are kept apart (flows.ts), where frames are
 * noted.
 */

/** More keys than this in a row of slots happen only by design: they are treated as too many. */
const MAX_PROBES = 64
const FIRST_SLOTS: u32 = 256
const STACK = FLOW_KEY.stack * 4
/** Where a frame's packet ends, and its padding begins. */
const PACKET_END = FLOW_KEY.tpa + 4

let keys: i32 = 0
let mask: u32 = FIRST_SLOTS - 1

/** How often all keys were forgotten. */
export let forgotten: i32 = 0

/** Forgets all keys. */
export function forgetKeys(): void {
  forgotten++
  keys = 0
  mask = FIRST_SLOTS - 1
  memory.fill(REGION.flowSlotsAt, 0, (<usize>FIRST_SLOTS) << 2)
}

/** The number, plus one, of the key that was put into its region; 0 when it is not known. */
export function find(stack: u32): u32 {
  store<u32>(K, stack, STACK)
  let place = hash(K, stack)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const number = load<u32>(slotAt(place++))
    if (number === 0 || isSame(keyAt(number - 1), K)) return number
  }
  return 0
}

/** What lies in its region is the key of an ARP frame. */
export function markArp(): void {
  store<u64>(K, PLAIN_ARP, FLOW_KEY.type)
}

/** Puts the key of an untagged Ethernet frame with a whole ARP packet into its region. */
export function putKey(at: usize): void {
  memory.copy(K, at, PACKET_END)
}

/** The number, plus one, that the key of a plain frame is likely to have; 0 when it has none. */
// @ts-ignore: decorator
@inline
export function likely(at: usize): u32 {
  return load<u32>(slotAt(hash(at, 0)))
}

/** Whether a plain frame has the key of a number, plus one. */
// @ts-ignore: decorator
@inline
export function has(number: u32, at: usize): bool {
  const key = keyAt(number - 1)
  const difference = v128.or(
    v128.or(v128.xor(v128.load(key), v128.load(at)), v128.xor(v128.load(key, 16), v128.load(at, 16))),
    v128.xor(v128.load(key, PACKET_END - 16), v128.load(at, PACKET_END - 16)),
  )
  return !v128.any_true(difference) && load<u32>(key, STACK) === 0
}

/** Whether one more key may be added without `forgetKeys`. */
export function hasRoom(stack: u32): bool {
  return keys < REGION.maxFlows && freeSlot(K, stack) !== 0
}

/** Adds the key that was put into its region; returns its number plus one. */
export function add(stack: u32): u32 {
  if (<u32>(2 * keys) > mask) grow()
  assert(keys < REGION.maxFlows)
  const key = keyAt(keys)
  memory.copy(key, K, FLOW_KEY.bytes)
  store<u32>(key, kindOf(key), FLOW_KEY.kind * 4)
  store<u32>(key, 0, FLOW_KEY.copies * 4)
  const slot = freeSlot(K, stack)
  keys++
  if (slot !== 0) store<i32>(slot, keys)
  return keys
}

const K: usize = REGION.keyAt

/** The address of a key, by its number; of -1, which is no key's, a place that can be read. */
// @ts-ignore: decorator
@inline
export function keyAt(number: u32): usize {
  assert(number + 1 <= <u32>REGION.maxFlows)
  return REGION.flowKeysAt + (<usize>number) * (FLOW_KEY.rowBytes)
}

// @ts-ignore: decorator
@inline
function slotAt(place: u32): usize {
  return REGION.flowSlotsAt + ((<usize>(place & mask)) << 2)
}

// @ts-ignore: decorator
@inline
function isSame(key: usize, other: usize): bool {
  const difference = v128.or(
    v128.or(v128.xor(v128.load(key), v128.load(other)), v128.xor(v128.load(key, 16), v128.load(other, 16))),
    v128.xor(v128.load(key, 32), v128.load(other, 32)),
  )
  return !v128.any_true(difference)
}

/** The address of the free slot where a key belongs, or 0. */
function freeSlot(key: usize, stack: u32): usize {
  let place = hash(key, stack)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const slot = slotAt(place++)
    if (load<u32>(slot) === 0) return slot
  }
  return 0
}

/** Doubles the slots. A key that finds none any more is taken for a new one. */
function grow(): void {
  mask = 2 * mask + 1
  assert(mask < <u32>REGION.flowSlots)
  memory.fill(REGION.flowSlotsAt, 0, <usize>(mask + 1) << 2)
  for (let number = 0; number < keys; number++) {
    const key = keyAt(number)
    const slot = freeSlot(key, load<u32>(key, STACK))
    if (slot !== 0) store<i32>(slot, number + 1)
  }
}

/** Every part times its own odd constant, so that the multiplications run side by side; then mixed downwards. */
// @ts-ignore: decorator
@inline
function hash(key: usize, stack: u32): u32 {
  const ends = (<u64>load<u32>(key, FLOW_KEY.ethernet + 8)) | ((<u64>load<u32>(key, FLOW_KEY.tpa)) << 32)
  const sum =
    (load<u64>(key, FLOW_KEY.ethernet) * 0x9e3779b97f4a7c15) ^
    (load<u64>(key, FLOW_KEY.arp) * 0xc2b2ae3d27d4eb4f) ^
    (load<u64>(key, FLOW_KEY.arp + 8) * 0x165667b19e3779f9) ^
    (ends * 0xd6e8feb86659fd93) ^
    ((<u64>stack) << 17)
  return <u32>(((sum ^ (sum >> 32)) * 0x2545f4914f6cdd1d) >> 40)
}
