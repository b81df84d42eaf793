import { areaOf } from '../rules/area.js'
import type { Severity } from '../rules/define.js'
import { subjectText } from '../rules/subject.js'
import { modeWords } from '../rules/wire/evidence.js'
import { askedBeside } from './asked.js'
import { actionOrder, diagnosed } from './diagnosed.js'
import { plural } from './plural.js'
import type { Report, ReportedAddress, ReportedClaim, ReportedExpectation, ReportedFinding, Truth } from './report.js'
import { SEVERITIES } from './severities.js'
import { TRUTH_NAMES } from './truths.js'
import { outcomeOf } from './verdict.js'

/** The words and counts that every reporter shares, so that no two of them can disagree. */

const NOUN: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }

export { plural } from './plural.js'

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
  if (report.verdict === 'findings') {
    const asked = askedBeside(report, worst ? [worst] : []).map(({ words }) => `${words}; `)
    return `${asked.join('')}${severityWords(report.findings)}${worst ? `: ${headline(worst)}` : ''}`
  }
  const notes = report.findings.length > 0 ? `, ${severityWords(report.findings)}` : ''
  if (report.verdict === 'healthy') {
    return `Healthy${onlyWords(report)}: ${plural(report.rulesRun.length, 'rule')} found no fault${notes}`
  }
  return `Inconclusive: ${report.headline ?? 'could not look'}${notes}`
}

/** What a diagnosis, which is about all three truths, was kept to. */
function onlyWords({ diagnosis, truths }: Report): string {
  const asked = TRUTH_NAMES.filter((name) => truths[name].asked)
  return diagnosis === null || asked.length === TRUTH_NAMES.length ? '' : ` (${asked.join(' and ')} only)`
}

/** `whole`, `partly: …`, `not read: …`, `not asked: …`. */
export function truthWords({ asked, read, because }: Truth): string {
  const word = !asked ? 'not asked' : read === 'no' ? 'not read' : read
  return because === null ? word : `${word}: ${because}`
}

/** The three truths in one line. */
export function truthsLine({ truths }: Report): string {
  return TRUTH_NAMES.map((name) => `${name} ${truthWords(truths[name])}`).join('; ')
}

const OUTCOME = { failed: 'failed', unknown: 'could not be judged' } as const

/** `2 of 5 expectations failed`, without saying which. */
export function outcomeWords({ expectations, findings }: Report, outcome: ReportedExpectation['status']): string {
  const all = plural(expectations.length, 'expectation')
  if (outcome === 'held') {
    const also = findings.length > 0 ? `; also ${severityWords(findings)}` : ''
    return `${expectations.length === 1 ? '1 expectation holds' : `All ${all} hold`}${also}`
  }
  return `${expectations.filter(({ status }) => status === outcome).length} of ${all} ${OUTCOME[outcome]}`
}

/** The first that decides it is named; the section of expectations has the others. */
function outcomeLine(report: Report, outcome: ReportedExpectation['status']): string {
  const deciding = report.expectations.find(({ status }) => status === outcome)
  const words = outcomeWords(report, outcome)
  return outcome === 'held' || !deciding ? words : `${words}: ${expectationWords(deciding)}`
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
  return `${finding.title} (${subjectText(finding.subject)})`
}

/** How sure a finding is, and what decides it: `likely: the version is unknown`. */
export function certaintyWords({ certainty, because }: Pick<ReportedFinding, 'certainty' | 'because'>): string {
  return `${certainty}: ${because}`
}

/** The same as a line of its own: `Likely: the version is unknown`. */
export function certaintyLine(finding: Pick<ReportedFinding, 'certainty' | 'because'>): string {
  const words = certaintyWords(finding)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The one thing to do next, with the command for it where there is one. */
export interface NextStep {
  readonly text: string
  readonly run: string | null
}

/** From the root of the gravest symptom, or the gravest finding; when there is none, from the first gap that leaves the question open. */
export function nextStep(report: Report): NextStep | null {
  const gap = report.gaps.find(({ hint, decisive }) => decisive && hint !== '')
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
const AMEND: NextStep = { text: 'fix what the failed expectation names, or change the check file', run: null }

function cure(finding: ReportedFinding): NextStep {
  const [fix] = finding.fixes
  if (!fix) return { text: 'read what it means and how to confirm it', run: explainCommand(finding.rule) }
  const untried = fix.trial?.tried === false ? trialWords(fix) : null
  const text = untried === null ? fix.summary : `${fix.summary} (${untried})`
  return { text, run: fix.steps.find(({ run }) => run !== undefined)?.run ?? null }
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

type Step = ReportedFinding['fixes'][number]['steps'][number]

/** What a step does, and how long it lasts; a restart speaks for itself, and only what a host is told at runtime ends with its reboot. */
function kindWords({ kind, where }: Step): string {
  if (kind === 'look') return ' (look only)'
  if (kind === 'persistent') return ' (persistent)'
  return kind === 'runtime' && where === 'node' ? ' (until reboot)' : ''
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

/** How an address was asked and how often it answered; without a look at the wire, who should answer. */
export function addressWords(address: ReportedAddress, { truths }: Pick<Report, 'truths'>): string {
  const { verdict, because } = address
  const expected = expectedWords(address)
  if (verdict === 'inconclusive' && because !== null) return joined([`not judged: ${because}`, expected])
  if (truths.wire.asked) return joined([askedWords(address), expected])
  return expected ?? 'announced by BGP only: no machine has to answer requests for it'
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join('; ')
}

function askedWords(address: ReportedAddress): string {
  const { rounds, answeredRounds, claims, timeline } = address
  const asked = requestWords(address)
  if (asked === null)
    return claims.length === 0 ? 'no request for it and no claim to it was seen' : 'no request for it was seen'
  if (rounds > 0 && answeredRounds === rounds) return asked
  if (answeredRounds > 0) return `${asked}; answered ${answeredRounds} of ${rounds} that went to all`
  const direct = timeline.some(({ answers }) => answers.length > 0)
  if (!direct) return `${asked}, none answered`
  return rounds === 0 ? `${asked}, answered` : `${asked}; none that went to all was answered`
}

/**
 * The requests for an address that were seen, whoever sent them, by kind: the one number that every line means by "requests".
 * Null: none. Of a long run only the first are kept one by one; then those that went to all are what is counted.
 */
export function requestWords({
  ip,
  rounds,
  timeline,
}: Pick<ReportedAddress, 'ip' | 'rounds' | 'timeline'>): string | null {
  const toAll = timeline.filter(({ mode, to }) => mode !== 'unicast' && to === null)
  if (toAll.length < rounds) return `${plural(rounds, 'request')} to all`
  if (timeline.length === 0) return null
  const counts = (['broadcast', 'unicast', 'probe'] as const).flatMap((kind) => {
    const count = timeline.filter(({ mode }) => mode === kind).length
    return count > 0 ? [{ kind, count }] : []
  })
  const [first] = counts
  if (first && counts.length === 1)
    return plural(first.count, first.kind === 'probe' ? 'probe' : `${modeWords(first.kind, ip)} request`)
  const kinds = counts.map(({ kind, count }) =>
    kind === 'probe' ? plural(count, 'probe') : `${count} ${modeWords(kind, ip)}`,
  )
  return `${plural(timeline.length, 'request')} (${kinds.join(', ')})`
}

/**
 * How far "only one machine answers" can be trusted: after n rounds without a second answerer, one that answers less
 * than 3/n of the requests may still have been missed (95 % confidence). Null where it is not the question.
 */
export function trustWords(address: ReportedAddress): string | null {
  if (address.claims.length !== 1) return null
  const bound = address.missedResponderBound
  if (bound === null) return 'A second machine may simply have kept silent.'
  if (address.answeredRounds === 0) return null
  const lead = `One answerer in ${plural(address.rounds, 'round')}`
  return bound >= 1
    ? `${lead}: too few to rule out a second one that answers only sometimes.`
    : `${lead}: ${missedWords(bound)} (95 % confidence).`
}

export function missedWords(bound: number): string {
  return `a second one that answers less than ${Math.ceil(bound * 100)} % of requests may have been missed`
}

/** The address as findings name it: tagged ones carry their VLAN stack. */
export function addressLabel({ ip, vlans }: Pick<ReportedAddress, 'ip' | 'vlans'>): string {
  return vlans.length > 0 ? `${ip} (VLAN ${vlans.join('.')})` : ip
}

function expectedWords({ expected }: ReportedAddress): string | null {
  if (!expected) return null
  return expected.node === null ? `expected: ${expected.from}` : `expected from ${expected.node} (${expected.from})`
}

const VIA: Record<NonNullable<ReportedClaim['via']>, string> = {
  'node-audit': 'audited',
  'arp-of-node-ip': 'by its node IP',
  operator: 'given',
}

/** What is worth saying of a responder beside its figures; unless `whole` what is the same for all is left out. */
export function claimNotes(claim: ReportedClaim, { claims }: ReportedAddress, whole: boolean): string[] {
  const sameName = claims.every((other) => other.interface === claim.interface)
  const where = [claim.node, whole || !sameName ? claim.interface : null].filter((part) => part !== null).join('/')
  const via = claim.via !== null && (whole || claim.via !== 'node-audit') ? claim.via : null
  const notes = [
    where !== '' && via !== null ? `${where} (${VIA[via]})` : where,
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

/** What came of trying a fix on the hosts that were read; null where there was nothing to try. */
export function trialWords({ trial, steps }: ReportedFinding['fixes'][number]): string | null {
  if (trial === undefined || steps.every(({ kind }) => kind === 'look')) return null
  if (!trial.tried) return `not tried, because ${trial.because}`
  const [last] = trial.after.slice(-1)
  return last === undefined ? null : `tried on what was read: after step ${last.step}, ${last.says}`
}

/** A step in words, with how long it lasts. */
export function stepWords(step: Step): string {
  return `${step.text}${kindWords(step)}`
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
