import type { Gap } from '../known.js'
import { doubtWords } from '../report/doubts.js'
import type { Report, ReportedExpectation, ReportedFinding } from '../report/report.js'
import { type FailOn, fails, NO_FINDINGS } from '../report/verdict.js'
import { subjectText } from '../rules/subject.js'
import type { CheckFile } from './model.js'
import { gapWords, type Outcome, vipExpectations } from './vip-expectations.js'

/** What a report does not tell: whether the cluster was read (null: yes), if the file wants it. */
export interface Circumstances {
  readonly clusterGap: Gap | null
}

/** Holds a check file against a report: one entry an expectation, in the order of the file. */
export function holdExpectations(
  file: CheckFile,
  report: Report,
  { clusterGap }: Circumstances,
): ReportedExpectation[] {
  return [
    ...file.vips.flatMap((vip) => vipExpectations(vip, report, file.cluster ? clusterGap : null)),
    ...(file.failOn === 'never' ? [] : [noFindings(file.failOn, report)]),
    ...(file.cluster ? [clusterRead(clusterGap)] : []),
    ...file.nodes.map((node) => nodeReached(node, report)),
  ]
}

/** The report with its expectations, and a verdict that agrees with the exit code they lead to. */
export function withExpectations(report: Report, expectations: ReportedExpectation[]): Report {
  const has = (wanted: ReportedExpectation['status']) => expectations.some(({ status }) => status === wanted)
  const verdict = has('failed') ? 'findings' : has('unknown') ? 'inconclusive' : report.verdict
  const [open] = expectations.filter(({ status }) => status === 'unknown')
  const headline =
    verdict === 'inconclusive' ? (report.headline ?? (open ? `${open.title}: ${open.message}` : null)) : null
  return { ...report, verdict, headline, expectations }
}

function noFindings(failOn: FailOn, report: Report): ReportedExpectation {
  const failing = report.findings.filter((finding) => fails(finding, failOn))
  return {
    id: NO_FINDINGS,
    title: `no finding of severity ${failOn} or above`,
    ...findingsOutcome(failing, report),
    findings: failing.map(({ fingerprint }) => fingerprint),
  }
}

function findingsOutcome(failing: readonly ReportedFinding[], { rulesRun, gaps }: Report): Outcome {
  if (failing.length > 0) return { status: 'failed', message: failing.map(describe).join('; ') }
  const open = doubtWords(gaps)
  if (open !== null) return { status: 'unknown', message: open }
  return { status: 'held', message: `${rulesRun.length} rules ran` }
}

function describe({ rule, subject }: ReportedFinding): string {
  return `${rule} (${subjectText(subject)})`
}

function clusterRead(gap: Gap | null): ReportedExpectation {
  const outcome: Outcome = gap ? { status: 'unknown', message: gapWords(gap) } : { status: 'held', message: 'it was' }
  return { id: 'cluster', title: 'the cluster can be read', ...outcome, findings: [] }
}

function nodeReached(name: string, report: Report): ReportedExpectation {
  const reached = report.nodes.find((node) => node.name === name)?.reached === true
  const gap = report.gaps.find(({ subject }) => subject === name || subject.startsWith(`${name}:`))
  return {
    id: `node/${name}`,
    title: `${name} can be audited`,
    status: reached ? 'held' : 'unknown',
    message: reached ? 'it was read' : (gap?.reason ?? 'it was not read'),
    findings: [],
  }
}
