import { actionOrder, type Diagnosed, type DiagnosedCause, diagnosed } from '../../diagnosed.js'
import type { Report, ReportedFinding } from '../../report.js'
import { evidenceText, headline } from '../../wording.js'
import { finding as findingLines } from './findings.js'
import { coloured, hang, heading, mark, type Style } from './style.js'

const LABEL = 11
/** Pieces of evidence shown from each of the three places. */
const SHOWN_EVIDENCE = 3
const SHOWN_CAUSES = 4

/** What is wrong, who is guilty, and why we say so: wire, cluster and hosts side by side. */
export function diagnosis(report: Report, style: Style): string[] {
  const joined = diagnosed(report)
  if (joined === null) return []
  const { symptoms, unattached } = joined
  const healthy = symptoms.length + unattached.length === 0
  const blocks = [
    ...symptoms.map((symptom) => symptomBlock(symptom, style)),
    healthy ? hang(style, `  ${mark(style, 'ok')}`, 3 + style.signs.marks.ok.length, nothingWrong(report)) : [],
    besides(joined, style),
    notes(report, style),
  ]
  return [heading(style, 'Diagnosis'), ...blocks.filter(({ length }) => length > 0).flatMap((block) => ['', ...block])]
}

function nothingWrong({ gaps }: Report): string {
  return gaps.length === 0
    ? 'No symptom, and nothing that would cause one.'
    : 'No symptom, and nothing that would cause one, as far as we could look.'
}

/** The whole plan: every cause and every other fault in the order in which to act. */
export function plan(report: Report, style: Style): string[] {
  const joined = diagnosed(report)
  const steps = joined === null ? [] : actionOrder(joined)
  if (steps.length === 0) return []
  return [heading(style, 'What to do'), ...steps.flatMap((one) => ['', ...findingLines(one, style)])]
}

function symptomBlock({ finding, causes }: Diagnosed['symptoms'][number], style: Style): string[] {
  const lead = style.signs.marks.ok.length + 1
  const [first, ...others] = causes
  return [
    ...hang(style, mark(style, finding.severity), lead, headline(finding), (line) =>
      coloured(style, finding.severity, line),
    ),
    ...hang(style, '', 4, finding.message),
    ...(first ? causeRows(first, others, style) : row(style, 'Cause', unexplained())),
    ...evidenceRows(finding, causes, style),
  ]
}

function unexplained(): string {
  return 'nothing we could look at explains it; close the gaps below and look again'
}

function causeRows(first: DiagnosedCause, others: readonly DiagnosedCause[], style: Style): string[] {
  const shown = style.verbose ? others : others.slice(0, SHOWN_CAUSES - 1)
  const left = others.length - shown.length
  return [
    ...row(style, 'Cause', `${first.certainty}: ${first.finding.message}`),
    ...shown.flatMap((cause, index) =>
      row(style, index === 0 ? 'With it' : '', `${cause.certainty}: ${cause.finding.message}`),
    ),
    ...(left > 0 ? row(style, '', `and ${left} more (-v tells all)`) : []),
  ]
}

const PLACES = [
  ['Wire', ['frame', 'measure']],
  ['Cluster', ['object']],
  ['Hosts', ['command']],
] as const

/** The same claim seen from three places; a place without evidence says so. */
function evidenceRows(symptom: ReportedFinding, causes: readonly DiagnosedCause[], style: Style): string[] {
  const pieces = [symptom, ...causes.map(({ finding }) => finding)].flatMap(({ evidence }) => evidence)
  return PLACES.flatMap(([label, kinds]) => {
    const here = pieces.filter(({ kind }) => (kinds as readonly string[]).includes(kind)).slice(0, SHOWN_EVIDENCE)
    if (here.length === 0) return row(style, label, style.signs.dash)
    return here.flatMap((piece, index) => row(style, index === 0 ? label : '', oneLine(piece)))
  })
}

function oneLine(piece: ReportedFinding['evidence'][number]): string {
  const { text, command, output } = evidenceText(piece)
  return command === null ? text : `${text} ${command}: ${output.join('; ')}`
}

function besides({ unattached }: Diagnosed, style: Style): string[] {
  if (unattached.length === 0) return []
  const lead = style.signs.marks.ok.length + 3
  return [
    'Wrong besides, without a symptom seen:',
    ...unattached.flatMap((one) => hang(style, `  ${mark(style, one.severity)}`, lead, one.message)),
  ]
}

/** What is worth knowing and calls for nothing. */
function notes({ findings }: Report, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 3
  const told = findings.filter(({ severity }) => severity === 'info')
  return told.flatMap((one) => hang(style, `  ${mark(style, 'info')}`, lead, one.message))
}

function row(style: Style, label: string, text: string): string[] {
  return hang(style, `    ${style.paint.dim(label)}`, 4 + LABEL, text)
}
