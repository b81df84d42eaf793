import junitReportBuilder, { type Builder, type TestSuite } from 'junit-report-builder'
import { subjectText } from '../../rules/subject.js'
import { atHand } from '../at-hand.js'
import { oneLine, printable, printableReport } from '../printable.js'
import type { Report, ReportedExpectation, ReportedFinding } from '../report.js'
import { TRUTH_NAMES } from '../truths.js'
import { failuresOf } from '../verdict.js'
import { areasOf, expectationWords, type RuleArea, truthWords } from '../wording.js'
import { plainFinding } from './plain-finding.js'
import type { Reporter } from './reporter.js'

/** The package is CommonJS whose export is the builder itself, not an object with a `default` as its types say. */
const builder = junitReportBuilder as unknown as Builder

/**
 * The three truths first. One suite an area of rules, one test case a rule that found nothing, a finding, or a skipped rule. Errors fail;
 * warnings and notes pass with their text as output. A check begins with a suite of its expectations, and there only the
 * findings that fail it are failures; an expectation that could not be judged is an error, as exit 3 is. What could not be looked at is a suite of its own, and an error
 * when nothing at all could be. The builder guards a CDATA section against the first `]]>` only, so none gets there.
 */
export const junit: Reporter = (report) => {
  const shown = printableReport(atHand(report), (text) => printable(text).replaceAll(']]>', ']] >'))
  const xml = builder.newBuilder().name(`l2doctor ${shown.run.command}`)
  const suite = (name: string) => xml.testSuite().name(name).timestamp(shown.run.startedAt)
  truthSuite(shown, suite('truths'))
  if (shown.expectations.length > 0) expectationSuite(shown, suite('expectations'))
  const fails = failuresOf(shown)
  for (const area of areasOf(shown)) areaSuite(area, fails, suite(area.name))
  if (shown.gaps.length > 0) gapSuite(shown, suite('not checked'))
  return `${xml.build()}\n`
}

/** Never a failure: what the verdict misses of a truth is told by the gaps. */
function truthSuite({ truths }: Report, suite: TestSuite): void {
  for (const name of TRUTH_NAMES) {
    const testCase = suite.testCase().className('l2doctor.truths').name(name)
    testCase.standardOutput(truthWords(truths[name]))
    if (!truths[name].asked || truths[name].read === 'no') testCase.skipped()
  }
}

function expectationSuite({ expectations }: Report, suite: TestSuite): void {
  for (const one of expectations) {
    const testCase = suite.testCase().className('l2doctor.expectations').name(oneLine(one.id))
    if (one.status === 'held') testCase.standardOutput(expectationWords(one))
    else testCase[REJECTION[one.status]](oneLine(expectationWords(one)), one.status)
  }
}

const REJECTION = { failed: 'failure', unknown: 'error' } as const satisfies Record<
  Exclude<ReportedExpectation['status'], 'held'>,
  string
>

function areaSuite({ ran, findings, skipped }: RuleArea, fails: ReturnType<typeof failuresOf>, suite: TestSuite): void {
  for (const finding of findings) findingCase(finding, fails(finding), suite)
  for (const { rule, because } of skipped) {
    suite.testCase().className(className(rule)).name(rule).standardOutput(because).skipped()
  }
  const told = new Set([...findings, ...skipped].map(({ rule }) => rule))
  for (const rule of ran.filter((rule) => !told.has(rule))) suite.testCase().className(className(rule)).name(rule)
}

function findingCase(finding: ReportedFinding, fails: boolean, suite: TestSuite): void {
  const name = oneLine(`${finding.rule} ${subjectText(finding.subject)}`)
  const testCase = suite.testCase().className(className(finding.rule)).name(name)
  if (!fails) testCase.standardOutput(`${finding.severity}: ${plainFinding(finding)}`)
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
