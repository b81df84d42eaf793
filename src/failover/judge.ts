import type { Gap } from '../known.js'
import { formatIp } from '../wire/ip.js'
import { isoFromMicros } from '../wire/iso-time.js'
import { formatMac, type Mac } from '../wire/mac.js'
import { type AnnouncerPromise, holdAgainst, vrrpPromise } from './announcer-promise.js'
import { type Holder, type Move, median, type Span } from './measure.js'
import { marksOf, type OwnEntries, ownEntryOf, startOf } from './own-entries.js'
import type { FailoverAddress, FailoverReport, MeasuredFailover } from './report.js'
import type { Standing, Stopwatch } from './stopwatch.js'

/** What was wanted of each address. */
export interface Wanted {
  readonly times: number
  /** Silence of more than this fails the run; null: nothing does. */
  readonly failAboveMs: number | null
}

/** What an address is judged by. */
export interface Timed {
  readonly watch: Stopwatch
  readonly vlans: readonly number[]
  readonly entries: OwnEntries | null
  readonly promise: AnnouncerPromise | null
  readonly nodeOf: (mac: Mac) => string | null
  /** When this machine itself announced it: it hears no answer of its own. Null: never. */
  readonly ownAnnouncementAt: number | null
}

export function judgeAddress(timed: Timed, wanted: Wanted): FailoverAddress {
  const { watch, vlans, nodeOf } = timed
  const machine = ({ mac, master }: Holder) => ({ mac: formatMac(mac), master, node: nodeOf(mac) })
  const silences = watch.moves.map(({ silence }) => silence)
  const { verdict, because } = verdictOf(timed, wanted)
  return {
    ip: formatIp(watch.ip),
    vlans: [...vlans],
    verdict,
    because,
    owner: watch.owner && machine(watch.owner),
    asked: watch.asks,
    answered: watch.answers,
    askEvery: everyMs(watch.askEvery),
    failovers: watch.moves.map((move) => shown(move, timed, machine)),
    median: silences.length === 0 ? null : spanMs(medianOf(silences)),
    worst: silences.length === 0 ? null : spanMs(worstOf(silences)),
    outages: watch.outages.map(({ from, until, ...span }) => ({ ...between({ from, until }), ...spanMs(span) })),
    visits: watch.visits.map(({ mac, from, until }) => ({ mac: formatMac(mac), ...between({ from, until }) })),
  }
}

/** Of the whole run. `gaps` are decisive, but those that say otherwise. */
export function judgeRun(
  addresses: readonly FailoverAddress[],
  gaps: FailoverReport['gaps'],
): Pick<FailoverReport, 'verdict' | 'headline'> {
  const slow = addresses.find(({ verdict }) => verdict === 'slow')
  if (slow) return { verdict: 'slow', headline: `${slow.ip}: ${slow.because}` }
  const decisive = gaps.find((gap) => gap.decisive)
  if (decisive) return { verdict: 'inconclusive', headline: `${decisive.subject}: ${decisive.reason}` }
  const open = addresses.find(({ verdict }) => verdict === 'inconclusive')
  if (open) return { verdict: 'inconclusive', headline: `${open.ip}: ${open.because}` }
  return { verdict: 'measured', headline: null }
}

export function decisive(gap: Gap): FailoverReport['gaps'][number] {
  return { ...gap, decisive: true }
}

function verdictOf(timed: Timed, { times, failAboveMs }: Wanted): Pick<FailoverAddress, 'verdict' | 'because'> {
  const { watch } = timed
  const standing = watch.standing()
  const limit = failAboveMs === null ? Number.POSITIVE_INFINITY : failAboveMs * 1000
  const silences = [
    ...watch.moves.map(({ silence }) => silence),
    ...(standing.state === 'silent' ? [standing.silence] : []),
  ]
  const slow = silences.find(({ least }) => least > limit)
  if (slow)
    return {
      verdict: 'slow',
      because: `nobody answered for ${seconds(slow.least)} or more, allowed are ${seconds(limit)}`,
    }
  const open = whyOpen(timed, standing, times)
  if (open !== null) return { verdict: 'inconclusive', because: open }
  const either = silences.find(({ most }) => most > limit)
  if (either) return { verdict: 'inconclusive', because: tooCoarse(either, limit) }
  return { verdict: 'measured', because: null }
}

function tooCoarse({ least, most }: Span, limit: number): string {
  return `nobody answered for ${seconds(least)} to ${seconds(most)}, allowed are ${seconds(limit)}: ask more often (--rate, fewer addresses)`
}

/** Null: what was wanted happened, and all of it was seen. */
function whyOpen({ watch, ownAnnouncementAt }: Timed, standing: Standing, times: number): string | null {
  const done = watch.moves.length
  if (watch.unkept > 0) return `too much was said of it: ${watch.unkept} frames about it were not kept`
  if (standing.state === 'unanswered') return 'nobody answered for it'
  if (standing.state === 'silent')
    return `nobody has answered since ${isoFromMicros(standing.since)}, for ${seconds(standing.silence.least)} or more${itsOwn(ownAnnouncementAt)}`
  if (standing.state === 'contested')
    return `${standing.by.map(formatMac).join(' and ')} both answered until the end, since ${isoFromMicros(standing.since)}${byAdverts(watch)}; l2doctor diagnose says why`
  if (standing.state === 'unsettled')
    return `${formatMac(standing.to)} answers since ${isoFromMicros(standing.since)}, too short a time to say that the old owner has stopped`
  if (done >= times) return null
  return done === 0 ? notMoved(watch) : `${done} of ${times} failovers happened`
}

/** The old machine may answer on although its announcer is dead: how fast the new one was then still is to be known. */
function byAdverts({ masterChange: change }: Stopwatch): string {
  const promise = change && vrrpPromise(change)
  if (!change || !promise) return ''
  const waited = `the new master advertised ${seconds(change.new.at - change.old.at)} after the last advert of the old one`
  return `; ${waited} (promised: at most ${seconds(promise.mostMs * 1000)}, ${promise.because})`
}

function itsOwn(at: number | null): string {
  return at === null ? '' : '; this machine announced it itself, and does not hear its own answers'
}

function notMoved({ outages }: Stopwatch): string {
  const longest = Math.max(0, ...outages.map(({ most }) => most))
  const meanwhile = longest === 0 ? '' : `, which was silent for up to ${seconds(longest)} meanwhile`
  return `no failover happened: the same machine answered to the end${meanwhile}`
}

function shown(
  move: Move,
  timed: Timed,
  machine: (holder: Holder) => FailoverAddress['owner'] & object,
): MeasuredFailover {
  const ownEntry = timed.entries && ownEntryOf(timed.entries, move)
  const promise = holdAgainst(move, timed.promise)
  return {
    from: machine(move.from),
    to: machine(move.to),
    startedAt: isoFromMicros(startOf(move)),
    lastAnswerOfOld: isoFromMicros(move.lastOldAt),
    firstAnswerOfNew: isoFromMicros(move.firstNewAt),
    announced: move.announcement && { at: isoFromMicros(move.announcement.at), form: move.announcement.form },
    silence: spanMs(move.silence),
    overlap: move.overlap && spanMs(move.overlap),
    askEvery: everyMs(move.askEvery),
    ownEntry: ownEntry && {
      ...ownEntry,
      changedAt: ownEntry.changedAt === null ? null : isoFromMicros(ownEntry.changedAt),
    },
    promise: promise && { ...promise, measured: spanMs(promise.measured) },
    timeline: marksOf(move, ownEntry?.changedAt ?? null),
  }
}

function between({ from, until }: { readonly from: number; readonly until: number }) {
  return { from: isoFromMicros(from), until: isoFromMicros(until) }
}

function medianOf(spans: readonly Span[]): Span {
  return { least: median(spans.map(({ least }) => least)), most: median(spans.map(({ most }) => most)) }
}

function worstOf(spans: readonly Span[]): Span {
  return spans.reduce((worst, span) => (span.most > worst.most ? span : worst))
}

function spanMs({ least, most }: Span) {
  return { leastMs: least / 1000, mostMs: most / 1000 }
}

function everyMs(every: Move['askEvery']) {
  return every && { medianMs: every.median / 1000, longestMs: every.longest / 1000 }
}

function seconds(micros: number): string {
  return `${(micros / 1e6).toFixed(2)} s`
}
