import type { Report } from '../../report.js'
import { SEVERITIES } from '../../severities.js'
import { areasOf, plural, type RuleArea, severityWords } from '../../wording.js'
import { hang, heading, type Mark, mark, type Style } from './style.js'
import { padEnd } from './text.js'

/** One line per area of rules, marked by the gravest thing it found. */
export function checks(report: Report, style: Style): string[] {
  const areas = areasOf(report)
  if (areas.length === 0) return []
  const quiet = style.verbose || areas.length <= FEW ? [] : areas.filter(isQuiet)
  const told = areas.filter((area) => !quiet.includes(area))
  const nameWidth = Math.max(...told.map(({ name }) => name.length), 0)
  return [
    heading(style, 'Checks'),
    ...told.flatMap((area) => areaLine(area, nameWidth, style)),
    ...(quiet.length > 0 ? quietLine(quiet, told.length > 0, style) : []),
  ]
}

/** So many areas get a line each even when they found nothing. */
const FEW = 6

function isQuiet({ findings, skipped, ran }: RuleArea): boolean {
  return findings.length === 0 && skipped.length === 0 && ran.length > 0
}

function quietLine(quiet: readonly RuleArea[], more: boolean, style: Style): string[] {
  const rules = quiet.reduce((sum, { ran }) => sum + ran.length, 0)
  const words = `${plural(rules, more ? 'more rule' : 'rule')} found nothing: ${quiet.map(({ name }) => name).join(', ')}`
  return hang(style, `  ${mark(style, 'ok')}`, 3 + style.signs.marks.ok.length, words)
}

function areaLine(area: RuleArea, nameWidth: number, style: Style): string[] {
  const lead = `  ${mark(style, areaMark(area))} ${padEnd(area.name, nameWidth)}  `
  const leadWidth = 2 + style.signs.marks.ok.length + 1 + nameWidth + 2
  return hang(style, lead, leadWidth, areaWords(area))
}

function areaMark({ findings, ran }: RuleArea): Mark {
  for (const severity of SEVERITIES) {
    if (findings.some((finding) => finding.severity === severity)) return severity
  }
  return ran.length > 0 ? 'ok' : 'skipped'
}

function areaWords({ ran, findings, skipped }: RuleArea): string {
  const skippedRules = new Set(skipped.map(({ rule }) => rule)).size
  if (ran.length === 0 && findings.length === 0) return `${plural(skippedRules, 'rule')} skipped`
  const but = skippedRules > 0 ? `; ${skippedRules} skipped, wholly or in part` : ''
  return `${plural(ran.length, 'rule')}, ${severityWords(findings)}${but}`
}
