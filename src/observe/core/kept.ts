import * as ADDRESS from '../columns/address-seen'
import * as EXCHANGE from '../columns/exchange'
import * as FLOW from '../columns/flow'
import * as KIND from '../columns/flow-kind'
import * as TRAITS from '../columns/flow-traits'
import * as KEPT from '../columns/kept'
import * as ANSWER from '../columns/kept-answer'
import * as REGION from '../columns/regions'
import { keyOf } from './flows'
import { frame, now } from './noted'

let kept: i32 = 0
let keptOthers: i32 = 0
let answers: i32 = 0

export function resetKept(): void {
  kept = 0
  keptOthers = 0
  answers = 0
}

/** Keeps the exchange that was just opened in a slot in full. All but `mode` are addresses. */
export function keep(slot: usize, row: usize, address: usize, mode: u32): void {
  const isAsked = ((load<u32>(row, FLOW.traits * 4) >> TRAITS.kind) & KIND.asked) !== 0
  if (kept === REGION.maxKept || (!isAsked && keptOthers === REGION.maxKeptOthers)) return
  if (!isAsked) keptOthers++
  const at = keptAt(kept++)
  store<f64>(at, now)
  store<i32>(at, frame, KEPT.frame * 4)
  store<u32>(at, mode, KEPT.mode * 4)
  store<i32>(at, 0, KEPT.next * 4)
  store<i32>(at, 0, KEPT.firstAnswer * 4)
  memory.copy(at + KEPT.ethernet * 4, keyOf(row), 12)
  store<i32>(slot, kept, EXCHANGE.kept * 4)
  store<i32>(address, load<i32>(address, ADDRESS.keepLeft * 4) - 1, ADDRESS.keepLeft * 4)
  if (load<i32>(address, ADDRESS.firstKept * 4) === 0) store<i32>(address, kept, ADDRESS.firstKept * 4)
  else store<i32>(keptAt(load<i32>(address, ADDRESS.lastKept * 4) - 1), kept, KEPT.next * 4)
  store<i32>(address, kept, ADDRESS.lastKept * 4)
}

/** Keeps an answer to the exchange in a slot, which is kept itself. */
export function keepAnswer(slot: usize, claim: i32): void {
  if (answers === REGION.maxKeptAnswers) return
  const exchange = keptAt(load<i32>(slot, EXCHANGE.kept * 4) - 1)
  const at = answerAt(answers++)
  store<i32>(at, claim, ANSWER.claim * 4)
  store<i32>(at, <i32>(now - load<f64>(slot)), ANSWER.afterMicros * 4)
  store<i32>(at, frame, ANSWER.frame * 4)
  store<i32>(at, 0, ANSWER.next * 4)
  if (load<i32>(exchange, KEPT.firstAnswer * 4) === 0) store<i32>(exchange, answers, KEPT.firstAnswer * 4)
  else store<i32>(answerAt(load<i32>(exchange, KEPT.lastAnswer * 4) - 1), answers, ANSWER.next * 4)
  store<i32>(exchange, answers, KEPT.lastAnswer * 4)
}

function keptAt(number: i32): usize {
  return REGION.keptAt + <usize>number * (KEPT.width * 4)
}

function answerAt(number: i32): usize {
  return REGION.keptAnswersAt + <usize>number * (ANSWER.width * 4)
}
