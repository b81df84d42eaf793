import type { Gap } from '../known.js'
import { isSeenOnWire } from '../rules/area.js'
import type { Finding } from '../rules/engine.js'
import { subjectText } from '../rules/subject.js'
import type { AddressLine } from './addresses.js'
import { isAbout } from './concerned.js'
import type { ReportedAddress, ReportedGap } from './report.js'
import { gapWords } from './truths.js'

/** What keeps a verdict from "healthy" although no rule found a fault. */

/** So many addresses are named in a gap that they share. */
const SHOWN = 5

/** An address and what is said of it: a finding before a doubt, a doubt before "healthy". */
export function judgeAddress(
  { doubt, ...line }: AddressLine,
  findings: readonly Pick<Finding, 'subject' | 'severity' | 'data'>[],
): ReportedAddress {
  const isAgainst = (finding: Pick<Finding, 'subject' | 'data'>) => concerns(finding, line) || isAbout(finding, line)
  if (findings.some((finding) => finding.severity !== 'info' && isAgainst(finding))) {
    return { ...line, verdict: 'findings', because: null }
  }
  return doubt
    ? { ...line, verdict: 'inconclusive', because: doubt.reason }
    : { ...line, verdict: 'healthy', because: null }
}

/** The doubts about addresses asked for, unless a symptom (accepted or not) says already what the wire shows of them. */
export function addressDoubts(
  lines: readonly AddressLine[],
  findings: readonly Pick<Finding, 'rule' | 'subject'>[],
): Gap[] {
  const symptoms = findings.filter(({ rule }) => isSeenOnWire(rule))
  const open = lines.filter(
    (line) => line.asked && (line.doubt?.stays || !symptoms.some((symptom) => concerns(symptom, line))),
  )
  const alike = new Map<string, Gap[]>()
  for (const { doubt } of open) {
    if (doubt) alike.set(doubt.reason, [...(alike.get(doubt.reason) ?? []), doubt])
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const subjects = [first, ...others].map(({ subject }) => subject)
    return [{ subject: named([...new Set(subjects)]), reason: first.reason, hint: first.hint }]
  })
}

function named(subjects: readonly string[]): string {
  const left = subjects.length - SHOWN
  const shown = subjects.slice(0, SHOWN).join(', ')
  return left > 0 ? `${shown} and ${left} more` : shown
}

function concerns({ subject }: Pick<Finding, 'subject'>, { ip, vlans, services }: AddressName): boolean {
  if (subject.kind === 'service') return services.includes(subjectText(subject))
  if (subject.kind !== 'ip') return false
  return subject.ip === ip && (subject.vlans.length === 0 || subject.vlans.join() === vlans.join())
}

type AddressName = Pick<AddressLine, 'ip' | 'vlans' | 'services'>

/** Each gap once, the decisive ones first. */
export function listGaps(doubts: readonly Gap[], others: readonly Gap[]): ReportedGap[] {
  const listed = new Map<string, ReportedGap>()
  for (const gap of doubts) listed.set(gapWords(gap), { ...gap, decisive: true })
  for (const gap of others) if (!listed.has(gapWords(gap))) listed.set(gapWords(gap), { ...gap, decisive: false })
  return [...listed.values()]
}

/** The first decisive gap, and how many more there are. */
export function doubtWords(gaps: readonly ReportedGap[]): string | null {
  const [first, ...others] = gaps.filter(({ decisive }) => decisive)
  if (first === undefined) return null
  return others.length > 0 ? `${gapWords(first)} (and ${others.length} more)` : gapWords(first)
}
