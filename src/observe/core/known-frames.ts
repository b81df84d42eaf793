import * as FLOW_KEY from '../columns/flow-key.js'
import * as KNOWN_FRAME from '../columns/known-frame.js'
import * as REGION from '../columns/region.js'
import { forgotten } from './keys'

/**
 * Frames of neighbour discovery that were decoded once, whole: the same bytes again need no second look, not even at their
 * checksum. When there is no place for one more, all are forgotten.
 */
const MAX_PROBES = 32
const FIRST_SLOTS: u32 = 2048

let known: i32 = 0
let mask: u32 = FIRST_SLOTS - 1

export function resetKnownFrames(): void {
  known = 0
  mask = FIRST_SLOTS - 1
  memory.fill(REGION.knownSlotsAt, 0, (<usize>FIRST_SLOTS) << 2)
}

/** The address of a row, by its number. */
// @ts-ignore: decorator
@inline
export function knownAt(number: u32): usize {
  assert(number < <u32>REGION.maxKnownFrames)
  return REGION.knownFramesAt + (<usize>number) * KNOWN_FRAME.rowBytes
}

/** The number, plus one, of the frame of KNOWN_FRAME.bytes that lies at a place; 0 when it is not known. */
export function knownFrame(at: usize): u32 {
  let place = hash(at)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const number = load<u32>(slotAt(place++))
    if (number === 0) return 0
    if (isSame(knownAt(number - 1), at)) return number
  }
  return 0
}

/** The frame at a place belongs to a flow (its number plus one), whose key was put into its region. */
export function remember(at: usize, flow: u32): void {
  if (known === REGION.maxKnownFrames) resetKnownFrames()
  if (<u32>(2 * known) > mask) grow()
  assert(known < REGION.maxKnownFrames)
  const row = knownAt(known)
  memory.copy(row, at, KNOWN_FRAME.bytes)
  store<u32>(row, flow, KNOWN_FRAME.flow * 4)
  store<i32>(row, forgotten, KNOWN_FRAME.forgotten * 4)
  memory.copy(row + KNOWN_FRAME.key * 4, REGION.keyAt, FLOW_KEY.bytes)
  const slot = freeSlot(row)
  if (slot !== 0) store<i32>(slot, ++known)
}

function freeSlot(at: usize): usize {
  let place = hash(at)
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const slot = slotAt(place++)
    if (load<u32>(slot) === 0) return slot
  }
  return 0
}

function grow(): void {
  mask = 2 * mask + 1
  assert(mask < <u32>REGION.knownSlots)
  memory.fill(REGION.knownSlotsAt, 0, (<usize>(mask + 1)) << 2)
  for (let number = 0; number < known; number++) {
    const slot = freeSlot(knownAt(number))
    if (slot !== 0) store<i32>(slot, number + 1)
  }
}

// @ts-ignore: decorator
@inline
function slotAt(place: u32): usize {
  return REGION.knownSlotsAt + ((<usize>(place & mask)) << 2)
}

// @ts-ignore: decorator
@inline
function isSame(row: usize, at: usize): bool {
  const difference = v128.or(
    v128.or(
      v128.or(v128.xor(v128.load(row), v128.load(at)), v128.xor(v128.load(row, 16), v128.load(at, 16))),
      v128.or(v128.xor(v128.load(row, 32), v128.load(at, 32)), v128.xor(v128.load(row, 48), v128.load(at, 48))),
    ),
    v128.or(
      v128.xor(v128.load(row, 64), v128.load(at, 64)),
      v128.xor(v128.load(row, KNOWN_FRAME.bytes - 16), v128.load(at, KNOWN_FRAME.bytes - 16)),
    ),
  )
  return !v128.any_true(difference)
}

/** Of both MACs, the ends of the addresses, checksum and flags; as the hash of keys.ts. */
// @ts-ignore: decorator
@inline
function hash(at: usize): u32 {
  const sum =
    (load<u64>(at, 4) * 0x9e3779b97f4a7c15) ^
    (load<u64>(at, 30) * 0xc2b2ae3d27d4eb4f) ^
    (load<u64>(at, 54) * 0x165667b19e3779f9) ^
    (load<u64>(at, 70) * 0xd6e8feb86659fd93)
  return <u32>(((sum ^ (sum >> 32)) * 0x2545f4914f6cdd1d) >> 40)
}
