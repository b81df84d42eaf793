import { subjectText } from '../../../rules/subject.js'
import { diagnosed, settledBy } from '../../diagnosed.js'
import type { Report, ReportedFinding } from '../../report.js'
import { rootOf, storyOf } from '../../story.js'
import { explainCommand, fixPlace, plural, stepWords, trialWords } from '../../wording.js'
import { commandOrText, MARGIN, row } from './rows.js'
import { command, hang, heading, type Style } from './style.js'

type Fix = ReportedFinding['fixes'][number]

/** The first fix of what is to be done next, whole: nothing of it may be missed by who carries it out. */
export function cure(report: Report, style: Style): string[] {
  const [chapter] = storyOf(report).chapters
  const root = chapter && rootOf(chapter)
  const [fix, ...alternatives] = root?.first.fixes ?? []
  if (!root || !fix) return []
  return [
    heading(style, 'Fix'),
    ...steps(fix, 2, style),
    ...conditions(fix, style),
    ...alike(root.all, style),
    ...settled(root.first, report, style),
    ...alternatives.flatMap(({ summary }) => row(style, 'Or', `${withoutOr(summary)} (-v has the steps)`)),
    ...row(style, 'More', `${explainCommand(root.first.rule)}; -v has the rest`),
  ]
}

/** The label says it. */
function withoutOr(summary: string): string {
  return summary.replace(/^or (.)/i, (_, letter: string) => letter.toUpperCase())
}

/** A fix in full, under its own summary. */
export function fixLines(fix: Fix, style: Style): string[] {
  return [
    ...row(style, 'Fix', `${fix.summary} (${fixPlace(fix)})`),
    ...steps(fix, MARGIN, style),
    ...conditions(fix, style),
  ]
}

function steps(fix: Fix, indent: number, style: Style): string[] {
  return fix.steps.flatMap((step, index) => [
    ...hang(style, `${' '.repeat(indent)}${index + 1}.`, indent + 3, stepWords(step)),
    ...(step.run === undefined ? [] : command(style, indent + 5, step.run)),
  ])
}

function conditions(fix: Fix, style: Style): string[] {
  const trial = trialWords(fix)
  return [
    ...(trial === null ? [] : row(style, 'Trial', trial)),
    ...sideEffects(fix, style),
    ...commandOrText(style, 'Verify', fix.verify),
    ...commandOrText(style, 'Undo', fix.undo),
  ]
}

function sideEffects({ sideEffects = [] }: Fix, style: Style): string[] {
  if (sideEffects.length === 0) return []
  return row(style, '', `Side effect${sideEffects.length > 1 ? 's' : ''}: ${sideEffects.join(' ')}`)
}

/** The others of the same entry need it too; where it is the same to the letter it was said already. */
function alike([first, ...others]: readonly ReportedFinding[], style: Style): string[] {
  const same = (one: ReportedFinding) => JSON.stringify(one.fixes[0]?.steps) === JSON.stringify(first?.fixes[0]?.steps)
  const own = others.filter((one) => !same(one)).length
  const whom = own === 1 ? 'the other one' : `the ${own} others`
  return own > 0 ? row(style, '', `The same for ${whom}, with their own names (-v has the commands)`) : []
}

function settled(root: ReportedFinding, report: Report, style: Style): string[] {
  const joined = diagnosed(report)
  const all = joined === null ? [] : settledBy(root, joined)
  const rules = [...new Set(all.map(({ rule }) => rule))]
  const text = rules.map((rule) => {
    const ids = all.filter((one) => one.rule === rule).map(({ subject }) => subjectText(subject))
    return `${rule} (${ids.length > 1 ? plural(ids.length, 'time') : ids[0]})`
  })
  return text.length > 0 ? row(style, 'Clears', text.join(', ')) : []
}
