import type { Report, ReportedAddress } from '../report/report.js'
import { SEVERITIES } from '../report/severities.js'
import {
  type Change,
  type JudgedWindow,
  type Memory,
  type StandingFinding,
  type Tenure,
  type VipState,
  type WatchedExpectation,
  type WatchedFinding,
  wasAskedAbout,
} from './model.js'
import { withoutNewSilence } from './new-silence.js'
import { isSame, nextVip, tenureOn } from './vip-state.js'

/** What is found in one window and not in the next may be back in the one after: it has ended after so many without it at least. */
const CLEAN_WINDOWS = 2
/** How likely so many windows in a row without it may be by mere chance, for a fault that shows itself as often as it did. */
const CHANCE_ALLOWED = 0.001
/** Whatever the chance, it has ended after so many, and until then one that comes back is the same one. */
const MOST_CLEAN_WINDOWS = 30
/** Of what has ended about MACs and addresses that are not watched, of which anybody can make up more, the newest. */
const MOST_OF_OTHERS = 1000

/** What a window changes: the new memory, and what is to be told of it. */
export function remember(
  before: Memory,
  given: JudgedWindow,
): { readonly memory: Memory; readonly changes: readonly Change[] } {
  const window = given.unseen === null ? given : withoutNewSilence(given, given.unseen, before)
  const { report } = window
  const vips = vipsAfter(before, window)
  const { findings, ended } = findingsAfter(before, window, vips)
  const expectations = new Map(report.expectations.map((one) => [one.id, expectationOf(one)]))
  return {
    memory: { vips, findings, ended, expectations },
    changes: [
      ...[...vips.values()].flatMap((vip) => vipChanges(before.vips.get(vip.ip), vip)),
      ...findingChanges(before.findings, findings),
      ...expectationChanges(before.expectations, expectations),
    ],
  }
}

function vipsAfter(
  { vips }: Memory,
  { report, endedAt, vips: watched, answeredAt }: JudgedWindow,
): Map<string, VipState> {
  const byIp = new Map<string, ReportedAddress[]>()
  for (const line of report.addresses.filter(({ ip }) => watched.has(ip))) {
    const lines = byIp.get(line.ip)
    if (lines === undefined) byIp.set(line.ip, [line])
    else lines.push(line)
  }
  const silences = report.findings.filter(({ symptom }) => symptom === 'silence')
  const silent = new Set(silences.map(({ subject }) => (subject.kind === 'ip' ? subject.ip : null)))
  const next = (ip: string, lines: readonly ReportedAddress[]) =>
    nextVip(vips.get(ip), {
      lines,
      answeredAt: answeredAt.get(ip) ?? null,
      endedAt,
      mayAnswer: mayAnswer(ip, report),
      isSilent: silent.has(ip),
    })
  return new Map([...byIp].map(([ip, lines]) => [ip, next(ip, lines)]))
}

/** What a check file says of who may answer. */
function mayAnswer(ip: string, { expectations }: Report): boolean | null {
  const said = expectations.filter(({ id }) => id === `${ip}/macs` || id === `${ip}/nodes`)
  if (said.some(({ status }) => status === 'failed')) return false
  return said.length > 0 && said.every(({ status }) => status === 'held') ? true : null
}

function findingsAfter(before: Memory, window: JudgedWindow, vips: Memory['vips']): Pick<Memory, 'findings' | 'ended'> {
  const { report, endedAt, asked } = window
  const [findings, ended] = [new Map<string, StandingFinding>(), new Map<string, StandingFinding>()]
  for (const one of report.findings) {
    const standing = before.findings.get(one.fingerprint)
    const { shown, missed, cleanWindows } = standing ?? before.ended.get(one.fingerprint) ?? NEVER_SHOWN
    findings.set(one.fingerprint, {
      finding: findingOf(one),
      since: standing?.since ?? endedAt,
      cleanWindows: 0,
      shown: shown + 1,
      missed: missed + cleanWindows,
      wasAsked: wasAskedAbout(asked, one),
      isLeft: false,
    })
  }
  for (const [fingerprint, one] of [...before.ended, ...before.findings]) {
    if (findings.has(fingerprint)) continue
    const isUnasked = isAskedByAnother(one, window)
    const isClean = !isUnasked && couldBeFound(one.finding, window, vips) && !isShownOtherwise(one.finding, report)
    const after = { ...one, cleanWindows: one.cleanWindows + (isClean ? 1 : 0), isLeft: one.isLeft || isUnasked }
    const stands = before.findings.has(fingerprint) && after.cleanWindows < windowsToEnd(one)
    if (stands) findings.set(fingerprint, after)
    else if (after.cleanWindows < MOST_CLEAN_WINDOWS) ended.set(fingerprint, after)
  }
  return { findings, ended: bounded(ended, window.vips) }
}

function bounded(ended: Memory['ended'], watched: ReadonlySet<string>): Memory['ended'] {
  const isOfOther = ({ finding: { subject } }: StandingFinding) =>
    subject.kind === 'ip' ? !watched.has(subject.ip) : subject.kind === 'mac'
  const others = [...ended].filter(([, one]) => isOfOther(one))
  const left = new Set(others.slice(0, -MOST_OF_OTHERS).map(([fingerprint]) => fingerprint))
  return new Map([...ended].filter(([fingerprint]) => !left.has(fingerprint)))
}

const NEVER_SHOWN = { shown: 0, missed: 0, cleanWindows: 0 }

/** A fault that needs several answers to be seen, or comes and goes, is missed in some windows: it has not ended with each of them. */
function windowsToEnd({ shown, missed }: StandingFinding): number {
  if (missed === 0) return CLEAN_WINDOWS
  const unlikely = Math.ceil(Math.log(CHANCE_ALLOWED) / Math.log(missed / (shown + missed)))
  return Math.min(MOST_CLEAN_WINDOWS, Math.max(CLEAN_WINDOWS, unlikely))
}

/** Requests had shown it, and we heard a window without any of ours. Of an address that is watched no more nobody says anything. */
function isAskedByAnother({ finding, wasAsked }: StandingFinding, { report, asked }: JudgedWindow): boolean {
  const { subject } = finding
  if (!wasAsked || wasAskedAbout(asked, finding) || report.truths.wire.read === 'no') return false
  return subject.kind !== 'ip' || report.addresses.some(({ ip }) => ip === subject.ip)
}

/** Of an address that nothing can be said of, or that a rule did not judge, nothing has ended. What is no longer watched has. */
function couldBeFound(
  { rule, subject }: WatchedFinding,
  { report, unseen }: JudgedWindow,
  vips: Memory['vips'],
): boolean {
  if (report.truths.wire.read === 'no' || isSkipped(rule, report)) return false
  if (subject.kind !== 'ip') return unseen === null
  if (vips.get(subject.ip)?.isKnown === false) return false
  return unseen === null && report.addresses.every(({ ip, verdict }) => ip !== subject.ip || verdict !== 'inconclusive')
}

/** A rule that could not judge some of the addresses has judged the others. */
function isSkipped(rule: string, { skipped, rulesRun, addresses }: Report): boolean {
  const isOfOneAddress = (because: string) => addresses.some(({ ip }) => because.startsWith(`${ip}: `))
  return !rulesRun.includes(rule) && skipped.some((one) => one.rule === rule && !isOfOneAddress(one.because))
}

/**
 * The address shows a symptom of the same kind that is as grave: silence that was seen to begin goes on as silence, and a proxy is
 * told from another second machine only in a window that has probes.
 */
function isShownOtherwise({ symptom, severity, subject }: WatchedFinding, { findings, addresses }: Report): boolean {
  if (symptom === undefined || subject.kind !== 'ip') return false
  const isAnswered = addresses.some(
    ({ ip, timeline }) => ip === subject.ip && timeline.some(({ answers }) => answers.length > 0),
  )
  if (symptom === 'silence' && isAnswered) return false
  return findings.some(
    (one) =>
      one.symptom === symptom &&
      one.subject.kind === 'ip' &&
      one.subject.ip === subject.ip &&
      SEVERITIES.indexOf(one.severity) <= SEVERITIES.indexOf(severity),
  )
}

function vipChanges(before: VipState | undefined, { ip, tenures, verdict, because }: VipState): Change[] {
  const changes = tenures.flatMap((tenure) => tenureChanges(ip, tenureOn(tenure.vlans, before?.tenures ?? []), tenure))
  if (verdict === 'inconclusive' && before?.verdict !== 'inconclusive')
    changes.push({ event: 'vip-unknown', ip, because: because ?? '' })
  if (verdict !== 'inconclusive' && before?.verdict === 'inconclusive') changes.push({ event: 'vip-known', ip })
  return changes
}

/** A move there and back in one window is one too. */
function tenureChanges(ip: string, before: Tenure | undefined, { vlans, owner, moves }: Tenure): Change[] {
  if (before === undefined) return [{ event: 'owner-first-seen', ip, vlans, to: owner }]
  const times = moves - before.moves
  if (times === 0 && isSame(before.owner, owner)) return []
  return [{ event: 'owner-moved', ip, vlans, from: before.owner, to: owner, times }]
}

function findingChanges(before: Memory['findings'], after: Memory['findings']): Change[] {
  const isOurs = (all: Memory['findings'], fingerprint: string) => all.get(fingerprint)?.isLeft === false
  const began = [...after].filter(([print]) => isOurs(after, print) && !isOurs(before, print))
  const left = [...after].filter(([print]) => !isOurs(after, print) && isOurs(before, print))
  const ended = [...before].filter(([fingerprint]) => !after.has(fingerprint))
  return [
    ...left.map(([, { finding, since }]): Change => ({ event: 'finding-left', finding, since })),
    ...began.map(([, { finding }]): Change => ({ event: 'finding-began', finding })),
    ...ended.map(([, { finding, since }]): Change => ({ event: 'finding-ended', finding, since })),
  ]
}

/** What holds from the start, or cannot be judged yet, is nothing to tell. */
function expectationChanges(before: Memory['expectations'], after: Memory['expectations']): Change[] {
  return [...after.values()]
    .filter(({ id, status }) => (before.get(id)?.status ?? 'held') !== status)
    .map((expectation) => ({ event: 'expectation-changed', expectation }))
}

function findingOf(finding: Report['findings'][number]): WatchedFinding {
  const { rule, title, severity, certainty, because, subject, message, fingerprint, docs, symptom } = finding
  const said = { rule, title, severity, certainty, because, subject, message, fingerprint, docs }
  return symptom === undefined ? said : { ...said, symptom }
}

function expectationOf({ id, title, status, message }: Report['expectations'][number]): WatchedExpectation {
  return { id, title, status, message }
}
