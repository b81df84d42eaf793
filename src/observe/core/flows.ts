import * as FLOW from '../columns/flow'
import * as TRAITS from '../columns/flow-traits'
import * as REGION from '../columns/regions'

/** More flows than this in a row of slots happen only by design: they are treated as too many. */
const MAX_PROBES = 64
const FIRST_SLOTS: u32 = 256

let flows: i32 = 0
let mask: u32 = FIRST_SLOTS - 1

export function count(): i32 {
  return flows
}

/** How often all flows were forgotten. */
export let forgotten: i32 = 0

/** Forgets all flows. */
export function forget(): void {
  forgotten++
  flows = 0
  mask = FIRST_SLOTS - 1
  memory.fill(REGION.flowSlotsAt, 0, REGION.claimsSeenAt - REGION.flowSlotsAt)
}

/** The address of the row of the flow whose key was put into its region, or 0. */
export function find(stack: u32): usize {
  return seek(load<u64>(K), load<u32>(K, 8), load<u64>(K, 12), load<u64>(K, 20), load<u32>(K, 28), load<u32>(K, 32), stack)
}

/** Puts the key of an untagged Ethernet frame with a whole ARP packet into its region. */
export function putKey(at: usize): void {
  memory.copy(K, at, 12)
  memory.copy(K + 12, at + 20, 20)
  store<u32>(K, load<u32>(at, 38), 32)
}

/** The address of the row where the flow of a plain frame is likely to be, or 0. */
// @ts-ignore: decorator
@inline
export function likelyRow(at: usize): usize {
  const place = hash(load<u64>(at), load<u32>(at, 8), load<u64>(at, 20), load<u64>(at, 28), load<u32>(at, 38), 0)
  const number = load<i32>(slotAt(place))
  return number === 0 ? 0 : rowOf(number - 1)
}

/** Whether a plain frame is of the flow in a row. */
// @ts-ignore: decorator
@inline
export function isOf(row: usize, at: usize): bool {
  return (
    ((load<u64>(row) ^ load<u64>(at)) |
      (load<u64>(row, 12) ^ load<u64>(at, 20)) |
      (load<u64>(row, 20) ^ load<u64>(at, 28)) |
      <u64>(
        (load<u32>(row, 8) ^ load<u32>(at, 8)) |
        (load<u32>(row, 28) ^ load<u32>(at, 36)) |
        (load<u32>(row, 32) ^ load<u32>(at, 38)) |
        (load<u32>(row, FLOW.traits * 4) & TRAITS.stackMask)
      )) === 0
  )
}

/** Whether one more flow may be added without `forget`. */
export function hasRoom(stack: u32): bool {
  return flows < REGION.maxFlows && freeSlot(K, stack) !== 0
}

/** Adds the flow whose key was put into its region; of its row, whose address is returned, only the key is set. */
export function add(stack: u32): usize {
  if (<u32>(2 * flows) > mask) grow()
  const row = rowOf(flows)
  memory.fill(row, 0, FLOW.width * 4)
  memory.copy(row, K, FLOW.traits * 4)
  store<u32>(row, stack, FLOW.traits * 4)
  const slot = freeSlot(K, stack)
  flows++
  if (slot !== 0) store<i32>(slot, flows)
  return row
}

const K: usize = REGION.keyAt

/** The address of a row, by its number. */
// @ts-ignore: decorator
@inline
export function rowOf(number: i32): usize {
  return REGION.flowsAt + (<usize>number) * (FLOW.width * 4)
}

// @ts-ignore: decorator
@inline
function slotAt(place: u32): usize {
  return REGION.flowSlotsAt + ((<usize>(place & mask)) << 2)
}

// @ts-ignore: decorator
@inline
function seek(a: u64, b: u32, c: u64, d: u64, e: u32, f: u32, stack: u32): usize {
  let place = hash(a, b, c, d, f, stack)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const number = load<i32>(slotAt(place++))
    if (number === 0) return 0
    const row = rowOf(number - 1)
    const difference =
      (load<u64>(row) ^ a) |
      (load<u64>(row, 12) ^ c) |
      (load<u64>(row, 20) ^ d) |
      <u64>(
        (load<u32>(row, 8) ^ b) |
        (load<u32>(row, 28) ^ e) |
        (load<u32>(row, 32) ^ f) |
        ((load<u32>(row, FLOW.traits * 4) & TRAITS.stackMask) ^ stack)
      )
    if (difference === 0) return row
  }
  return 0
}

/** The address of the free slot where a key belongs, or 0. */
function freeSlot(key: usize, stack: u32): usize {
  let place = hash(load<u64>(key), load<u32>(key, 8), load<u64>(key, 12), load<u64>(key, 20), load<u32>(key, 32), stack)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const slot = slotAt(place++)
    if (load<i32>(slot) === 0) return slot
  }
  return 0
}

/** Doubles the slots. A flow that finds none any more is met anew. */
function grow(): void {
  mask = 2 * mask + 1
  memory.fill(REGION.flowSlotsAt, 0, <usize>(mask + 1) << 2)
  for (let number = 0; number < flows; number++) {
    const row = rowOf(number)
    const slot = freeSlot(row, load<u32>(row, FLOW.traits * 4) & TRAITS.stackMask)
    if (slot !== 0) store<i32>(slot, number + 1)
  }
}

/** Every part times its own odd constant, so that the multiplications run side by side; then mixed downwards. */
// @ts-ignore: decorator
@inline
function hash(a: u64, b: u32, c: u64, d: u64, f: u32, stack: u32): u32 {
  const sum =
    (a * 0x9e3779b97f4a7c15) ^
    (c * 0xc2b2ae3d27d4eb4f) ^
    (d * 0x165667b19e3779f9) ^
    (((<u64>b) | ((<u64>f) << 32)) * 0xd6e8feb86659fd93) ^
    ((<u64>stack) << 17)
  return <u32>(((sum ^ (sum >> 32)) * 0x2545f4914f6cdd1d) >> 40)
}
