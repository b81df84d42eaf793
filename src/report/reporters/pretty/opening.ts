import { subjectText } from '../../../rules/subject.js'
import type { Entry } from '../../alike.js'
import type { Asked } from '../../asked.js'
import type { Report } from '../../report.js'
import { type Chapter, rootOf, type Story, storyOf } from '../../story.js'
import { outcomeOf } from '../../verdict.js'
import { fixPlace, nextStep, outcomeWords, verdictLine } from '../../wording.js'
import { names } from './collapse.js'
import { EXPECTATION_MARK } from './expectations.js'
import { row } from './rows.js'
import { coloured, command, hang, type Mark, mark, type Style } from './style.js'

/** Causes that are told before all else; the others are named under what else was found. */
const SHOWN = 3

/** The verdict, the cause and the next step: what a person needs who reads no further. */
export function opening(report: Report, style: Style): string[] {
  const { asked, chapters } = storyOf(report)
  const lines = chapters.length === 0 || outcomeOf(report) !== null ? verdictLines(report, style) : []
  if (chapters.length === 0) return [...lines, ...nextLines(report, style)]
  return [
    ...lines,
    ...interruption(report, style),
    ...asked.flatMap((one, at) => askedLines(one, at === asked.length - 1, style)),
    ...chapters.slice(0, SHOWN).flatMap((chapter, at) => chapterLines(chapter, at === 0, report, style)),
    ...(chapters.length > SHOWN
      ? row(
          style,
          '',
          `and ${chapters.length - SHOWN} more with another cause${style.verbose ? '' : ' (-v lists all)'}`,
        )
      : []),
  ]
}

/** What is left to tell when the opening has said its part. */
export function untold(story: Story): readonly Entry[] {
  const more = story.chapters.slice(SHOWN).flatMap((chapter) => rootOf(chapter) ?? [])
  return [...more, ...story.others]
}

/** Which expectations failed is listed right below. */
function verdictLines(report: Report, style: Style): string[] {
  const kind = verdictMark(report)
  const outcome = outcomeOf(report)
  const interrupted = report.run.interrupted ? ' (interrupted before the end)' : ''
  const text = outcome === null ? verdictLine(report) : `${outcomeWords(report, outcome)}${interrupted}`
  const lead = style.signs.marks.ok.length + 1
  return hang(style, mark(style, kind), lead, text, (line) => coloured(style, kind, line))
}

function verdictMark(report: Report): Mark {
  const outcome = outcomeOf(report)
  if (outcome !== null) return EXPECTATION_MARK[outcome]
  return report.verdict === 'healthy' ? 'ok' : 'warning'
}

/** The verdict line says it where there is one. */
function interruption(report: Report, style: Style): string[] {
  if (!report.run.interrupted || outcomeOf(report) !== null) return []
  const lead = style.signs.marks.ok.length + 1
  return hang(style, mark(style, 'warning'), lead, 'Interrupted before the end: this covers what was seen until then.')
}

const ASKED_MARK = { healthy: 'ok', inconclusive: 'warning', findings: 'error' } as const

/** What was asked about comes before what was found elsewhere. */
function askedLines({ verdict, words }: Asked, last: boolean, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 1
  const text = last ? `${words}; the first fault below is of another address` : words
  return hang(style, mark(style, ASKED_MARK[verdict]), lead, text)
}

function chapterLines(chapter: Chapter, main: boolean, report: Report, style: Style): string[] {
  const { symptoms, cause } = chapter
  const titles = symptoms.length > 0 ? symptoms : cause === null ? [] : [cause]
  return [
    ...titles.flatMap((one) => title(one, symptoms.length > 0 && cause !== null, style)),
    ...causeLines(chapter, style),
    ...(main ? nextLines(report, style) : laterFix(chapter, style)),
  ]
}

/** `× Title (10.0.0.1, 10.0.0.2)`, `× likely: Title (10.0.0.1)`; of a symptom that is explained, how sure that is follows. */
function title({ first, all }: Entry, isExplained: boolean, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 1
  const sure = isExplained || first.certainty === 'certain' ? '' : `${first.certainty}: `
  const text = `${sure}${first.title} (${names(all.map(({ subject }) => subjectText(subject)))})`
  return hang(style, mark(style, first.severity), lead, text, (line) => coloured(style, first.severity, line))
}

function causeLines({ symptoms, cause, certainty }: Chapter, style: Style): string[] {
  if (cause === null) return row(style, 'Cause', 'not found: nothing that was looked at explains it')
  if (symptoms.length === 0) return row(style, 'Seen', cause.first.message)
  return row(style, 'Cause', `${certainty}: ${cause.first.message}${alsoOf(cause)}`)
}

/** Where the cause is found on several subjects, whose names are not those of the symptoms. */
function alsoOf({ all }: Entry): string {
  const others = all.slice(1).map(({ subject }) => subjectText(subject))
  return others.length > 0 ? `; also ${names(others)}` : ''
}

/** The steps and what came of trying them follow further down; both stand here only when nothing else is printed. */
function nextLines(report: Report, style: Style): string[] {
  const next = nextStep(report)
  if (next === null) return []
  const [chapter] = storyOf(report).chapters
  const fix = chapter && rootOf(chapter)?.first.fixes[0]
  if (fix === undefined) return [...row(style, 'Next', next.text), ...(next.run ? command(style, 11, next.run) : [])]
  return [
    ...row(style, 'Next', `${style.quiet ? next.text : fix.summary} (${fixPlace(fix)})`),
    ...(style.quiet && next.run ? command(style, 11, next.run) : []),
  ]
}

function laterFix(chapter: Chapter, style: Style): string[] {
  const fix = rootOf(chapter)?.first.fixes[0]
  const where = style.verbose ? '' : '; -v has the steps'
  return fix ? row(style, 'Fix', `${fix.summary} (${fixPlace(fix)}${where})`) : []
}
