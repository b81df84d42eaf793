import type { Gap } from '../known.js'
import type { Problem, Severity } from './define.js'
import { nodeOf } from './subject.js'

/** Findings of one rule and severity that a run lists of one host: more of the same say nothing new. */
const MOST_ON_A_HOST = 200
/** The same over all hosts, addresses and objects: a large cluster has thousands of Services. */
const MOST_IN_ALL = 10_000

type Outcome = Problem<Record<string, unknown>>

/**
 * What is listed of one rule's problems and what is only counted. What a host, or whoever writes an object, can repeat
 * without end must not fill the report: the first ones of each severity are listed, so that the gravest never go missing.
 */
export class KeptFindings {
  readonly #rule: string
  readonly #severity: Severity
  readonly #counts = new Map<string, number>()
  readonly #left = new Map<string, number>()

  constructor(rule: string, severity: Severity) {
    this.#rule = rule
    this.#severity = severity
  }

  /** Whether there is room for this one; it is counted either way. */
  take({ subject, severity = this.#severity }: Outcome): boolean {
    const host = nodeOf(subject)
    const fits =
      this.#count(severity, MOST_IN_ALL) && (host === null || this.#count(`${severity} ${host}`, MOST_ON_A_HOST))
    if (!fits) this.#left.set(host ?? '', (this.#left.get(host ?? '') ?? 0) + 1)
    return fits
  }

  /** One gap for each host whose findings were not all listed, and one for all that is no host's. */
  gaps(): Gap[] {
    return [...this.#left].map(([host, left]) => ({
      subject: host === '' ? this.#rule : `${host}: ${this.#rule}`,
      reason: `${left} more findings of this rule are not listed`,
      hint: 'fix those that are listed and run it again',
    }))
  }

  #count(key: string, most: number): boolean {
    const before = this.#counts.get(key) ?? 0
    this.#counts.set(key, before + 1)
    return before < most
  }
}
