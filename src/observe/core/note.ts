import * as ADDRESS_SEEN from '../columns/address-seen.js'
import * as CLAIM_SEEN from '../columns/claim-seen.js'
import * as FLOW from '../columns/flow.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as REGION from '../columns/region.js'
import * as TOTAL from '../columns/total.js'
import * as WAITING from '../columns/waiting.js'
import { change } from './changes'
import { answer, exchangesOf, open } from './exchanges'
import { countLoop, loops, unlistedLoops } from './loops'
import { loudCount, unlistedLoud } from './loud'
import { meet } from './meet'
import { frame, now, seconds, take } from './noted'
import { countInSecond, peak } from './peak'
import { placeAt } from './places'
import { closeSecond, moveTo, rate } from './rates'
import {
  advertisements,
  countDiscovery,
  countFrames,
  dad,
  gratuitous,
  ordinaryReplies,
  probes,
  replies,
  requests,
  settle,
  solicitations,
  unlistedClaims,
  unsolicited,
} from './settle'
import { detectStorm, storms } from './storm'
import { total } from './totals'

/** So many are noted at a time. */
const BATCH = 32

/** The last one that waited was the end. */
export let isOver: bool = false

/** Of no use but that a compiler must not leave the reading out that sums up to it. */
let touched: u32 = 0

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
  } else if (what === WAITING.otherDiscovery) countDiscovery(word >> WAITING.kind, 1)
  else {
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
  detectStorm((kind & FLOW_KIND.request) !== 0)
}

/** `row` is an address. */
function noteFlow(row: usize): void {
  store<i32>(row, load<i32>(row, FLOW.count * 4) + 1, FLOW.count * 4)
  const traits = load<u32>(row, FLOW.traits * 4)
  const kind = traits >> FLOW_TRAITS.kind
  if (((traits >> FLOW_TRAITS.six) & 1) === 0) noteTime(kind)
  moveTo(seconds)
  noteRates(row, traits)
  if ((kind & FLOW_KIND.answers) !== 0) noteAnswer(row, kind)
  else {
    noteClaim(row, kind)
    if ((kind & FLOW_KIND.opens) !== 0) open(row, traits)
  }
}

/** What tells one who looks whether an address is free that it is not goes to all hosts, and is no announcement for that. */
// @ts-ignore: decorator
@inline
function noteAnswer(row: usize, kind: u32): void {
  const isAwaited = answer(row)
  noteClaim(row, isAwaited ? kind & ~FLOW_KIND.gratuitous : kind)
}

// @ts-ignore: decorator
@inline
function noteRates(row: usize, traits: u32): void {
  const kind = (traits >> FLOW_TRAITS.rate) & FLOW_TRAITS.twoBits
  if (kind === FLOW_TRAITS.noRate) return
  const sender = load<i32>(row, FLOW.sender * 4)
  const about = load<i32>(row, FLOW.about * 4)
  if (sender >= 0) rate(sender, kind)
  if (about >= 0) rate(REGION.firstTarget + about, kind)
  const family: i32 = ((traits >> FLOW_TRAITS.six) & 1) === 0 ? 0 : REGION.maxStacks
  rate(REGION.firstVlan + family + <i32>(traits & FLOW_TRAITS.stackMask), kind)
}

// @ts-ignore: decorator
@inline
function noteClaim(row: usize, kind: u32): void {
  const claim = load<i32>(row, FLOW.claim * 4)
  if (claim < 0) return
  const seen = REGION.claimsSeenAt + (<usize>claim) * CLAIM_SEEN.rowBytes
  const gratuitous = (kind & FLOW_KIND.gratuitous) !== 0
  store<i32>(seen, frame, CLAIM_SEEN.lastFrame * 4)
  store<f64>(seen, now, CLAIM_SEEN.lastAt * 4)
  if (gratuitous) store<f64>(seen, now, CLAIM_SEEN.lastGratuitousAt * 4)
  const number = load<i32>(seen, CLAIM_SEEN.address * 4)
  const address = REGION.addressesSeenAt + (<usize>number) * ADDRESS_SEEN.rowBytes
  if (load<i32>(address, ADDRESS_SEEN.lastClaim * 4) !== claim + 1) change(number, address, claim, gratuitous)
}

function sumUp(): void {
  total(TOTAL.peak, peak())
  total(TOTAL.storms, storms)
  total(TOTAL.requests, requests)
  total(TOTAL.replies, replies)
  total(TOTAL.gratuitous, gratuitous)
  total(TOTAL.ordinaryReplies, ordinaryReplies)
  total(TOTAL.probes, probes)
  total(TOTAL.solicitations, solicitations)
  total(TOTAL.advertisements, advertisements)
  total(TOTAL.dad, dad)
  total(TOTAL.unsolicited, unsolicited)
  total(TOTAL.unlistedClaims, unlistedClaims)
  total(TOTAL.unlistedLoud, unlistedLoud)
  total(TOTAL.unlistedLoops, unlistedLoops)
  total(TOTAL.loops, loops)
  for (let scope = 0; scope < 3; scope++) total(TOTAL.loud + scope, loudCount(scope))
}
