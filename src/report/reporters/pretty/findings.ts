import type { Report, ReportedFinding } from '../../report.js'
import {
  bySeverity,
  evidenceText,
  explainCommand,
  fixPlace,
  isCommand,
  plural,
  severityWords,
  stepWords,
} from '../../wording.js'
import { names } from './collapse.js'
import { coloured, command, hang, heading, mark, type Style } from './style.js'
import { cut } from './text.js'

const INDENT = 4
const LABEL = 11
const MARGIN = ' '.repeat(INDENT + LABEL)
/** Findings of one rule that are told in full; the others are named. */
const FULL_PER_RULE = 3
const SHOWN_OUTPUT = 6

/** Each finding with its reasons and its cure, gravest first. */
export function findings(report: Report, style: Style): string[] {
  if (report.findings.length === 0) return []
  const blocks = byRule(bySeverity(report.findings)).map((group) => ruleBlock(group, style))
  return [heading(style, `Findings: ${severityWords(report.findings)}`), ...blocks.flatMap((block) => ['', ...block])]
}

function byRule(sorted: readonly ReportedFinding[]): ReportedFinding[][] {
  const groups = new Map<string, ReportedFinding[]>()
  for (const finding of sorted) {
    const key = `${finding.severity} ${finding.rule}`
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()]
}

function ruleBlock(group: readonly ReportedFinding[], style: Style): string[] {
  const full = style.verbose ? group : group.slice(0, FULL_PER_RULE)
  const told = full.flatMap((one, index) => (index === 0 ? finding(one, style) : ['', ...finding(one, style)]))
  const rest = group.slice(full.length)
  if (rest.length === 0) return told
  return [
    ...told,
    '',
    ...hang(
      style,
      '',
      INDENT,
      `and ${rest.length} more of ${rest[0]?.rule} (-v tells all): ${names(rest.map(({ subject }) => subject.id))}`,
    ),
  ]
}

/** One finding, whole. */
export function finding(one: ReportedFinding, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 1
  const dot = ` ${style.signs.dot} `
  const identity = [one.severity, ...(one.certainty === 'certain' ? [] : [one.certainty]), one.subject.id, one.rule]
  return [
    ...hang(style, mark(style, one.severity), lead, one.title, (line) => coloured(style, one.severity, line)),
    ...hang(style, '', INDENT, identity.join(dot), style.paint.dim),
    ...hang(style, '', INDENT, one.message),
    ...why(one, style),
    ...one.fixes.flatMap((fix, index) => [...(index === 0 ? [] : ['']), ...fixLines(fix, style)]),
    ...row(style, 'Read more', explainCommand(one.rule)),
    ...(style.verbose ? row(style, '', one.docs) : []),
  ]
}

function why({ evidence }: ReportedFinding, style: Style): string[] {
  return evidence.flatMap((piece, index) => {
    const { text, command: run, output } = evidenceText(piece)
    const shown = style.verbose ? output : output.slice(0, SHOWN_OUTPUT)
    const left = output.length - shown.length
    return [
      ...row(style, index === 0 ? 'Why' : '', text),
      ...(run === null ? [] : command(style, MARGIN.length + 2, run)),
      ...shown.map((line) => `${MARGIN}  ${outputLine(line, style)}`),
      ...(left > 0 ? row(style, '', `  (${plural(left, 'more line')} with -v)`) : []),
    ]
  })
}

function outputLine(line: string, style: Style): string {
  const room = style.width - MARGIN.length - 2
  return cut(line.replaceAll('\t', ' '), room, style.signs.ellipsis)
}

function fixLines(fix: ReportedFinding['fixes'][number], style: Style): string[] {
  return [
    ...row(style, 'Fix', `${fix.summary} (${fixPlace(fix)})`),
    ...fix.steps.flatMap((step, index) => [
      ...hang(style, `${MARGIN}${index + 1}.`, MARGIN.length + 3, stepWords(step)),
      ...(step.run === undefined ? [] : command(style, MARGIN.length + 5, step.run)),
    ]),
    ...(fix.sideEffects ?? []).flatMap((effect) => row(style, 'Beware', effect)),
    ...commandOrText(style, 'Verify', fix.verify),
    ...commandOrText(style, 'Undo', fix.undo),
  ]
}

function commandOrText(style: Style, label: string, text: string): string[] {
  if (!isCommand(text)) return row(style, label, text)
  const [first = '', ...more] = command(style, 0, text)
  return [
    `${' '.repeat(INDENT)}${style.paint.dim(label)}${MARGIN.slice(INDENT + label.length)}${first}`,
    ...more.map((line) => MARGIN + line),
  ]
}

function row(style: Style, label: string, text: string): string[] {
  return hang(style, `${' '.repeat(INDENT)}${style.paint.dim(label)}`, MARGIN.length, text)
}
