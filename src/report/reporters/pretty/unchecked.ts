import type { Report } from '../../report.js'
import { plural } from '../../wording.js'
import { names } from './collapse.js'
import { hang, heading, mark, type Style } from './style.js'

/** What could not be looked at, which rules that cost, and how to close the gap; what decides comes first. */
export function unchecked(report: Report, style: Style): string[] {
  const reasons = rulesByReason(report)
  const gaps = [...report.gaps].sort((a, b) => Number(b.decisive) - Number(a.decisive))
  const others = [...reasons].filter(([because]) => !gaps.some((gap) => because === reasonOf(gap)))
  const told = gaps.filter((gap) => !isOpening(gap, report) || reasons.has(reasonOf(gap)))
  const groups = alike(told, report, style)
  const entries = [
    ...groups.map((group) => gapLines(group, reasons, report, style)),
    ...others.map(([because, rules]) => entry(`${ruleNames(rules, style)} skipped: ${because}`, style)),
  ]
  const most = Math.max(SHOWN, groups.filter(([{ decisive }]) => decisive).length)
  const shown = style.verbose ? entries : entries.slice(0, most)
  const left = entries.length - shown.length
  const lines = [...shown.flat(), ...(left > 0 ? entry(`and ${left} more (-v lists all)`, style) : [])]
  return lines.length > 0 ? [heading(style, 'Not checked'), ...lines] : []
}

/** Without -v so many; but all that decides the verdict. */
const SHOWN = 4

type Gap = Report['gaps'][number]
type Alike = readonly [Gap, ...Gap[]]

/** Without -v, gaps of one reason are one entry; the one of the first line stands alone. */
function alike(gaps: readonly Gap[], report: Report, style: Style): Alike[] {
  const groups = new Map<string, [Gap, ...Gap[]]>()
  for (const gap of gaps) {
    const alone = style.verbose || isOpening(gap, report)
    const key = alone ? reasonOf(gap) : JSON.stringify([gap.decisive, gap.reason])
    const group = groups.get(key)
    if (group) group.push(gap)
    else groups.set(key, [gap])
  }
  return [...groups.values()]
}

/** The first line of the report says it, and its hint is the next step. */
function isOpening(gap: Gap, { verdict, headline, expectations }: Report): boolean {
  return verdict === 'inconclusive' && expectations.length === 0 && gap.decisive && headline === reasonOf(gap)
}

function gapLines(
  group: Alike,
  reasons: ReadonlyMap<string, readonly string[]>,
  report: Report,
  style: Style,
): string[] {
  const [gap] = group
  const lost = [...new Set(group.flatMap((one) => reasons.get(reasonOf(one)) ?? []))]
  if (isOpening(gap, report)) return entry(`${gap.subject}: ${ruleNames(lost, style)} skipped for it`, style)
  const cost = lost.length > 0 ? ` (${ruleNames(lost, style)} skipped)` : ''
  return [
    ...entry(`${names(group.map(({ subject }) => subject))}: ${gap.reason}${cost}`, style),
    ...(gap.hint === '' ? [] : hang(style, '', entryLead(style), hintOf(group), style.paint.dim)),
  ]
}

/** The first hint, and how many others there are. */
function hintOf([gap, ...others]: Alike): string {
  const own = others.filter(({ hint }) => hint !== gap.hint).length
  return `To close the gap${own > 0 ? ` (and ${own} more; -v lists all)` : ''}: ${gap.hint}`
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
  const shown = style.verbose ? suppressed : suppressed.slice(0, SHOWN)
  const left = suppressed.length - shown.length
  const lines = shown.flatMap(({ suppressedBy, message }) => entry(`${message} (accepted by ${suppressedBy})`, style))
  return [heading(style, 'Accepted'), ...lines, ...(left > 0 ? entry(`and ${left} more (-v lists all)`, style) : [])]
}
