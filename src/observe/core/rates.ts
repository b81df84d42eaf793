import * as ID_TABLE from '../columns/id-table.js'
import * as REGION from '../columns/region.js'
import * as STORM_TIER from '../columns/storm-tier.js'
import { IdTable } from './id-table'
import { noteLoud } from './loud'
import { endsSecond } from './second'

let second: u32 = 0
/** How many places of the open second are not zero. */
let active: usize = 0

const senders = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.senders * ID_TABLE.rowBytes)

export function resetRates(): void {
  senders.start(REGION.senderKeysAt, REGION.senderSlotsAt, REGION.senderSlots)
  for (let stack = 0; stack < 2 * REGION.maxStacks; stack++) startRates(REGION.firstVlan + stack)
}

/** The number of a sender; it gets one when it has none. -1 beyond the bound. */
export function takeSender(stack: u32, mac: u64): i32 {
  const known = senders.count
  const sender = senders.take(stack, <u32>(mac >> 32), <u32>mac, 0, REGION.maxSenders)
  if (sender === known) startRates(sender)
  return sender
}

/** A subject is met for the first time. The open second of an earlier use may have frames of another one in its place. */
export function startRates(subject: i32): void {
  const at = (<usize>subject) * (REGION.rateKinds * 4)
  memory.fill(REGION.ratesAt + at, 0, REGION.rateKinds * 4)
  memory.fill(REGION.rateTotalsAt + at, 0, REGION.rateKinds * 4)
  memory.fill(REGION.loudNumbersAt + at, 0, REGION.rateKinds * 4)
}

/** A frame came in a second: maybe in another one than the last. */
// @ts-ignore: decorator
@inline
export function moveTo(seconds: u32): void {
  if (seconds !== second && endsSecond(second, seconds)) openSecond(seconds)
}

function openSecond(seconds: u32): void {
  closeSecond()
  second = seconds
}

/** Ends the open second. */
export function closeSecond(): void {
  for (let index: usize = 0; index < active; index++) {
    const place = load<i32>(activeAt(index))
    const at = (<usize>place) << 2
    const frames = load<i32>(REGION.ratesAt + at)
    store<i32>(REGION.ratesAt + at, 0)
    store<i32>(REGION.rateTotalsAt + at, load<i32>(REGION.rateTotalsAt + at) + frames)
    if (frames >= STORM_TIER.info) noteLoud(place, frames, second)
  }
  active = 0
}

/** Counts a frame of a subject. */
// @ts-ignore: decorator
@inline
export function rate(subject: i32, kind: u32): void {
  assert(<u32>subject < <u32>REGION.rateSubjects && kind < <u32>REGION.rateKinds)
  const place = subject * REGION.rateKinds + <i32>kind
  const at = REGION.ratesAt + ((<usize>place) << 2)
  const before = load<i32>(at)
  store<i32>(at, before + 1)
  store<i32>(activeAt(active), place)
  active += <usize>(before === 0) // without a branch that nobody can foresee
}

// @ts-ignore: decorator
@inline
function activeAt(index: usize): usize {
  assert(index <= <usize>REGION.rates)
  return REGION.activeRatesAt + (index << 2)
}
