import { subjectText } from '../../../rules/subject.js'
import type { Entry } from '../../alike.js'
import type { Report } from '../../report.js'
import { storyOf } from '../../story.js'
import { plural } from '../../wording.js'
import { names } from './collapse.js'
import { untold } from './opening.js'
import { MARGIN, row } from './rows.js'
import type { Style } from './style.js'
import { displayWidth } from './text.js'

/** Entries of one rule that get a line each. */
const FULL_PER_RULE = 3
const SHOWN_NOTES = 3

/** One line for each fault that the opening leaves out, and for what is worth knowing. */
export function others(report: Report, style: Style): string[] {
  const story = storyOf(report)
  const faults = capped(untold(story))
  const notes = story.notes.slice(0, SHOWN_NOTES)
  const left = story.notes.length - notes.length
  return [
    ...labelled('Also', style, [
      ...faults.shown.map((entry) => faultWords(entry, style)),
      ...[...faults.left].map(([rule, count]) => `and ${count} more of ${rule} (-v lists all)`),
    ]),
    ...labelled('Note', style, [
      ...notes.map(({ first }) => first.message),
      ...(left > 0 ? [`and ${plural(left, 'more note')} (-v lists all)`] : []),
    ]),
  ]
}

function labelled(label: string, style: Style, texts: readonly string[]): string[] {
  return texts.flatMap((text, at) => row(style, at === 0 ? label : '', text))
}

/** With the rule's id where the line has room for it. */
function faultWords({ first, all }: Entry, style: Style): string {
  const sign = style.signs.marks[first.severity]
  const text = `${sign} ${first.certainty}: ${first.title} (${names(all.map(({ subject }) => subjectText(subject)))})`
  const withRule = `${text} ${style.signs.dot} ${first.rule}`
  return displayWidth(withRule) <= style.width - MARGIN ? withRule : text
}

function capped(entries: readonly Entry[]): { shown: readonly Entry[]; left: ReadonlyMap<string, number> } {
  const [left, seen] = [new Map<string, number>(), new Map<string, number>()]
  const shown = entries.filter(({ first: { rule }, all }) => {
    const before = seen.get(rule) ?? 0
    seen.set(rule, before + 1)
    if (before >= FULL_PER_RULE) left.set(rule, (left.get(rule) ?? 0) + all.length)
    return before < FULL_PER_RULE
  })
  return { shown, left }
}
