import type { Severity } from '../rules/define.js'
import type { Report, ReportedFinding, ReportedGap } from './report.js'

/** `--fail-on`: the lowest severity that makes the run fail. */
export type FailOn = Severity | 'never'

const FAILING: Record<FailOn, readonly Severity[]> = {
  error: ['error'],
  warning: ['error', 'warning'],
  info: ['error', 'warning', 'info'],
  never: [],
}

/** What the run says in one word. Information alone leaves a healthy verdict; a decisive gap never does. */
export function verdict(
  findings: readonly { severity: Severity }[],
  gaps: readonly Pick<ReportedGap, 'decisive'>[],
): Report['verdict'] {
  if (findings.some((finding) => finding.severity !== 'info')) return 'findings'
  return isOpen(gaps) ? 'inconclusive' : 'healthy'
}

function isOpen(gaps: readonly Pick<ReportedGap, 'decisive'>[]): boolean {
  return gaps.some(({ decisive }) => decisive)
}

/**
 * Exit code of a finished run (design.md §6): what fails outweighs what could not be looked at, and that outweighs
 * what was found below the threshold. Where expectations were
 * given, they are what is judged: "no finding at or above" is one of them.
 */
export function exitCode(report: Report, failOn: FailOn): 0 | 1 | 3 {
  const outcome = outcomeOf(report)
  if (outcome !== null) return EXIT[outcome]
  if (report.findings.some((finding) => fails(finding, failOn))) return 1
  return isOpen(report.gaps) ? 3 : 0
}

type Outcome = Report['expectations'][number]['status']

const EXIT = { failed: 1, unknown: 3, held: 0 } as const satisfies Record<Outcome, number>

/** What a check comes down to: one failed expectation fails it, one unknown leaves it open. Null without expectations. */
export function outcomeOf({ expectations }: Pick<Report, 'expectations'>): Outcome | null {
  if (expectations.length === 0) return null
  const worst = (['failed', 'unknown'] as const).find((one) => expectations.some(({ status }) => status === one))
  return worst ?? 'held'
}

/** Which findings count as failures: in a check those that its file does not tolerate, else all errors. */
export function failuresOf({ expectations }: Report): (finding: ReportedFinding) => boolean {
  if (expectations.length === 0) return (finding) => fails(finding, 'error')
  const intolerable = new Set(expectations.find(({ id }) => id === NO_FINDINGS)?.findings)
  return ({ fingerprint }) => intolerable.has(fingerprint)
}

/** Id of the expectation that no finding is too severe. */
export const NO_FINDINGS = 'findings'

/** Whether a finding is at or above a threshold. */
export function fails({ severity }: { severity: Severity }, failOn: FailOn): boolean {
  return FAILING[failOn].includes(severity)
}
