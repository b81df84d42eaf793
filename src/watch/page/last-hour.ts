import type { Machine, VipState } from '../model.js'
import { isSame } from '../vip-state.js'
import type { Run } from './status.js'

const MINUTE_MS = 60_000
export const MINUTES = 60
/** More machines than this for one address in one minute are not drawn. */
const MOST_MACHINES = 8

export type Mark = Pick<VipState, 'verdict' | 'responders'>

/** Minutes in a row, by their number since 1970, in which the same was seen. */
interface Minutes {
  readonly from: number
  readonly to: number
  readonly verdict: VipState['verdict']
  readonly machines: readonly Machine[]
}

/** The last hour of one address, oldest first: never more than one entry for each minute. */
export type LastHour = readonly Minutes[]

/** A window that begins and ends at these times, ms since 1970; several in one minute are told as the worst, with all who answered. */
export function withWindow(before: LastHour, mark: Mark, startedAt: number, endedAt: number): LastHour {
  const to = Math.floor(endedAt / MINUTE_MS)
  const last = before.at(-1)
  if (last !== undefined && to < last.from) return [run(to, to, mark)] // the clock was set back
  const from = Math.min(to, Math.max(Math.floor(startedAt / MINUTE_MS), (last?.to ?? 0) + 1))
  const next = last !== undefined && from <= last.to ? shared(before, last, mark) : joined(before, run(from, to, mark))
  return next.flatMap((one) => within(one, to - MINUTES + 1))
}

/** Each minute so many later; negative: earlier. */
export function shiftedHour(hour: LastHour, minutes: number): LastHour {
  return hour.map((one) => ({ ...one, from: one.from + minutes, to: one.to + minutes }))
}

/** Minutes as times. */
export function runsOf(hour: LastHour): Run[] {
  return hour.map(({ from, to, verdict, machines }) => ({
    from: new Date(from * MINUTE_MS).toISOString(),
    to: new Date(to * MINUTE_MS).toISOString(),
    verdict,
    machines: [...machines],
  }))
}

function run(from: number, to: number, { verdict, responders }: Mark): Minutes {
  return { from, to, verdict, machines: responders.slice(0, MOST_MACHINES) }
}

/** The last minute was told of already. */
function shared(before: LastHour, last: Minutes, mark: Mark): LastHour {
  const minute = { ...worst(last, run(last.to, last.to, mark)), from: last.to }
  const others = last.from < last.to ? [...before.slice(0, -1), { ...last, to: last.to - 1 }] : before.slice(0, -1)
  return joined(others, minute)
}

function joined(before: LastHour, next: Minutes): LastHour {
  const last = before.at(-1)
  if (last === undefined || last.to + 1 !== next.from || !isAlike(last, next)) return [...before, next]
  return [...before.slice(0, -1), { ...next, from: last.from }]
}

const BADNESS: Record<VipState['verdict'], number> = { healthy: 0, inconclusive: 1, findings: 2 }

function worst(one: Minutes, other: Minutes): Minutes {
  const verdict = BADNESS[other.verdict] > BADNESS[one.verdict] ? other.verdict : one.verdict
  const more = other.machines.filter((machine) => !one.machines.some((known) => isSame(known, machine)))
  return { ...one, to: other.to, verdict, machines: [...one.machines, ...more].slice(0, MOST_MACHINES) }
}

function isAlike(one: Minutes, other: Minutes): boolean {
  return (
    one.verdict === other.verdict &&
    one.machines.length === other.machines.length &&
    one.machines.every((machine) => other.machines.some((known) => isSame(known, machine)))
  )
}

function within(one: Minutes, oldest: number): Minutes[] {
  return one.to < oldest ? [] : [one.from < oldest ? { ...one, from: oldest } : one]
}
