import type { Severity } from '../rules/define.js'
import { actionOrder, diagnosed } from './diagnosed.js'
import type { Report, ReportedAddress, ReportedClaim, ReportedExpectation, ReportedFinding } from './report.js'
import { SEVERITIES } from './severities.js'
import { outcomeOf } from './verdict.js'

/** The words and counts that every reporter shares, so that no two of them can disagree. */

const NOUN: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }

/** `1 rule`, `3 rules`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`
}

function countSeverities(findings: readonly Pick<ReportedFinding, 'severity'>[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity] += 1
  return counts
}

/** `1 error, 2 warnings`; `nothing found` without findings. */
export function severityWords(findings: readonly Pick<ReportedFinding, 'severity'>[]): string {
  const counts = countSeverities(findings)
  const words = SEVERITIES.filter((severity) => counts[severity] > 0)
  return words.map((severity) => plural(counts[severity], NOUN[severity])).join(', ') || 'nothing found'
}

/** Errors first; otherwise as the report has them. */
export function bySeverity(findings: readonly ReportedFinding[]): ReportedFinding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

/** The whole run in one line. */
export function verdictLine(report: Report): string {
  return report.run.interrupted ? `${verdict(report)} (interrupted before the end)` : verdict(report)
}

function verdict(report: Report): string {
  const outcome = outcomeOf(report)
  if (outcome !== null) return outcomeLine(report, outcome)
  const worst = gravest(report)
  if (report.verdict === 'findings') return `${severityWords(report.findings)}${worst ? `: ${headline(worst)}` : ''}`
  const notes = report.findings.length > 0 ? `, ${severityWords(report.findings)}` : ''
  if (report.verdict === 'healthy') return `Healthy: ${plural(report.rulesRun.length, 'rule')} found no fault${notes}`
  const [gap] = report.gaps
  return `Inconclusive${gap ? `: ${gap.subject}: ${gap.reason}` : ': could not look'}${notes}`
}

const OUTCOME = { failed: 'failed', unknown: 'could not be judged' } as const

/** The first that decides it is told; the section of expectations has the others. */
function outcomeLine({ expectations, findings }: Report, outcome: ReportedExpectation['status']): string {
  const all = plural(expectations.length, 'expectation')
  if (outcome === 'held') {
    const besides = findings.length > 0 ? `; ${severityWords(findings)} besides` : ''
    return `${expectations.length === 1 ? '1 expectation holds' : `All ${all} hold`}${besides}`
  }
  const deciding = expectations.filter(({ status }) => status === outcome)
  return `${deciding.length} of ${all} ${OUTCOME[outcome]}: ${deciding.map(expectationWords)[0]}`
}

/** `1 machine answers for 10.0.0.240: 2 answered: node-a, node-b`. */
export function expectationWords({ title, message }: ReportedExpectation): string {
  return `${title}: ${message}`
}

/** The symptom people see comes before its causes. */
function gravest(report: Report): ReportedFinding | undefined {
  const joined = diagnosed(report)
  return joined?.symptoms[0]?.finding ?? joined?.unattached[0] ?? bySeverity(report.findings)[0]
}

/** `More than one machine answers for the same address (10.0.0.240)`. */
export function headline(finding: Pick<ReportedFinding, 'title' | 'subject'>): string {
  return `${finding.title} (${finding.subject.id})`
}

/** The one thing to do next, with the command for it where there is one. */
export interface NextStep {
  readonly text: string
  readonly run: string | null
}

/** From the root of the gravest symptom, or the gravest finding; when there is none, from the first gap that can be closed. */
export function nextStep(report: Report): NextStep | null {
  const gap = report.gaps.find(({ hint }) => hint !== '')
  const close = gap ? { text: gap.hint, run: null } : null
  if (report.verdict === 'inconclusive') return close
  const joined = diagnosed(report)
  const [worst] = joined
    ? actionOrder(joined)
    : bySeverity(report.findings).filter(({ severity }) => severity !== 'info')
  if (worst) return cure(worst)
  return outcomeOf(report) === 'failed' ? AMEND : close
}

/** Where an expectation fails and no rule saw a fault, one of the two is wrong. */
const AMEND: NextStep = { text: 'mend what the failed expectation names, or amend it in the check file', run: null }

function cure(finding: ReportedFinding): NextStep {
  const [fix] = finding.fixes
  if (!fix) return { text: 'read what it means and how to confirm it', run: explainCommand(finding.rule) }
  return { text: fix.summary, run: fix.steps.find(({ run }) => run !== undefined)?.run ?? null }
}

export function explainCommand(rule: string): string {
  return `l2doctor explain ${rule}`
}

/** Where a fix is done, and what it may cost: `on node-a; may interrupt traffic`. */
export function fixPlace(fix: ReportedFinding['fixes'][number]): string {
  const place = { workstation: 'from here', node: 'on the node', cluster: 'in the cluster', switch: 'on the switch' }
  const where = fix.node === undefined ? place[fix.where] : `on ${fix.node}`
  return fix.risk === 'disruptive' ? `${where}; may interrupt traffic` : where
}

/** How long each kind of step lasts; a manual one speaks for itself. */
const LASTING: Record<'runtime' | 'persistent' | 'manual', string> = {
  runtime: ' (until reboot)',
  persistent: ' (for good)',
  manual: '',
}

/** One piece of evidence: what it is, and further lines taken as they are (a command and its output). */
export interface EvidenceText {
  readonly text: string
  readonly command: string | null
  readonly output: readonly string[]
}

export function evidenceText(evidence: ReportedFinding['evidence'][number]): EvidenceText {
  const plain = (text: string) => ({ text, command: null, output: [] })
  switch (evidence.kind) {
    case 'frame':
      return plain(`frame ${evidence.frame} at ${evidence.at.slice(11).replace('Z', '')}: ${evidence.summary}`)
    case 'object':
      return plain(`${evidence.object} ${evidence.path} = ${evidence.value}`)
    case 'measure':
      return plain(`${evidence.name}: ${evidence.value}`)
    case 'command': {
      const output = evidence.output.split('\n').filter((line) => line.trim() !== '')
      return { text: `on ${evidence.host}:`, command: evidence.command, output }
    }
    default:
      return evidence satisfies never
  }
}

/** How an address was asked and how often it answered. */
export function askedWords({ rounds, answeredRounds, claims }: ReportedAddress): string {
  if (rounds === 0) return claims.length === 0 ? 'nobody asked for it and nobody claimed it' : 'nobody asked for it'
  if (answeredRounds === 0) return `asked ${plural(rounds, 'time')}, no answer`
  return `asked ${plural(rounds, 'time')}, answered ${answeredRounds === rounds ? 'each time' : plural(answeredRounds, 'time')}`
}

/**
 * How far "only one machine answers" can be trusted: after n rounds without a second answerer, one that answers less
 * than 3/n of the requests may still have been missed (95 % confidence). Null where it is not the question.
 */
export function trustWords(address: ReportedAddress): string | null {
  if (address.claims.length !== 1) return null
  const bound = address.missedResponderBound
  if (bound === null) return 'Nobody asked for it while we looked, so a second machine may simply have kept silent.'
  if (address.answeredRounds === 0) return null
  const lead = `One answerer in ${plural(address.rounds, 'round')}`
  return bound >= 1
    ? `${lead}: too few to rule out a second one that answers now and then.`
    : `${lead}: ${missedWords(bound)} (95 % confidence).`
}

export function missedWords(bound: number): string {
  return `a second one that answers less than ${Math.ceil(bound * 100)} % of requests may have been missed`
}

/** The address as findings name it: tagged ones carry their VLAN stack. */
export function addressLabel({ ip, vlans }: Pick<ReportedAddress, 'ip' | 'vlans'>): string {
  return vlans.length > 0 ? `${ip} (VLAN ${vlans.join('.')})` : ip
}

export function expectedWords({ expected }: ReportedAddress): string | null {
  if (!expected) return null
  return expected.node === null ? `expected: ${expected.from}` : `expected from ${expected.node} (${expected.from})`
}

const VIA: Record<NonNullable<ReportedClaim['via']>, string> = {
  'node-audit': 'audited',
  'arp-of-node-ip': 'by its node IP',
  operator: 'given',
}

/** What is worth saying of a responder besides its figures. */
export function claimNotes(claim: ReportedClaim, { claims }: ReportedAddress): string[] {
  const where = [claim.node, claim.interface].filter((part) => part !== null).join('/')
  const notes = [
    where !== '' && claim.via !== null ? `${where} (${VIA[claim.via]})` : where,
    claim.expected === null ? '' : claim.expected ? 'expected' : 'not expected',
    claims.length > 1 && claim.firstAnswers > 0 ? `first in ${claim.firstAnswers}` : '',
    claim.gratuitous > 0 ? `${claim.gratuitous} gratuitous` : '',
  ]
  return notes.filter((note) => note !== '')
}

/** `verify` and `undo` are a command line or a sentence; only a sentence has a capital or a full stop. */
export function isCommand(text: string): boolean {
  return /^[a-z./]/.test(text) && !text.endsWith('.')
}

/** A step in words, with how long it lasts. */
export function stepWords({ kind, text }: ReportedFinding['fixes'][number]['steps'][number]): string {
  return `${text}${LASTING[kind]}`
}

/** A MAC's protocol where its form tells one, else its vendor. */
export function makerWords({ virtual, vendor }: ReportedClaim): string | null {
  return virtual ?? vendor
}

/** The rules of one area (`wire`, `storm`, …) and what became of them; a rule may have run and be skipped in part. */
export interface RuleArea {
  readonly name: string
  readonly ran: readonly string[]
  readonly findings: Report['findings']
  readonly skipped: Report['skipped']
}

export function areasOf({ rulesRun, findings, skipped }: Report): RuleArea[] {
  const rules = [...rulesRun, ...findings.map(({ rule }) => rule), ...skipped.map(({ rule }) => rule)]
  return [...new Set(rules.map(areaOf))].map((name) => ({
    name,
    ran: rulesRun.filter((rule) => areaOf(rule) === name),
    findings: findings.filter(({ rule }) => areaOf(rule) === name),
    skipped: skipped.filter(({ rule }) => areaOf(rule) === name),
  }))
}

function areaOf(rule: string): string {
  return rule.split('/')[0] ?? rule
}
