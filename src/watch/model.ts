import type { Report, ReportedAddress, ReportedExpectation, ReportedFinding } from '../report/report.js'

/** What a watch keeps from one window to the next, and what it says of it. All times are ISO 8601. */

/** One window of one interface, judged. */
export interface JudgedWindow {
  readonly endedAt: string
  readonly report: Report
  /** The addresses that are watched, as text; the report has others too, which are contested. */
  readonly vips: ReadonlySet<string>
  /** Why it was not seen whole, so that silence in it means nothing; null: it was. */
  readonly unseen: string | null
  /** When the last answer to a request for an address came, of each that had one. */
  readonly answeredAt: ReadonlyMap<string, string>
  readonly asked: Asked
}

export interface Machine {
  readonly mac: string
  readonly node: string | null
}

/** Who has an address on one VLAN stack. */
export interface Tenure {
  /** Outermost tag first; empty: untagged. */
  readonly vlans: readonly number[]
  /** The last one that answered a request alone. */
  readonly owner: Machine
  readonly since: string
  /** How often another machine took its place there. */
  readonly moves: number
}

/** An address; where it was seen on several VLANs, as it is on the one where it is worst off. */
export interface VipState {
  readonly ip: string
  readonly vlans: readonly number[]
  readonly services: readonly string[]
  readonly verdict: ReportedAddress['verdict']
  /** Why it is inconclusive; null otherwise. */
  readonly because: string | null
  /** Who answers is known: somebody did, or it was silent. Else nobody can say, whatever else is wrong with it. */
  readonly isKnown: boolean
  /** Who answered in the last window. */
  readonly responders: readonly Machine[]
  readonly expected: ReportedAddress['expected']
  /** Whether they are those that should answer; null where nobody can say, or nobody answered. */
  readonly answersAsExpected: boolean | null
  /** The last one that answered a request alone; null before that. */
  readonly owner: Machine | null
  readonly ownerSince: string | null
  /** How often another machine took its place, on any VLAN. */
  readonly moves: number
  /** When a request was answered last, on any VLAN; announcements are no answers. */
  readonly lastAnswerAt: string | null
  /** Of each VLAN stack on which it was answered for, the newest last. */
  readonly tenures: readonly Tenure[]
}

export type WatchedFinding = Pick<
  ReportedFinding,
  'rule' | 'title' | 'severity' | 'certainty' | 'because' | 'subject' | 'message' | 'fingerprint' | 'docs' | 'symptom'
>

export interface StandingFinding {
  readonly finding: WatchedFinding
  readonly since: string
  /** Windows in a row in which it could have been found and was not. */
  readonly cleanWindows: number
  /** Windows in which it was found, and those before the last of them in which it could have been and was not. */
  readonly shown: number
  readonly missed: number
  /** Requests were sent for its address, or at all, in the last window that showed it: one without them would not show it. */
  readonly wasAsked: boolean
  /** They are sent by another watch since: that one says whether it stands. */
  readonly isLeft: boolean
}

export type WatchedExpectation = Pick<ReportedExpectation, 'id' | 'title' | 'status' | 'message'>

/** Of one interface. No member grows with time, only with addresses and what is wrong with them. */
export interface Memory {
  readonly vips: ReadonlyMap<string, VipState>
  /** By fingerprint. */
  readonly findings: ReadonlyMap<string, StandingFinding>
  /** Those that have ended lately: one that comes back is known to come and go. */
  readonly ended: ReadonlyMap<string, StandingFinding>
  /** By id. */
  readonly expectations: ReadonlyMap<string, WatchedExpectation>
}

export const NOTHING_YET: Memory = { vips: new Map(), findings: new Map(), ended: new Map(), expectations: new Map() }

/** What is told once. */
export type Change =
  | { readonly event: 'finding-began'; readonly finding: WatchedFinding }
  | { readonly event: 'finding-ended'; readonly finding: WatchedFinding; readonly since: string }
  /** It may stand or not: another watch sends the requests now that had shown it. */
  | { readonly event: 'finding-left'; readonly finding: WatchedFinding; readonly since: string }
  | { readonly event: 'owner-first-seen'; readonly ip: string; readonly vlans: readonly number[]; readonly to: Machine }
  | {
      readonly event: 'owner-moved'
      readonly ip: string
      readonly vlans: readonly number[]
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
  readonly asked: Asked
}

/** Of which addresses requests were sent all the while: of all, of none, or of these. */
export type Asked = boolean | ReadonlySet<string>

export function wasAsked(asked: Asked, ip: string): boolean {
  return typeof asked === 'boolean' ? asked : asked.has(ip)
}

/** The same of what a finding is about; of what is no address: whether any request was sent. */
export function wasAskedAbout(asked: Asked, { subject }: Pick<WatchedFinding, 'subject'>): boolean {
  if (subject.kind === 'ip') return wasAsked(asked, subject.ip)
  return typeof asked === 'boolean' ? asked : asked.size > 0
}
