import { subjectText } from '../../../rules/subject.js'
import { actionOrder, diagnosed } from '../../diagnosed.js'
import type { Report, ReportedFinding } from '../../report.js'
import { bySeverity, certaintyWords, evidenceText, explainCommand, headline, severityWords } from '../../wording.js'
import { fixLines } from './cure.js'
import { MARGIN, row } from './rows.js'
import { coloured, command, hang, heading, mark, type Style } from './style.js'
import { cut } from './text.js'

const INDENT = 2

/** Under -v: each finding with all its reasons, checks and fixes; of a diagnosis the symptoms and what to act on come first. */
export function findings(report: Report, style: Style): string[] {
  if (report.findings.length === 0) return []
  const blocks = inOrder(report).map((one) => finding(one, report, style))
  return [heading(style, `Findings: ${severityWords(report.findings)}`), ...blocks.flatMap((block) => ['', ...block])]
}

function inOrder(report: Report): ReportedFinding[] {
  const joined = diagnosed(report)
  const first = joined === null ? [] : [...joined.symptoms.map(({ finding }) => finding), ...actionOrder(joined)]
  return [...new Set([...first, ...bySeverity(report.findings)])]
}

function finding(one: ReportedFinding, report: Report, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 1
  const identity = [one.severity, subjectText(one.subject), one.rule].join(` ${style.signs.dot} `)
  return [
    ...hang(style, mark(style, one.severity), lead, one.title, (line) => coloured(style, one.severity, line)),
    ...hang(style, '', INDENT, identity, style.paint.dim),
    ...row(style, 'Seen', one.message),
    ...row(style, 'Because', certaintyWords(one)),
    ...causes(one, report, style),
    ...why(one, style),
    ...checks(one, style),
    ...one.fixes.flatMap((fix) => fixLines(fix, style)),
    ...row(style, 'More', explainCommand(one.rule)),
    ...row(style, '', one.docs),
  ]
}

/** Of a symptom, what explains it, each by its title: the finding itself is further down. */
function causes(one: ReportedFinding, report: Report, style: Style): string[] {
  const symptom = diagnosed(report)?.symptoms.find(({ finding }) => finding === one)
  const all = symptom?.causes ?? []
  return all.flatMap(({ finding, certainty }, at) =>
    row(style, at === 0 ? 'Causes' : '', `${certainty}: ${headline(finding)}`),
  )
}

function why({ evidence }: ReportedFinding, style: Style): string[] {
  return evidence.flatMap((piece, index) => {
    const { text, command: run, output } = evidenceText(piece)
    return [
      ...row(style, index === 0 ? 'Why' : '', text),
      ...(run === null ? [] : command(style, MARGIN + 2, run)),
      ...output.map((line) => `${' '.repeat(MARGIN)}  ${outputLine(line, style)}`),
    ]
  })
}

/** How each host comes to its answer, check by check. */
function checks({ checks = [] }: ReportedFinding, style: Style): string[] {
  const places = checks.map(({ host, interface: name }) => `${host}, asked on ${name}`)
  return checks.flatMap(({ text, outcome }, at) => {
    const place = places[at] === places[at - 1] ? [] : row(style, at === 0 ? 'Checks' : '', `${places[at]}:`)
    return [...place, ...row(style, '', `  ${SIGNS[outcome]} ${text}`)]
  })
}

const SIGNS = { passes: 'goes on:', stops: 'stops:', answers: 'answers:', doubt: 'not known:' } as const

function outputLine(line: string, style: Style): string {
  return cut(line.replaceAll('\t', ' '), style.width - MARGIN - 2, style.signs.ellipsis)
}
