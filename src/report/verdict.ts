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

/** Exit code of a finished run (design.md §6): failing findings outweigh "could not look". */
export function exitCode(report: Report, failOn: FailOn): 0 | 1 | 3 {
  if (report.findings.some((finding) => FAILING[failOn].includes(finding.severity))) return 1
  return report.verdict === 'inconclusive' ? 3 : 0
}
