import type { FailOn } from '../report/verdict.js'

/** What `l2doctor.yaml` asks for, checked and with its defaults filled in. */
export interface CheckFile {
  readonly interface: string | null
  readonly vips: readonly VipExpectation[]
  /** No finding at or above this severity, accepted ones aside. */
  readonly failOn: FailOn
  readonly allow: readonly Allowance[]
  /** Hosts to audit over SSH. */
  readonly nodes: readonly string[]
  /** Whether the Kubernetes API is read. */
  readonly cluster: boolean
  /** File of the last run's VIP bindings; null without. */
  readonly baseline: string | null
}

/** One VIP, by address or by Service; at least one of the two is there. */
export interface VipExpectation {
  readonly ip: string | null
  /** `namespace/name`. */
  readonly service: string | null
  /** How many machines must answer. */
  readonly responders: number
  /** Nodes that may answer; empty: any. */
  readonly nodes: readonly string[]
  /** MACs that may answer; empty: any. */
  readonly macs: readonly string[]
  /** The median answer must come within so many milliseconds; null: whenever. */
  readonly answerWithinMs: number | null
}

/** A finding that the operator accepts, for a reason and a time. */
export interface Allowance {
  readonly rule: string
  /** Null: on every subject. */
  readonly subject: string | null
  readonly reason: string
  /** Last day on which it holds, `2027-01-31`; null: for ever. */
  readonly expires: string | null
}
