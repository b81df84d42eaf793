import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import { byAsker, ownRounds } from './rounds.js'

/** What one machine that is not ours lost of the answers to its broadcasts. */
export interface Loss {
  readonly rounds: readonly Exchange[]
  readonly silent: readonly Exchange[]
}

/** Fewer silences between answers may be chance, or the moment in which the address came up. */
const FEWEST_SILENCES = 2
const FEWEST_ROUNDS = 5
/** No stack asks again this soon because it got no answer: the requests are one question. */
const ONE_QUESTION: Micros = 200_000
/** Linux, Windows and the BSDs ask again after a second. */
const RETRY: Micros = 900_000

/**
 * The asker that lost most, of those whose answers pass here: each silence counts only where answers to the same asker were captured
 * before and after it. Where a switch delivers no answers to others, none of them is seen.
 */
export function lossOfAnother(address: AddressFacts, question: Question, tolerated: number): Loss | null {
  const ours = question.probed ? new Set(ownRounds(address, question).map(({ asker }) => asker)) : new Set()
  const broadcasts = address.exchanges.filter(({ mode, asker }) => mode === 'broadcast' && !ours.has(asker))
  const losses = [...byAsker(broadcasts)].flatMap((rounds) => lossOf(rounds) ?? [])
  const lossy = losses.filter(({ rounds, silent }) => silent.length > rounds.length * tolerated)
  return lossy.toSorted((one, other) => other.silent.length - one.silent.length)[0] ?? null
}

function lossOf(all: readonly Exchange[]): Loss | null {
  const rounds = all.filter((round, n) => isAnswered(round) || !isRepeated(round, all[n - 1], all[n + 1]))
  const inner = rounds.slice(rounds.findIndex(isAnswered), rounds.findLastIndex(isAnswered) + 1)
  const silences = inner.filter((round, n) => !isAnswered(round) && isAnswered(inner[n - 1]!)).length
  if (rounds.length < FEWEST_ROUNDS || silences < FEWEST_SILENCES) return null
  return { rounds, silent: rounds.filter((round) => !isAnswered(round)) }
}

/** Some stacks always ask twice: its asker has its answer already, and the next question comes much later; or both left at once. */
function isRepeated({ at }: Exchange, before: Exchange | undefined, after: Exchange | undefined): boolean {
  const [ago, ahead] = [before ? at - before.at : Infinity, after ? after.at - at : Infinity]
  if (before && isAnswered(before) && ago <= RETRY && ahead >= 2 * ago) return true
  return (before !== undefined && isAnswered(before) && ago <= ONE_QUESTION) || isAnsweredSoon(after, ahead)
}

function isAnsweredSoon(after: Exchange | undefined, ahead: Micros): boolean {
  return after !== undefined && isAnswered(after) && ahead <= ONE_QUESTION
}

function isAnswered({ answers }: Exchange): boolean {
  return answers.length > 0
}
