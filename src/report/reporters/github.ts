import type { Severity } from '../../rules/define.js'
import { atHand } from '../at-hand.js'
import { oneLine, printableReport } from '../printable.js'
import type { Report } from '../report.js'
import {
  bySeverity,
  certaintyLine,
  expectationWords,
  explainCommand,
  headline,
  plural,
  trialWords,
  truthsLine,
  verdictLine,
} from '../wording.js'
import type { Reporter } from './reporter.js'

type Level = 'error' | 'warning' | 'notice'

const LEVEL: Record<Severity, Level> = { error: 'error', warning: 'warning', info: 'notice' }
/** GitHub shows so many annotations of a level per step and drops the rest without a word. */
const SHOWN_PER_LEVEL = 10

interface Annotation {
  readonly level: Level
  readonly title: string
  readonly message: string
}

/** Workflow commands for GitHub Actions: one annotation an expectation that does not hold, a finding and a gap, then the verdict. */
export const github: Reporter = (report) => {
  const shown = printableReport(atHand(report))
  const all = annotations(shown)
  const lines = (['error', 'warning', 'notice'] as const).flatMap((level) =>
    levelLines(all.filter((annotation) => annotation.level === level)),
  )
  const truths = oneLine(`l2doctor looked at: ${truthsLine(shown)}`)
  return `${[...lines, truths, oneLine(`l2doctor: ${verdictLine(shown)}`)].join('\n')}\n`
}

const UNMET = { failed: 'Expectation failed', unknown: 'Expectation not judged' }

function annotations(report: Report): Annotation[] {
  const expectations = report.expectations.flatMap((one) =>
    one.status === 'held'
      ? []
      : [{ level: 'error' as const, title: `${UNMET[one.status]}: ${one.id}`, message: expectationWords(one) }],
  )
  const findings = bySeverity(report.findings).map((finding) => ({
    level: LEVEL[finding.severity],
    title: headline(finding),
    message: [
      finding.message,
      certaintyLine(finding),
      ...finding.fixes.map((fix) => `Fix: ${fix.summary}${trialSuffix(fix)}`),
      `Read more: ${explainCommand(finding.rule)}`,
    ].join('\n'),
  }))
  const gaps = report.gaps.map(({ subject, reason, hint }) => ({
    level: report.verdict === 'inconclusive' ? ('error' as const) : ('warning' as const),
    title: `Not checked: ${subject}`,
    message: hint === '' ? reason : `${reason}\nTo close the gap: ${hint}`,
  }))
  return [...expectations, ...findings, ...gaps]
}

function trialSuffix(fix: Report['findings'][number]['fixes'][number]): string {
  const words = trialWords(fix)
  return words === null ? '' : ` (${words})`
}

function levelLines(annotations: readonly Annotation[]): string[] {
  const lines = annotations
    .slice(0, SHOWN_PER_LEVEL)
    .map(({ level, title, message }) => `::${level} title=${property(oneLine(title))}::${data(message)}`)
  const left = annotations.length - lines.length
  return left > 0
    ? [...lines, oneLine(`and ${plural(left, `more ${annotations[0]?.level}`)} not shown as annotation`)]
    : lines
}

/** Escapes as the runner's own toolkit does: data, and with colon and comma a property. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
