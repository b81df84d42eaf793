import type { Report } from '../../report.js'
import { plural } from '../../wording.js'
import { hang, heading, mark, type Style } from './style.js'

/** What could not be looked at, which rules that cost, and how to mend it. */
export function unchecked(report: Report, style: Style): string[] {
  const reasons = rulesByReason(report)
  const gaps = report.gaps.flatMap((gap) => gapLines(gap, reasons, style))
  const others = [...reasons].filter(([because]) => !report.gaps.some((gap) => because === reasonOf(gap)))
  const lines = [
    ...gaps,
    ...others.flatMap(([because, rules]) => entry(`${ruleNames(rules, style)} skipped: ${because}`, style)),
  ]
  return lines.length > 0 ? [heading(style, 'Not checked'), ...lines] : []
}

type Gap = Report['gaps'][number]

function gapLines(gap: Gap, reasons: ReadonlyMap<string, readonly string[]>, style: Style): string[] {
  const lost = reasons.get(reasonOf(gap))
  const cost = lost ? ` (${ruleNames(lost, style)} skipped)` : ''
  return [
    ...entry(`${reasonOf(gap)}${cost}`, style),
    ...(gap.hint === '' ? [] : hang(style, '', entryLead(style), `To close the gap: ${gap.hint}`, style.paint.dim)),
  ]
}

/** As the engine words it when a fact is missing. */
function reasonOf({ subject, reason }: Gap): string {
  return `${subject}: ${reason}`
}

function rulesByReason({ skipped }: Report): Map<string, string[]> {
  const reasons = new Map<string, string[]>()
  for (const { rule, because } of skipped) reasons.set(because, [...(reasons.get(because) ?? []), rule])
  return reasons
}

function ruleNames(rules: readonly string[], style: Style): string {
  return style.verbose || rules.length === 1 ? rules.join(', ') : plural(rules.length, 'rule')
}

function entry(text: string, style: Style): string[] {
  return hang(style, `  ${mark(style, 'skipped')}`, entryLead(style), text)
}

function entryLead(style: Style): number {
  return style.signs.marks.skipped.length + 3
}

/** Findings that `--ignore` covers stay visible. */
export function accepted({ suppressed }: Report, style: Style): string[] {
  if (suppressed.length === 0) return []
  const lines = suppressed.flatMap(({ suppressedBy, message }) =>
    entry(`${message} (accepted by ${suppressedBy})`, style),
  )
  return [heading(style, 'Accepted'), ...lines]
}
