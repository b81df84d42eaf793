import type { Mac } from '../wire/mac.js'
import type { MasterChange } from './masters.js'
import type { AnnouncementForm, Sign } from './sign.js'

/** A machine by the MAC that it answers with; where that is a virtual router's, by the source of its adverts too. */
export interface Holder {
  readonly mac: Mac
  /** Null: the MAC is its own, or nobody advertised. */
  readonly master: string | null
}

/** A time that was not seen itself, by what was: it is at least and at most this long. Microseconds. */
export interface Span {
  readonly least: number
  readonly most: number
}

/** An address went from one machine to another, and the old one has answered no more since. Times in microseconds since the epoch. */
export interface Move {
  readonly from: Holder
  readonly to: Holder
  readonly lastOldAt: number
  readonly firstNewAt: number
  /** The first one of the new machine; null: none was seen. */
  readonly announcement: { readonly at: number; readonly form: AnnouncementForm } | null
  /** The longest time in which nobody answered. */
  readonly silence: Span
  /** How long both answered; null: they did not. */
  readonly overlap: Span | null
  /** From one request to the next: how fine all of this is. Null: there were fewer than two. */
  readonly askEvery: { readonly median: number; readonly longest: number } | null
  readonly masters: MasterChange | null
  /** What was seen from a moment before it to its end. */
  readonly signs: readonly Sign[]
}

export interface Handover {
  readonly from: Holder
  readonly to: Holder
  readonly lastOldAt: number
  readonly firstNewAt: number
  readonly masters: MasterChange | null
}

/** Shown before and after what happened. */
const LEAD_MICROS = 2_000_000
/** A timeline of more has its middle left out. */
const MOST_SIGNS = 2000

/** Measures a handover by all that was seen of the address around it, oldest first. `counts`: requests whose silence says something. */
export function measure(handover: Handover, signs: readonly Sign[], counts: (asker: Mac) => boolean): Move {
  const { from, to, lastOldAt, firstNewAt, masters } = handover
  const asks = signs.flatMap((one) => (one.what === 'ask' && counts(one.asker) ? [one.at] : []))
  const [begin, end] = [Math.min(lastOldAt, firstNewAt), Math.max(lastOldAt, firstNewAt)]
  const around = (at: number) => at >= begin - LEAD_MICROS && at <= end + LEAD_MICROS
  return {
    ...{ from, to, lastOldAt, firstNewAt, masters },
    announcement: announcementOf(handover, signs),
    silence: silenceWithin(begin, end, signs, asks),
    overlap: overlapOf(handover, asks),
    askEvery: intervals(asks.filter(around)),
    signs: thinned(signs.filter(({ at, ...one }) => around(at) && (one.what !== 'ask' || counts(one.asker)))),
  }
}

/** The same MAC announces for both where it is a virtual one: what counts then comes after the first advert of the new master. */
function announcementOf({ from, to, masters }: Handover, signs: readonly Sign[]): Move['announcement'] {
  const since = from.mac === to.mac ? (masters?.new.at ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY
  const first = signs.find((one) => one.what === 'announcement' && one.mac === to.mac && one.at >= since)
  return first?.what === 'announcement' ? { at: first.at, form: first.form } : null
}

/** The longest time between two answers, of whomever, from the one before to the one after the handover. */
function silenceWithin(begin: number, end: number, signs: readonly Sign[], asks: readonly number[]): Span {
  const answers = signs.flatMap((one) => (one.what === 'answer' && one.at >= begin && one.at <= end ? [one.at] : []))
  const gaps = answers.slice(1).map((at, index) => [answers[index]!, at] as const)
  const [from, to] = gaps.reduce((longest, gap) => (gap[1] - gap[0] > longest[1] - longest[0] ? gap : longest), [0, 0])
  return { least: unansweredSpan(from, to, asks), most: to - from }
}

/** From the first to the last request that got no answer; the newest one before an answer got it. */
function unansweredSpan(from: number, to: number, asks: readonly number[]): number {
  const between = asks.filter((at) => at > from && at < to).slice(0, -1)
  return between.length < 2 ? 0 : between.at(-1)! - between[0]!
}

/** It may have begun right after the last request that the new machine left unanswered, and ended right before the first that the old one did. */
function overlapOf({ lastOldAt, firstNewAt }: Handover, asks: readonly number[]): Span | null {
  if (firstNewAt > lastOldAt) return null
  const unanswered = asks.filter((at) => at <= firstNewAt).at(-2) ?? firstNewAt
  const next = asks.find((at) => at > lastOldAt) ?? lastOldAt
  return { least: lastOldAt - firstNewAt, most: next - unanswered }
}

export function intervals(asks: readonly number[]): Move['askEvery'] {
  if (asks.length < 2) return null
  const between = asks.slice(1).map((at, index) => at - asks[index]!)
  return { median: median(between), longest: Math.max(...between) }
}

/** Of at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function thinned(signs: readonly Sign[]): readonly Sign[] {
  if (signs.length <= MOST_SIGNS) return signs
  return [...signs.slice(0, MOST_SIGNS / 2), ...signs.slice(-MOST_SIGNS / 2)]
}
