import junitReportBuilder, { type Builder, type TestSuite } from 'junit-report-builder'
import { oneLine, printable, printableReport } from '../printable.js'
import type { Report, ReportedFinding } from '../report.js'
import { areasOf, type RuleArea } from '../wording.js'
import { plainFinding } from './plain-finding.js'
import type { Reporter } from './registry.js'

/** The package is CommonJS whose export is the builder itself, not an object with a `default` as its types say. */
const builder = junitReportBuilder as unknown as Builder

/**
 * One suite an area of rules, one test case a rule that found nothing, a finding, or a skipped rule. Errors fail;
 * warnings and notes pass with their text as output. What could not be looked at is a suite of its own, and an error
 * when nothing at all could be. The builder guards a CDATA section against the first `]]>` only, so none gets there.
 */
export const junit: Reporter = (report) => {
  const shown = printableReport(report, (text) => printable(text).replaceAll(']]>', ']] >'))
  const xml = builder.newBuilder().name(`l2doctor ${shown.run.command}`)
  for (const area of areasOf(shown)) areaSuite(area, xml.testSuite().name(area.name).timestamp(shown.run.startedAt))
  if (shown.gaps.length > 0) gapSuite(shown, xml.testSuite().name('not checked').timestamp(shown.run.startedAt))
  return `${xml.build()}\n`
}

function areaSuite({ ran, findings, skipped }: RuleArea, suite: TestSuite): void {
  for (const finding of findings) findingCase(finding, suite)
  for (const { rule, because } of skipped) {
    suite.testCase().className(className(rule)).name(rule).standardOutput(because).skipped()
  }
  const told = new Set([...findings, ...skipped].map(({ rule }) => rule))
  for (const rule of ran.filter((rule) => !told.has(rule))) suite.testCase().className(className(rule)).name(rule)
}

function findingCase(finding: ReportedFinding, suite: TestSuite): void {
  const name = oneLine(`${finding.rule} ${finding.subject.id}`)
  const testCase = suite.testCase().className(className(finding.rule)).name(name)
  if (finding.severity !== 'error') testCase.standardOutput(`${finding.severity}: ${plainFinding(finding)}`)
  else testCase.failure(oneLine(finding.message), finding.rule).stacktrace(plainFinding(finding))
}

function gapSuite({ gaps, verdict }: Report, suite: TestSuite): void {
  for (const { subject, reason, hint } of gaps) {
    const testCase = suite.testCase().className('l2doctor.gaps').name(oneLine(subject))
    if (verdict === 'inconclusive') testCase.error(oneLine(reason), 'inconclusive', hint)
    else testCase.standardOutput([reason, hint].join('\n')).skipped()
  }
}

function className(rule: string): string {
  return `l2doctor.${rule.replaceAll('/', '.')}`
}
