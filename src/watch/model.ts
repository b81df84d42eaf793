import type { Report, ReportedAddress, ReportedExpectation, ReportedFinding } from '../report/report.js'

/** What a watch keeps from one window to the next, and what it says of it. All times are ISO 8601. */

/** One window of one interface, judged. */
export interface JudgedWindow {
  readonly endedAt: string
  readonly report: Report
  /** The addresses that are watched, as text; the report has others too, which are contested. */
  readonly vips: ReadonlySet<string>
  /** The link and the capture were there from its begin to its end: silence in it means something. */
  readonly isWhole: boolean
}

export interface Machine {
  readonly mac: string
  readonly node: string | null
}

export interface VipState {
  readonly ip: string
  readonly services: readonly string[]
  readonly verdict: ReportedAddress['verdict']
  /** Why it is inconclusive; null otherwise. */
  readonly because: string | null
  /** Who answered in the last window. */
  readonly responders: readonly Machine[]
  readonly expected: ReportedAddress['expected']
  /** Whether they are those that should answer; null where nobody can say, or nobody answered. */
  readonly answersAsExpected: boolean | null
  /** The last one that answered a request alone; null before that. */
  readonly owner: Machine | null
  readonly ownerSince: string | null
  /** How often another machine took its place. */
  readonly moves: number
  readonly lastAnswerAt: string | null
}

export type WatchedFinding = Pick<
  ReportedFinding,
  'rule' | 'title' | 'severity' | 'certainty' | 'because' | 'subject' | 'message' | 'fingerprint' | 'docs'
>

export interface StandingFinding {
  readonly finding: WatchedFinding
  readonly since: string
  /** Windows in a row in which it could have been found and was not. */
  readonly cleanWindows: number
}

export type WatchedExpectation = Pick<ReportedExpectation, 'id' | 'title' | 'status' | 'message'>

/** Of one interface. No member grows with time, only with addresses and what is wrong with them. */
export interface Memory {
  readonly vips: ReadonlyMap<string, VipState>
  /** By fingerprint. */
  readonly findings: ReadonlyMap<string, StandingFinding>
  /** By id. */
  readonly expectations: ReadonlyMap<string, WatchedExpectation>
}

export const NOTHING_YET: Memory = { vips: new Map(), findings: new Map(), expectations: new Map() }

/** What is told once. */
export type Change =
  | { readonly event: 'finding-began'; readonly finding: WatchedFinding }
  | { readonly event: 'finding-ended'; readonly finding: WatchedFinding; readonly since: string }
  | { readonly event: 'owner-first-seen'; readonly ip: string; readonly to: Machine }
  | {
      readonly event: 'owner-moved'
      readonly ip: string
      readonly from: Machine
      readonly to: Machine
      readonly times: number
    }
  | { readonly event: 'vip-unknown'; readonly ip: string; readonly because: string }
  | { readonly event: 'vip-known'; readonly ip: string }
  | { readonly event: 'expectation-changed'; readonly expectation: WatchedExpectation }

/** What is known of an interface after a window of it. */
export interface WatchedWindow {
  readonly interface: string
  readonly memory: Memory
  readonly report: Report
  readonly asked: boolean
}
