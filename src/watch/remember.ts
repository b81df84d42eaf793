import type { Report, ReportedAddress } from '../report/report.js'
import type {
  Change,
  JudgedWindow,
  Memory,
  StandingFinding,
  VipState,
  WatchedExpectation,
  WatchedFinding,
} from './model.js'
import { isSame, nextVip } from './vip-state.js'

/** What is found in one window and not in the next may be back in the one after: it has ended after so many without it. */
const CLEAN_WINDOWS = 2

/** What a window changes: the new memory, and what is to be told of it. */
export function remember(
  before: Memory,
  window: JudgedWindow,
): { readonly memory: Memory; readonly changes: readonly Change[] } {
  const { report } = window
  const vips = vipsAfter(before, window)
  const findings = findingsAfter(before, window)
  const expectations = new Map(report.expectations.map((one) => [one.id, expectationOf(one)]))
  return {
    memory: { vips, findings, expectations },
    changes: [
      ...[...vips.values()].flatMap((vip) => vipChanges(before.vips.get(vip.ip), vip)),
      ...findingChanges(before.findings, findings),
      ...expectationChanges(before.expectations, expectations),
    ],
  }
}

/** On several VLANs an address is told of as the one that is worst off. */
function vipsAfter({ vips }: Memory, { report, endedAt, vips: watched }: JudgedWindow): Map<string, VipState> {
  const worst = new Map<string, ReportedAddress>()
  for (const address of report.addresses.filter(({ ip }) => watched.has(ip))) {
    const known = worst.get(address.ip)
    if (known === undefined || BADNESS[address.verdict] > BADNESS[known.verdict]) worst.set(address.ip, address)
  }
  return new Map([...worst].map(([ip, address]) => [ip, nextVip(vips.get(ip), address, endedAt)]))
}

const BADNESS: Record<ReportedAddress['verdict'], number> = { healthy: 0, inconclusive: 1, findings: 2 }

function findingsAfter({ findings: before }: Memory, window: JudgedWindow): Map<string, StandingFinding> {
  const { report, endedAt, isWhole } = window
  const after = new Map<string, StandingFinding>()
  for (const one of report.findings) {
    const known = before.get(one.fingerprint)
    if (known === undefined && one.symptom === 'silence' && !isWhole) continue
    after.set(one.fingerprint, { finding: findingOf(one), since: known?.since ?? endedAt, cleanWindows: 0 })
  }
  for (const [fingerprint, standing] of before) {
    if (after.has(fingerprint)) continue
    const cleanWindows = standing.cleanWindows + (couldBeFound(standing.finding, window) ? 1 : 0)
    if (cleanWindows < CLEAN_WINDOWS) after.set(fingerprint, { ...standing, cleanWindows })
  }
  return after
}

/** Of an address that nothing can be said of, nothing has ended. What is no longer watched has. */
function couldBeFound({ subject }: WatchedFinding, { report, isWhole }: JudgedWindow): boolean {
  if (report.truths.wire.read === 'no') return false
  if (subject.kind !== 'ip') return isWhole
  return isWhole && report.addresses.every(({ ip, verdict }) => ip !== subject.ip || verdict !== 'inconclusive')
}

function vipChanges(before: VipState | undefined, { ip, owner, moves, verdict, because }: VipState): Change[] {
  const changes: Change[] = []
  const times = moves - (before?.moves ?? 0)
  if (owner !== null && !before?.owner) changes.push({ event: 'owner-first-seen', ip, to: owner })
  else if (owner !== null && before?.owner && (times > 0 || !isSame(before.owner, owner)))
    changes.push({ event: 'owner-moved', ip, from: before.owner, to: owner, times })
  if (verdict === 'inconclusive' && before?.verdict !== 'inconclusive')
    changes.push({ event: 'vip-unknown', ip, because: because ?? '' })
  if (verdict !== 'inconclusive' && before?.verdict === 'inconclusive') changes.push({ event: 'vip-known', ip })
  return changes
}

function findingChanges(before: Memory['findings'], after: Memory['findings']): Change[] {
  const began = [...after].filter(([fingerprint]) => !before.has(fingerprint))
  const ended = [...before].filter(([fingerprint]) => !after.has(fingerprint))
  return [
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
  const { rule, title, severity, certainty, because, subject, message, fingerprint, docs } = finding
  return { rule, title, severity, certainty, because, subject, message, fingerprint, docs }
}

function expectationOf({ id, title, status, message }: Report['expectations'][number]): WatchedExpectation {
  return { id, title, status, message }
}
