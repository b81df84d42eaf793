import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import { isPutAgain } from '../../observe/unanswered.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { byAsker, ownRounds } from './rounds.js'

/** What one machine that is not ours lost of the answers to its broadcasts. */
export interface Loss {
  readonly rounds: readonly Exchange[]
  readonly silent: readonly Exchange[]
}

/** One lost frame in ten is a busy network; more is a fault. */
export const TOLERATED_LOSS = 0.1
/** Fewer silences between answers may be chance, or the moment in which the address came up. */
const FEWEST_SILENCES = 2
const FEWEST_ROUNDS = 5
/** No stack asks again this soon because it got no answer: the requests are one question. */
const ONE_QUESTION: Micros = 200_000
/** Linux, Windows and the BSDs ask again after a second. */
const RETRY: Micros = 900_000
/** Stacks send no more of one question. */
const MOST_REPEATED = 4

/**
 * The asker that lost most, of those whose answers pass here: each silence counts only where answers to the same asker were captured
 * before and after it. Where a switch delivers no answers to others, none of them is seen.
 */
export function lossOfAnother(address: AddressFacts, question: Question): Loss | null {
  const ours = question.probed ? new Set(ownRounds(address, question).map(({ asker }) => asker)) : new Set()
  const broadcasts = address.exchanges.filter(({ mode, asker }) => mode === 'broadcast' && !ours.has(asker))
  const losses = [...byAsker(broadcasts)].flatMap((rounds) => lossOf(rounds) ?? [])
  const lossy = losses.filter(({ rounds, silent }) => silent.length > rounds.length * TOLERATED_LOSS)
  return lossy.toSorted((one, other) => other.silent.length - one.silent.length)[0] ?? null
}

/** A switch floods an answer to everybody only while it does not know the port of the asker. Null: nothing tells loss from answers that go past. */
export function weighLoss({ rounds, silent }: Loss): Confidence | null {
  const answered = rounds.filter(isAnswered)
  if (answered.length * 2 >= rounds.length)
    return likely('answers to the same machine were captured before and after each silence')
  const isMostAgain = (some: readonly Exchange[]) =>
    some.filter((one) => isPutAgain(one, rounds)).length * 2 > some.length
  return isMostAgain(silent) && !isMostAgain(answered)
    ? possible('it asks as without an answer, but most answers were not captured: they may go past the capture')
    : null
}

function lossOf(all: readonly Exchange[]): Loss | null {
  const rounds = all.filter((round, n) => isAnswered(round) || !isRepeated(all, n))
  const inner = rounds.slice(rounds.findIndex(isAnswered), rounds.findLastIndex(isAnswered) + 1)
  const silences = inner.filter((round, n) => !isAnswered(round) && isAnswered(inner[n - 1]!)).length
  if (rounds.length < FEWEST_ROUNDS || silences < FEWEST_SILENCES) return null
  return { rounds, silent: rounds.filter((round) => !isAnswered(round)) }
}

/** Its asker has its answer already, or both left at once. */
function isRepeated(all: readonly Exchange[], n: number): boolean {
  const isSame = (other: number) => {
    const round = all[other]
    return round !== undefined && isAnswered(round) && gap(all, Math.max(n, other)) <= ONE_QUESTION
  }
  return isSame(n - 1) || isSame(n + 1) || isInBurst(all, n)
}

/** Some stacks ask several times each time: the first has its answer, a few follow at once, and the next question comes much later. */
function isInBurst(all: readonly Exchange[], n: number): boolean {
  let [first, last] = [n, n]
  while (first > 0 && n - first < MOST_REPEATED && !isAnswered(all[first]!) && gap(all, first) <= RETRY) first--
  while (last - first < MOST_REPEATED && gap(all, last + 1) <= RETRY && !isAnswered(all[last + 1]!)) last++
  if (!isAnswered(all[first]!)) return false
  const longest = Math.max(...all.slice(first + 1, last + 1).map((_, offset) => gap(all, first + 1 + offset)))
  const hasPauseBefore = last - first === 1 || gap(all, first) >= 2 * longest
  return hasPauseBefore && gap(all, last + 1) >= 2 * longest
}

/** Since the request before this one; to the first and behind the last it is endless. */
function gap(all: readonly Exchange[], n: number): Micros {
  const [before, round] = [all[n - 1], all[n]]
  return before && round ? round.at - before.at : Infinity
}

function isAnswered({ answers }: Exchange): boolean {
  return answers.length > 0
}
