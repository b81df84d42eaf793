import * as ADDRESS from '../columns/address-seen'
import * as SEEN from '../columns/claim-seen'
import * as FLOW from '../columns/flow'
import * as KIND from '../columns/flow-kind'
import * as TRAITS from '../columns/flow-traits'
import * as REGION from '../columns/regions'
import * as TOTAL from '../columns/total'
import * as WAITING from '../columns/waiting'
import { change } from './changes'
import { answer, exchangesOf, open } from './exchanges'
import { countLoop, loops, unlistedLoops } from './loops'
import { loudCount, unlistedLoud } from './loud'
import { meet } from './meet'
import { frame, now, seconds, take } from './noted'
import { countInSecond, peak } from './peak'
import { placeAt } from './queue'
import { closeSecond, moveTo, rate } from './rates'
import { countFrames, gratuitous, probes, replies, requests, settle, unlistedClaims } from './settle'
import { detectStorm, storms } from './storm'
import { total } from './totals'

/** So many are noted at a time. */
const BATCH = 32

/** The last one that waited was the end. */
export let isOver: bool = false

/** Of no use but that a compiler must not leave the reading out that sums up to it. */
let touched: u32 = 0

export function resetNotes(): void {
  isOver = false
}

/**
 * Notes some of what waits in the queue, from a place on; returns the place after it. One step after the other: so a processor
 * fetches the memory of many flows at once, where frame by frame it would wait for each.
 */
export function noteSome(head: u32, tail: u32): u32 {
  const end = fetchFlows(head, tail)
  fetchExchanges(head, end)
  for (let at = head; at !== end; ) at = note(at)
  return end
}

/** Reads of each flow. */
function fetchFlows(head: u32, tail: u32): u32 {
  let sum: u32 = 0
  let at = head
  for (let number = 0; number < BATCH && at !== tail; number++) {
    const word = wordAt(at)
    sum += load<u32>(rowIn(word))
    at = after(at, word)
  }
  touched = sum
  return at
}

/** Reads of the exchanges of each flow that was met. */
function fetchExchanges(head: u32, end: u32): void {
  let sum: u32 = 0
  for (let at = head; at !== end; ) {
    const word = wordAt(at)
    if (whatIn(word) === WAITING.arp) sum += load<u32>(exchangesOf(rowIn(word)))
    at = after(at, word)
  }
  touched = sum
}

// @ts-ignore: decorator
@inline
function wordAt(place: u32): u32 {
  return load<u32>(placeAt(place), WAITING.what * 4)
}

// @ts-ignore: decorator
@inline
function whatIn(word: u32): u32 {
  return word & WAITING.whatMask
}

// @ts-ignore: decorator
@inline
function rowIn(word: u32): usize {
  return word & ~WAITING.whatMask
}

/** The place after what waits at one. */
// @ts-ignore: decorator
@inline
function after(place: u32, word: u32): u32 {
  const what = whatIn(word)
  return what === WAITING.firstArp || what === WAITING.firstArpAnew ? place + 1 + WAITING.keyPlaces : place + 1
}

// @ts-ignore: decorator
@inline
function note(place: u32): u32 {
  const word = wordAt(place)
  const at = placeAt(place)
  take(load<i32>(at, WAITING.frame * 4), load<u32>(at, WAITING.seconds * 4), load<u32>(at, WAITING.nanos * 4))
  if (whatIn(word) === WAITING.arp) noteFlow(rowIn(word))
  else noteRare(word, place)
  return after(place, word)
}

function noteRare(word: u32, place: u32): void {
  const what = whatIn(word)
  const row = rowIn(word)
  if (what === WAITING.firstArp || what === WAITING.firstArpAnew) {
    meet(row, place + 1, what === WAITING.firstArpAnew)
    noteFlow(row)
  } else if (what === WAITING.copy) countLoop(row, frame)
  else if (what === WAITING.otherArp) {
    noteTime(word >> WAITING.kind)
    countFrames(word >> WAITING.kind, 1)
  } else {
    settle()
    isOver = what === WAITING.end
    if (isOver) closeSecond()
    sumUp()
  }
}

/** `kind` has the bits of flow-kind.ts. */
// @ts-ignore: decorator
@inline
function noteTime(kind: u32): void {
  countInSecond(now)
  detectStorm((kind & KIND.request) !== 0)
}

/** `row` is an address. */
function noteFlow(row: usize): void {
  store<i32>(row, load<i32>(row, FLOW.count * 4) + 1, FLOW.count * 4)
  const traits = load<u32>(row, FLOW.traits * 4)
  const kind = traits >> TRAITS.kind
  noteTime(kind)
  moveTo(seconds)
  noteRates(row, traits)
  noteClaim(row, kind)
  if ((kind & KIND.answers) !== 0) answer(row)
  else if ((kind & KIND.opens) !== 0) open(row, traits)
}

// @ts-ignore: decorator
@inline
function noteRates(row: usize, traits: u32): void {
  const kind = (traits >> TRAITS.rate) & TRAITS.twoBits
  if (kind === TRAITS.noRate) return
  const sender = load<i32>(row, FLOW.sender * 4)
  const about = load<i32>(row, FLOW.about * 4)
  if (sender >= 0) rate(sender, kind)
  if (about >= 0) rate(REGION.firstTarget + about, kind)
  rate(REGION.firstVlan + <i32>(traits & TRAITS.stackMask), kind)
}

// @ts-ignore: decorator
@inline
function noteClaim(row: usize, kind: u32): void {
  const claim = load<i32>(row, FLOW.claim * 4)
  if (claim < 0) return
  const seen = REGION.claimsSeenAt + (<usize>claim) * (SEEN.width * 4)
  const gratuitous = (kind & KIND.gratuitous) !== 0
  store<i32>(seen, frame, SEEN.lastFrame * 4)
  store<f64>(seen, now, SEEN.lastAt * 4)
  if (gratuitous) store<f64>(seen, now, SEEN.lastGratuitousAt * 4)
  const number = load<i32>(seen, SEEN.address * 4)
  const address = REGION.addressesSeenAt + (<usize>number) * (ADDRESS.width * 4)
  if (load<i32>(address, ADDRESS.lastClaim * 4) !== claim + 1) change(number, address, claim, gratuitous)
}

function sumUp(): void {
  total(TOTAL.peak, peak())
  total(TOTAL.storms, storms)
  total(TOTAL.requests, requests)
  total(TOTAL.replies, replies)
  total(TOTAL.gratuitous, gratuitous)
  total(TOTAL.probes, probes)
  total(TOTAL.unlistedClaims, unlistedClaims)
  total(TOTAL.unlistedLoud, unlistedLoud)
  total(TOTAL.unlistedLoops, unlistedLoops)
  total(TOTAL.loops, loops)
  for (let scope = 0; scope < 3; scope++) total(TOTAL.loud + scope, loudCount(scope))
}
