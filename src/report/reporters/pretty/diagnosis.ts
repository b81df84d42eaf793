import { actionOrder, type Diagnosed, type DiagnosedCause, diagnosed, settledBy } from '../../diagnosed.js'
import type { Report, ReportedFinding } from '../../report.js'
import { evidenceText, headline, nextStep } from '../../wording.js'
import { names } from './collapse.js'
import { finding as findingLines } from './findings.js'
import { coloured, command, hang, heading, mark, type Style } from './style.js'

const LABEL = 11
/** Pieces of evidence shown from each of the three places. */
const SHOWN_EVIDENCE = 2
const SHOWN_CAUSES = 4

/** What is wrong, who is guilty, and why we say so: wire, cluster and hosts side by side. */
export function diagnosis(report: Report, style: Style): string[] {
  const joined = diagnosed(report)
  if (joined === null) return []
  const { symptoms, unattached } = joined
  const healthy = symptoms.length + unattached.length === 0
  const blocks = [
    ...symptoms.map((symptom, at) => symptomBlock(symptom, symptoms.slice(0, at), style)),
    healthy ? hang(style, `  ${mark(style, 'ok')}`, 3 + style.signs.marks.ok.length, nothingWrong(report)) : [],
    besides(joined, style),
    notes(report, style),
    next(report, style),
  ]
  return [heading(style, 'Diagnosis'), ...blocks.filter(({ length }) => length > 0).flatMap((block) => ['', ...block])]
}

function nothingWrong({ gaps }: Report): string {
  return gaps.length === 0
    ? 'No symptom, and nothing that would cause one.'
    : 'No symptom, and nothing that would cause one, as far as we could look.'
}

/** The whole plan: each root and every other fault in the order in which to act. */
export function plan(report: Report, style: Style): string[] {
  const joined = diagnosed(report)
  const steps = joined === null ? [] : actionOrder(joined)
  if (joined === null || steps.length === 0) return []
  return [
    heading(style, 'What to do'),
    ...steps.flatMap((one) => ['', ...findingLines(one, style), ...settled(one, joined, style)]),
  ]
}

function settled(root: ReportedFinding, joined: Diagnosed, style: Style): string[] {
  const subjects = new Map<string, string[]>()
  for (const { rule, subject } of settledBy(root, joined))
    subjects.set(rule, [...(subjects.get(rule) ?? []), subject.id])
  const told = [...subjects].map(([rule, ids]) => `${rule} (${names(ids)})`)
  return told.length > 0 ? row(style, 'Settles', told.join('; ')) : []
}

type Symptom = Diagnosed['symptoms'][number]

function symptomBlock(symptom: Symptom, before: readonly Symptom[], style: Style): string[] {
  const { finding, causes } = symptom
  const lead = style.signs.marks.ok.length + 1
  const [first, ...others] = causes
  const told = before.some((other) => first !== undefined && other.causes[0]?.finding === first.finding)
  return [
    ...hang(style, mark(style, finding.severity), lead, headline(finding), (line) =>
      coloured(style, finding.severity, line),
    ),
    ...hang(style, '', 4, finding.message),
    ...(first ? causeRows(first, told ? [] : others, style) : row(style, 'Cause', unexplained())),
    ...(told ? [] : evidenceRows(finding, causes, style)),
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
    const texts = pieces.filter(({ kind }) => (kinds as readonly string[]).includes(kind)).map(oneLine)
    const here = [...new Set(texts)].slice(0, SHOWN_EVIDENCE)
    if (here.length === 0) return row(style, label, style.signs.dash)
    return here.flatMap((text, index) => row(style, index === 0 ? label : '', text))
  })
}

/** Of a command the output tells enough: it names what it shows. */
function oneLine(piece: ReportedFinding['evidence'][number]): string {
  const { text, command: run, output } = evidenceText(piece)
  return run === null ? text : `${text} ${output.join('; ')}`
}

/** What follows from a root is told with it. */
function besides(joined: Diagnosed, style: Style): string[] {
  const roots = actionOrder(joined)
  const unattached = joined.unattached.filter((one) => roots.includes(one))
  if (unattached.length === 0) return []
  const lead = style.signs.marks.ok.length + 3
  return [
    'Wrong besides, without a symptom seen:',
    ...unattached.flatMap((one) => hang(style, `  ${mark(style, one.severity)}`, lead, one.message)),
  ]
}

/** The one step to take now; the whole plan comes later. */
function next(report: Report, style: Style): string[] {
  const step = nextStep(report)
  if (step === null) return []
  return [...hang(style, '', 4, `Do this next: ${step.text}`), ...(step.run ? command(style, 4, step.run) : [])]
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
