import * as ADDRESS from '../columns/address.js'
import * as ADDRESS_SEEN from '../columns/address-seen.js'
import * as CLAIM_SEEN from '../columns/claim-seen.js'
import * as EXCHANGE from '../columns/exchange.js'
import * as FLOW from '../columns/flow.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as MODE from '../columns/mode.js'
import * as REGION from '../columns/region.js'
import { addToAddress } from './addresses'
import { conversationOf } from './conversations'
import { keyOf } from './flows'
import { isSix } from './key'
import { keep, keepAnswer } from './kept'
import { now } from './noted'
import { sample } from './samples'

const WINDOW_MICROS: f64 = 2_000_000
/** Later than that, and up to here, an answer counts for a request that nobody has answered, where it can belong to no newer one. */
const OVERDUE_MICROS: f64 = 10_000_000
/** An answer within this belongs to the request just before it, whatever is still open. */
const PROMPT_MICROS: f64 = 10_000
/** Linux delays a proxy's answer by at most `proxy_delay`, 0.8 s (net/ipv4/arp.c, pneigh_enqueue). */
const LATE_MICROS: f64 = 1_000_000
/** Of each flow, so many latencies count for the median, and after that every so-manieth. */
const SAMPLED_FIRST: i32 = 64
const SAMPLED_LATER: i32 = 16

/** A request opens an exchange. `row` is the address of its flow. */
// @ts-ignore: decorator
@inline
export function open(row: usize, traits: u32): void {
  const conversation = resume(row)
  if (conversation < 0) return
  const mode = (traits >> FLOW_TRAITS.mode) & FLOW_TRAITS.twoBits
  const askedClaim = mode === MODE.broadcast ? -1 : load<i32>(row, FLOW.askedClaim * 4)
  const counter = counterOf(conversation)
  const opened = load<i32>(counter)
  const isQuiet = opened === 0 || now - load<f64>(slotOf(conversation, opened - 1)) > WINDOW_MICROS
  const slot = slotOf(conversation, isQuiet ? 0 : opened)
  store<i32>(counter, isQuiet ? 1 : opened + 1)
  store<f64>(slot, now)
  store<i32>(slot, 0, EXCHANGE.answeredBy * 4)
  store<i32>(slot, mode, EXCHANGE.mode * 4)
  store<i32>(slot, askedClaim + 1, EXCHANGE.askedClaim * 4)
  store<i32>(slot, 0, EXCHANGE.kept * 4)
  const address = REGION.addressesSeenAt + (<usize>load<i32>(row, FLOW.about * 4)) * ADDRESS_SEEN.rowBytes
  if (load<i32>(address, ADDRESS_SEEN.keepLeft * 4) > 0) keep(slot, row, address, mode)
}

/** A reply counts for the exchange it most likely answers; whether there is one. */
// @ts-ignore: decorator
@inline
export function answer(row: usize): bool {
  const claim = load<i32>(row, FLOW.claim * 4)
  const bit = load<i32>(REGION.claimsSeenAt + (<usize>claim) * CLAIM_SEEN.rowBytes, CLAIM_SEEN.bit * 4)
  const slot = match(row, claim, bit)
  if (slot === 0) return false
  const mode = load<i32>(slot, EXCHANGE.mode * 4)
  const before = load<i32>(slot, EXCHANGE.answeredBy * 4)
  store<i32>(slot, before | bit, EXCHANGE.answeredBy * 4)
  const column = row + ((<usize>mode) << 2)
  const number = load<i32>(column, FLOW.answered * 4)
  store<i32>(column, number + 1, FLOW.answered * 4)
  if (before === 0) store<i32>(column, load<i32>(column, FLOW.first * 4) + 1, FLOW.first * 4)
  if (mode !== MODE.unicast) {
    if (before !== 0 && (before & (before - 1)) === 0 && (mode !== MODE.probe || !isSix(keyOf(row)))) addToAddress(load<i32>(row, FLOW.about * 4), ADDRESS.contested, 1)
    const latency = <i32>(now - load<f64>(slot))
    noteLatency(row, latency)
    if (number < SAMPLED_FIRST || number % SAMPLED_LATER === 0) sample(claim, latency)
  }
  if (load<i32>(slot, EXCHANGE.kept * 4) !== 0) keepAnswer(slot, claim)
  return true
}

/**
 * The exchange a reply belongs to, among those of its conversation that its sender has not answered yet:
 * the newest one when the reply came promptly; else a unicast request to the sender; else, because a proxy's answers
 * come so late that they overtake the next round, the one whose age is nearest to the last latency, and for a
 * sender's first answer the oldest that a proxy could still be answering. Where there is none, the newest one that nobody
 * answered within the window: the answer is at least that late.
 */
function match(row: usize, claim: i32, bit: i32): usize {
  const conversation = resume(row)
  if (conversation < 0) return 0
  const opened = load<i32>(counterOf(conversation))
  const lastLatency = load<i32>(row, FLOW.lastLatency * 4)
  let best: usize = 0
  let bestScore: f64 = Infinity
  let others: usize = 0
  let overdue: usize = 0
  for (let back = 1; back <= EXCHANGE.ring && back <= opened; back++) {
    const slot = slotOf(conversation, opened - back)
    const age = now - load<f64>(slot)
    const answeredBy = load<i32>(slot, EXCHANGE.answeredBy * 4)
    if (age < 0 || age > OVERDUE_MICROS || (answeredBy & bit) !== 0) continue
    if (age > WINDOW_MICROS) {
      if (overdue === 0 && answeredBy === 0) overdue = slot
      continue
    }
    const unicast = load<i32>(slot, EXCHANGE.mode * 4) === MODE.unicast
    if (unicast && !isTo(slot, claim, age)) {
      others = slot
      continue
    }
    if (age <= PROMPT_MICROS) return slot
    const score = unicast ? -WINDOW_MICROS - age : lastLatency === 0 ? unlikely(age) : abs(age - <f64>lastLatency)
    if (score < bestScore) {
      best = slot
      bestScore = score
    }
  }
  return best !== 0 ? best : others !== 0 ? others : overdue
}

/** Whether a unicast request went to a sender. A cooked header does not say to whom: a prompt answer does. */
// @ts-ignore: decorator
@inline
function isTo(slot: usize, claim: i32, age: f64): bool {
  const asked = load<i32>(slot, EXCHANGE.askedClaim * 4)
  return asked === claim + 1 || (asked === 0 && age <= PROMPT_MICROS)
}

/** The conversation of the flow in a row, which may have been forgotten; -1 when there is no room for it at all. */
// @ts-ignore: decorator
@inline
function resume(row: usize): i32 {
  const known = load<i32>(row, FLOW.conversation * 4)
  return known >= 0 ? known : resumeForgotten(row)
}

function resumeForgotten(row: usize): i32 {
  const conversation = conversationOf(row)
  store<i32>(row, conversation, FLOW.conversation * 4)
  return conversation
}

/** A latency of nothing counts as one microsecond: 0 says that there was none. */
// @ts-ignore: decorator
@inline
function noteLatency(row: usize, latency: i32): void {
  const least = load<i32>(row, FLOW.minLatency * 4)
  const known = max(latency, 1)
  if (least === 0 || latency < least) store<i32>(row, known, FLOW.minLatency * 4)
  if (latency > load<i32>(row, FLOW.maxLatency * 4)) store<i32>(row, known, FLOW.maxLatency * 4)
  store<i32>(row, known, FLOW.lastLatency * 4)
}

/** For a first answer: the older the likelier, until it is too old even for a proxy. */
function unlikely(age: f64): f64 {
  return age <= LATE_MICROS ? LATE_MICROS - age : age
}

/** The address of the exchanges that the flow in a row opens or answers; that of others when it does neither. */
// @ts-ignore: decorator
@inline
export function exchangesOf(row: usize): usize {
  return slotOf(max(load<i32>(row, FLOW.conversation * 4), 0), 0)
}

// @ts-ignore: decorator
@inline
function counterOf(conversation: i32): usize {
  return REGION.openedAt + ((<usize>conversation) << 2)
}

/** The address of an exchange by its number since the conversation was last quiet. */
// @ts-ignore: decorator
@inline
function slotOf(conversation: i32, number: i32): usize {
  assert(<u32>conversation < <u32>REGION.allConversations)
  const place = conversation * EXCHANGE.ring + (number & (EXCHANGE.ring - 1))
  return REGION.ringsAt + (<usize>place) * EXCHANGE.rowBytes
}
