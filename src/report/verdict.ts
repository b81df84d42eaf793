import type { Severity } from '../rules/define.js'
import type { Report } from './report.js'

/** `--fail-on`: the lowest severity that makes the run fail. */
export type FailOn = Severity | 'never'

const FAILING: Record<FailOn, readonly Severity[]> = {
  error: ['error'],
  warning: ['error', 'warning'],
  info: ['error', 'warning', 'info'],
  never: [],
}

/** What the run says in one word. Information alone leaves a healthy verdict; not having looked never does. */
export function verdict(findings: readonly { severity: Severity }[], couldLook: boolean): Report['verdict'] {
  if (findings.some((finding) => finding.severity !== 'info')) return 'findings'
  return couldLook ? 'healthy' : 'inconclusive'
}

/**
 * Exit code of a finished run (design.md §6): what fails outweighs what could not be looked at. Where expectations were
 * given, they are what is judged: "no finding at or above" is one of them.
 */
export function exitCode(report: Report, failOn: FailOn): 0 | 1 | 3 {
  const expected = report.expectations.map(({ status }) => status)
  if (expected.length > 0) return expected.includes('failed') ? 1 : expected.includes('unknown') ? 3 : 0
  if (report.findings.some((finding) => fails(finding, failOn))) return 1
  return report.verdict === 'inconclusive' ? 3 : 0
}

/** Whether a finding is at or above a threshold. */
export function fails({ severity }: { severity: Severity }, failOn: FailOn): boolean {
  return FAILING[failOn].includes(severity)
}
