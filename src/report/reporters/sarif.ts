import type { Severity } from '../../rules/define.js'
import { formerIdsOf } from '../../rules/former.js'
import { subjectText } from '../../rules/subject.js'
import { atHand } from '../at-hand.js'
import { printableJson, printableReport } from '../printable.js'
import type { Report, ReportedExpectation, ReportedFinding } from '../report.js'
import { expectationWords, explainCommand } from '../wording.js'
import { plainFinding } from './plain-finding.js'
import type { Reporter } from './reporter.js'

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>

/** SARIF 2.1.0 (OASIS), as code scanning reads it. All URIs are relative: a report must not name a machine's paths. */
export const sarif: Reporter = (report) => {
  const shown = printableReport(atHand(report))
  return `${printableJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run(shown)],
  })}\n`
}

function run(report: Report) {
  const { suppressed, findings } = report
  const rules = [...new Map([...findings, ...suppressed].map((finding) => [finding.rule, finding])).values()]
  const indexOf = new Map(rules.map(({ rule }, index) => [rule, index]))
  const unmet = report.expectations.filter(({ status }) => status === 'failed')
  return {
    tool: {
      driver: {
        name: report.tool.name,
        semanticVersion: report.tool.version,
        rules: [...rules.map(ruleOf), ...(unmet.length > 0 ? [EXPECTATION] : [])],
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [invocation(report)],
    results: [
      ...findings.map((finding) => result(finding, report, indexOf)),
      ...suppressed.map((finding) => ({
        ...result(finding, report, indexOf),
        suppressions: [{ kind: 'external', justification: `accepted by ${finding.suppressedBy}` }],
      })),
      ...unmet.map((expectation) => expectationResult(expectation, rules.length)),
    ],
  }
}

function ruleOf({ rule, title, severity, docs }: ReportedFinding) {
  const deprecatedIds = formerIdsOf(rule)
  const help = `${title}. What it means, how to confirm it and when it is a false alarm: ${explainCommand(rule)}, or ${docs}`
  return {
    id: rule,
    ...(deprecatedIds.length > 0 ? { deprecatedIds } : {}),
    name: rule.replaceAll('/', '-'),
    shortDescription: { text: title },
    help: { text: help },
    defaultConfiguration: { level: LEVEL[severity] },
  }
}

/** Failed expectations are results of one rule; those that could not be judged are told by the gaps. */
const EXPECTATION = {
  id: 'check/expectation',
  name: 'check-expectation',
  shortDescription: { text: 'An expectation of the check file does not hold' },
  help: { text: 'What a check file can expect: docs/guides/ci.md' },
  defaultConfiguration: { level: 'error' },
}

function expectationResult(expectation: ReportedExpectation, ruleIndex: number) {
  const { id } = expectation
  return {
    ruleId: EXPECTATION.id,
    ruleIndex,
    level: EXPECTATION.defaultConfiguration.level,
    message: { text: expectationWords(expectation) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'docs/guides/ci.md' } },
        logicalLocations: [{ name: id, fullyQualifiedName: `expectation/${id}`, kind: 'expectation' }],
      },
    ],
    partialFingerprints: { 'l2doctor/v1': `${EXPECTATION.id} ${id}` },
    properties: { certainty: 'certain' },
  }
}

function invocation({ run, gaps, verdict, headline, truths }: Report) {
  return {
    executionSuccessful: verdict !== 'inconclusive',
    properties: { verdict, headline, truths },
    startTimeUtc: run.startedAt,
    endTimeUtc: run.endedAt,
    toolExecutionNotifications: gaps.map(({ subject, reason, hint }) => ({
      level: verdict === 'inconclusive' ? 'error' : 'warning',
      message: { text: [`${subject}: ${reason}`, hint].filter((part) => part !== '').join('\n') },
    })),
  }
}

function result(finding: ReportedFinding, report: Report, indexOf: ReadonlyMap<string, number>) {
  const { kind } = finding.subject
  const name = subjectText(finding.subject)
  return {
    ruleId: finding.rule,
    ruleIndex: indexOf.get(finding.rule),
    level: LEVEL[finding.severity],
    message: { text: plainFinding(finding) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: artifact(finding, report) } },
        logicalLocations: [{ name, fullyQualifiedName: `${kind}/${name}`, kind }],
      },
    ],
    partialFingerprints: { 'l2doctor/v1': finding.fingerprint },
    properties: { certainty: finding.certainty, because: finding.because },
  }
}

/** The capture where one was read, by its last name; otherwise the page that explains the rule. */
function artifact({ docs }: ReportedFinding, { run: { source } }: Report): string {
  const name = source?.kind === 'file' ? source.name.split(/[\\/]/).at(-1) : undefined
  return name ? encodeURIComponent(name) : docs
}
