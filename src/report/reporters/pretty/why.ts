import type { Report, ReportedFinding } from '../../report.js'
import { type Chapter, storyOf } from '../../story.js'
import { evidenceText } from '../../wording.js'
import { names } from './collapse.js'
import { MARGIN, row } from './rows.js'
import type { Style } from './style.js'
import { cut, wrap } from './text.js'

/** Pieces of evidence from each of the three places, and lines that one of them may take. */
const SHOWN = { Wire: 1, Cluster: 2, Hosts: 2 } as const
const LINES = 2

const PLACES = [
  ['Wire', ['frame', 'measure']],
  ['Cluster', ['object']],
  ['Hosts', ['command']],
] as const satisfies readonly (readonly [keyof typeof SHOWN, readonly Evidence['kind'][]])[]

type Evidence = ReportedFinding['evidence'][number]

/** What the verdict rests on: why it is so certain, and what decides it, place by place. Of the wire that is the symptom itself. */
export function why(report: Report, style: Style): string[] {
  const [chapter] = storyOf(report).chapters
  if (!chapter) return []
  const [symptom] = chapter.symptoms
  return [
    ...row(style, 'Because', `${chapter.certainty}: ${chapter.because}`),
    ...(symptom ? row(style, 'Wire', withoutList(symptom.first.message, report)) : []),
    ...evidence(chapter, style),
  ]
}

const MACS = /: ((?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?:(?:, | and )(?:[0-9a-f]{2}:){5}[0-9a-f]{2})+)/

/** The table of who answers has the MACs. */
function withoutList(text: string, { addresses }: Report): string {
  const shown = new Set(addresses.flatMap(({ claims }) => claims.map(({ mac }) => mac)))
  const listed = MACS.exec(text)?.[1]?.split(/, | and /) ?? []
  return listed.every((mac) => shown.has(mac)) ? text.replace(MACS, '') : text
}

function evidence({ symptoms, cause }: Chapter, style: Style): string[] {
  const findings = [...symptoms.slice(0, 1), ...(cause === null ? [] : [cause])]
  const pieces = findings.flatMap(({ first }) => first.evidence)
  return PLACES.filter(([label]) => label !== 'Wire' || symptoms.length === 0).flatMap(([label, kinds]) => {
    const here = merged(pieces.filter(({ kind }) => (kinds as readonly string[]).includes(kind)))
    const shown = here.slice(0, SHOWN[label]).map((text) => clipped(text, style))
    return shown.flatMap((text, index) => row(style, index === 0 ? label : '', text))
  })
}

/** What is the same on several hosts, or of several objects, is one piece. */
function merged(pieces: readonly Evidence[]): string[] {
  const owners = new Map<string, Set<string>>()
  for (const piece of pieces) {
    const { owner, said } = parted(piece)
    owners.set(said, (owners.get(said) ?? new Set()).add(owner))
  }
  return [...owners].map(([said, whose]) => `${names([...whose])}${said}`)
}

/** Of a command the output is enough: it names what it shows. */
function parted(piece: Evidence): { owner: string; said: string } {
  if (piece.kind === 'object') return { owner: piece.object, said: ` ${piece.path} = ${piece.value}` }
  const { text, output } = evidenceText(piece)
  return piece.kind === 'command' ? { owner: piece.host, said: `: ${output.join('; ')}` } : { owner: '', said: text }
}

function clipped(text: string, style: Style): string {
  const lines = wrap(text, style.width - MARGIN)
  if (lines.length <= LINES) return text
  const last = lines[LINES - 1] ?? ''
  const room = style.width - MARGIN - style.signs.ellipsis.length
  return [...lines.slice(0, LINES - 1), `${cut(last, room, '')}${style.signs.ellipsis}`].join(' ')
}
