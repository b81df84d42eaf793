import { type Entry, entriesOf } from './alike.js'
import { type Asked, askedBeside } from './asked.js'
import { actionOrder, type Diagnosed, diagnosed, settledBy } from './diagnosed.js'
import type { Report, ReportedFinding } from './report.js'
import { bySeverity } from './wording.js'

/** Symptoms and the one cause that they have in common, each once however many addresses it is about. */
export interface Chapter {
  /** Gravest first; empty where the fault was found without one. */
  readonly symptoms: readonly Entry[]
  /** Null: nothing that was looked at explains the symptoms. */
  readonly cause: Entry | null
  readonly certainty: ReportedFinding['certainty']
  readonly because: string
}

/** A report in the order in which a person needs it. */
export interface Story {
  /** Of the addresses asked for, where the first chapter is about another one. */
  readonly asked: readonly Asked[]
  /** What to act on first comes first. */
  readonly chapters: readonly Chapter[]
  /** Further causes of the same symptoms, and faults without a symptom. */
  readonly others: readonly Entry[]
  /** Calls for nothing. */
  readonly notes: readonly Entry[]
}

export function storyOf(report: Report): Story {
  const joined = diagnosed(report)
  const notes = entriesOf(
    report.findings.filter(({ severity }) => severity === 'info'),
    report,
  )
  const told = joined === null ? plain(report) : joinedStory(joined, report)
  const isTold = (note: Entry) => told.chapters.some(({ cause }) => cause?.all.includes(note.first))
  const others = told.others.filter(({ first }) => first.severity !== 'info')
  const [first] = told.chapters
  const about = first ? [...first.symptoms, ...(first.cause ? [first.cause] : [])].flatMap(({ all }) => all) : []
  const asked = askedBeside(report, about)
  return { asked, chapters: told.chapters, others, notes: notes.filter((note) => !isTold(note)) }
}

/** The finding whose fix is the next step of a chapter. */
export function rootOf({ cause, symptoms }: Chapter): Entry | null {
  return cause ?? symptoms[0] ?? null
}

type Told = Omit<Story, 'notes' | 'asked'>

function plain(report: Report): Told {
  const faults = bySeverity(report.findings).filter(({ severity }) => severity !== 'info')
  const [first, ...others] = entriesOf(faults, report)
  return { chapters: first ? [alone(first)] : [], others }
}

function alone(cause: Entry): Chapter {
  return { symptoms: [], cause, certainty: cause.first.certainty, because: cause.first.because }
}

function joinedStory(joined: Diagnosed, report: Report): Told {
  const order = entriesOf(actionOrder(joined), report)
  const chapters = symptomChapters(joined, order)
  const isTold = (entry: Entry) => chapters.some((chapter) => rootOf(chapter)?.first === entry.first)
  const main = order[0]
  const all = main && !isTold(main) ? [...chapters, alone(main)] : chapters
  const rank = (chapter: Chapter) => order.findIndex(({ first }) => first === rootOf(chapter)?.first)
  const sorted = [...all].sort((a, b) => Number(a.cause === null) - Number(b.cause === null) || rank(a) - rank(b))
  const roots = new Set(sorted.flatMap((chapter) => (chapter.cause ?? { all: [] }).all))
  const unexplained = new Set(sorted.flatMap(({ symptoms }) => symptoms.flatMap(({ all }) => all)))
  return { chapters: sorted, others: order.filter(({ first }) => !roots.has(first) && !unexplained.has(first)) }
}

/** One chapter a cause, and one for all symptoms without one. */
function symptomChapters(joined: Diagnosed, order: readonly Entry[]): Chapter[] {
  const roots = rootEntries(joined, order)
  const groups = new Map<Entry | null, Diagnosed['symptoms'][number][]>()
  for (const symptom of joined.symptoms) {
    const [first] = symptom.causes.flatMap(({ finding }) => roots.get(finding) ?? [])
    const cause = first ?? null
    groups.set(cause, [...(groups.get(cause) ?? []), symptom])
  }
  return [...groups].map(([cause, ofIt]) => {
    const [joined] = ofIt[0]?.causes.filter(({ finding }) => cause?.all.includes(finding)) ?? []
    const symptoms = byRule(ofIt.map(({ finding }) => finding))
    const { certainty, because } = joined ?? (cause ?? (symptoms[0] as Entry)).first
    return { symptoms, cause, certainty, because }
  })
}

/** The root that each finding is, or follows from. */
function rootEntries(joined: Diagnosed, order: readonly Entry[]): Map<ReportedFinding, Entry> {
  const roots = new Map<ReportedFinding, Entry>()
  for (const entry of [...order].reverse()) {
    for (const root of entry.all) for (const one of settledBy(root, joined)) roots.set(one, entry)
  }
  for (const entry of order) for (const root of entry.all) roots.set(root, entry)
  return roots
}

/** With one cause in common, the figures of a symptom may differ from address to address. */
function byRule(symptoms: readonly ReportedFinding[]): Entry[] {
  const rules = [...new Set(symptoms.map(({ rule }) => rule))]
  return rules.map((rule) => {
    const all = symptoms.filter((one) => one.rule === rule)
    return { first: all[0] as ReportedFinding, all }
  })
}
