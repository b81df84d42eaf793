import * as ADDRESS_SEEN from '../columns/address-seen.js'
import * as EXCHANGE from '../columns/exchange.js'
import * as FLOW from '../columns/flow.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as KEPT from '../columns/kept.js'
import * as KEPT_ANSWER from '../columns/kept-answer.js'
import * as REGION from '../columns/region.js'
import { keyOf } from './flows'
import { ip, SPA } from './key'
import { frame, now } from './noted'

let kept: i32 = 0
let keptOthers: i32 = 0
let answers: i32 = 0
let moreAnswers: i32 = 0
/** Room for further answers to those exchanges that are open when no more are kept. */
const ROOM_FOR_OPEN: i32 = 8192

/**
 * Keeps the exchange that was just opened in a slot in full. All but `mode` are addresses. One whose answers could not be kept would
 * look like silence: where the room for those is at its end, it is only counted.
 */
export function keep(slot: usize, row: usize, address: usize, mode: u32): void {
  const isAsked = ((load<u32>(row, FLOW.traits * 4) >> FLOW_TRAITS.kind) & FLOW_KIND.asked) !== 0
  if (moreAnswers >= REGION.maxMoreAnswers - ROOM_FOR_OPEN) return
  if (kept === REGION.maxKept || (!isAsked && keptOthers === REGION.maxKeptOthers)) return
  if (!isAsked) keptOthers++
  const at = keptAt(kept++)
  store<f64>(at, now)
  store<i32>(at, frame, KEPT.frame * 4)
  store<u32>(at, mode, KEPT.mode * 4)
  store<i32>(at, 0, KEPT.next * 4)
  store<i32>(at, 0, KEPT.firstAnswer * 4)
  memory.copy(at + KEPT.ethernet * 4, keyOf(row), 12)
  store<u32>(at, ip(keyOf(row) + SPA), KEPT.askerIp * 4)
  store<i32>(slot, kept, EXCHANGE.kept * 4)
  store<i32>(address, load<i32>(address, ADDRESS_SEEN.keepLeft * 4) - 1, ADDRESS_SEEN.keepLeft * 4)
  if (load<i32>(address, ADDRESS_SEEN.firstKept * 4) === 0) store<i32>(address, kept, ADDRESS_SEEN.firstKept * 4)
  else store<i32>(keptAt(load<i32>(address, ADDRESS_SEEN.lastKept * 4) - 1), kept, KEPT.next * 4)
  store<i32>(address, kept, ADDRESS_SEEN.lastKept * 4)
}

/** Keeps an answer to the exchange in a slot, which is kept itself. */
export function keepAnswer(slot: usize, claim: i32): void {
  const exchange = keptAt(load<i32>(slot, EXCHANGE.kept * 4) - 1)
  const isFirst = load<i32>(exchange, KEPT.firstAnswer * 4) === 0
  if (!isFirst && moreAnswers === REGION.maxMoreAnswers) return
  if (!isFirst) moreAnswers++
  const at = answerAt(answers++)
  store<i32>(at, claim, KEPT_ANSWER.claim * 4)
  store<i32>(at, <i32>(now - load<f64>(slot)), KEPT_ANSWER.afterMicros * 4)
  store<i32>(at, frame, KEPT_ANSWER.frame * 4)
  store<i32>(at, 0, KEPT_ANSWER.next * 4)
  if (isFirst) store<i32>(exchange, answers, KEPT.firstAnswer * 4)
  else store<i32>(answerAt(load<i32>(exchange, KEPT.lastAnswer * 4) - 1), answers, KEPT_ANSWER.next * 4)
  store<i32>(exchange, answers, KEPT.lastAnswer * 4)
}

function keptAt(number: i32): usize {
  assert(<u32>number < <u32>REGION.maxKept)
  return REGION.keptAt + <usize>number * KEPT.rowBytes
}

function answerAt(number: i32): usize {
  assert(<u32>number < <u32>REGION.maxKeptAnswers)
  return REGION.keptAnswersAt + <usize>number * KEPT_ANSWER.rowBytes
}
