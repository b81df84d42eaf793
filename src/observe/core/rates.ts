import * as REGION from '../columns/regions'
import * as TIER from '../columns/storm-tier'
import { IdTable } from './id-table'
import { noteLoud } from './loud'
import { endsSecond } from './second'

let second: u32 = 0
/** How many places of the open second are not zero. */
let active: usize = 0

const senders = changetype<IdTable>(REGION.idTablesAt + 80)

export function resetRates(): void {
  senders.start(REGION.senderKeysAt, REGION.senderSlotsAt)
  for (let stack = 0; stack < REGION.maxStacks; stack++) startRates(REGION.firstVlan + stack)
  for (let index: usize = 0; index < active; index++) store<i32>(REGION.ratesAt + (load<i32>(activeAt(index)) << 2), 0)
  active = 0
  second = 0
}

/** The number of a sender; it gets one when it has none. -1 beyond the bound. */
export function takeSender(stack: u32, mac: u64): i32 {
  const known = senders.count
  const sender = senders.take(stack, <u32>(mac >> 32), <u32>mac, 0, REGION.maxSenders)
  if (sender === known) startRates(sender)
  return sender
}

/** A subject is met for the first time. */
export function startRates(subject: i32): void {
  const at = (<usize>subject) * (REGION.rateKinds * 4)
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
    if (frames >= TIER.info) noteLoud(place, frames, second)
  }
  active = 0
}

/** Counts a frame of a subject. */
// @ts-ignore: decorator
@inline
export function rate(subject: i32, kind: u32): void {
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
  return REGION.activeRatesAt + (index << 2)
}
