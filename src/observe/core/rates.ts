import * as FLOW from '../columns/flow'
import * as LOOP from '../columns/loop'
import * as REGION from '../columns/regions'
import * as TIER from '../columns/storm-tier'
import { IdTable } from './id-table'
import { noteLoud } from './loud'

/** Frames this much earlier than the newest second still count for it: captures of several CPUs are not quite in order. */
const LATE_SECONDS: f64 = 1

let second: f64 = 0
/** The number of the open second, from 1 on, for marks in flows. */
let mark: u32 = 1
/** How many places of the open second are not zero. */
let active: usize = 0

const senders = changetype<IdTable>(REGION.idTablesAt + 80)

export function resetRates(): void {
  senders.start(REGION.senderKeysAt, REGION.senderSlotsAt)
  for (let stack = 0; stack < REGION.maxStacks; stack++) startRates(REGION.firstVlan + stack)
  for (let index: usize = 0; index < active; index++) store<i32>(REGION.ratesAt + (load<i32>(activeAt(index)) << 2), 0)
  active = 0
  second = 0
  mark = 1
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

/** Another second begins; frames that come a little late stay in the one that is open. */
// @ts-ignore: decorator
@inline
export function moveTo(seconds: f64): void {
  if (seconds !== second) openSecond(seconds)
}

function openSecond(seconds: f64): void {
  if (seconds < second && second - seconds <= LATE_SECONDS) return
  closeSecond()
  second = seconds
  mark++
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

/** One more copy of a broadcast frame: whether the open second has too many of them by now. */
// @ts-ignore: decorator
@inline
export function countCopy(row: usize): bool {
  const before = load<u32>(row, FLOW.copies * 4)
  const copies: u32 = before >> 16 === (mark & 0xffff) ? min<u32>((before & 0xffff) + 1, 0xffff) : 1
  store<u32>(row, (mark << 16) | copies, FLOW.copies * 4)
  return copies > <u32>LOOP.copiesPerSecond
}

// @ts-ignore: decorator
@inline
function activeAt(index: usize): usize {
  return REGION.activeRatesAt + (index << 2)
}
