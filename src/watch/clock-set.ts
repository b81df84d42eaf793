import type { HistoryLine } from './history-line.js'
import type { Memory, StandingFinding, VipState } from './model.js'

/**
 * What was noted by a clock that has been set back since, as the clock has it now: nothing lies in the future, and how long something
 * stands stays true. After a clock that was set forward all is left as it is: a machine that was paused looks the same.
 */

/** ISO 8601 in and out. `byMs` is negative where the clock was set back. */
export function shiftedTime(at: string, byMs: number): string {
  return byMs < 0 ? new Date(Date.parse(at) + byMs).toISOString() : at
}

export function shiftedMemory(memory: Memory, byMs: number): Memory {
  const finding = (one: StandingFinding) => ({ ...one, since: shiftedTime(one.since, byMs) })
  return {
    ...memory,
    vips: mapValues(memory.vips, (vip) => shiftedVip(vip, byMs)),
    findings: mapValues(memory.findings, finding),
    ended: mapValues(memory.ended, finding),
  }
}

function shiftedVip(vip: VipState, byMs: number): VipState {
  return {
    ...vip,
    ownerSince: vip.ownerSince && shiftedTime(vip.ownerSince, byMs),
    lastAnswerAt: vip.lastAnswerAt && shiftedTime(vip.lastAnswerAt, byMs),
    tenures: vip.tenures.map((one) => ({ ...one, since: shiftedTime(one.since, byMs) })),
  }
}

export function shiftedLine(line: HistoryLine, byMs: number): HistoryLine {
  return { ...line, at: shiftedTime(line.at, byMs) }
}

function mapValues<V>(all: ReadonlyMap<string, V>, change: (one: V) => V): Map<string, V> {
  return new Map([...all].map(([key, one]) => [key, change(one)]))
}
