import type { LiveCapture } from '../../capture/open-live.js'
import { segmentName } from '../../capture/segment-name.js'
import type { Gap } from '../../known.js'
import { NO_SERVICES } from '../../probe/asking.js'
import type { Report } from '../../report/report.js'
import { shiftedMemory } from '../../watch/clock-set.js'
import { type Asked, type Change, type Memory, NOTHING_YET, type WatchedWindow } from '../../watch/model.js'
import { remember } from '../../watch/remember.js'
import type { Note, Said } from '../../watch/say.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { CLOCK } from '../look-live.js'
import { nodesOf, questionOf } from '../scan.js'
import { answeredAt } from './answered-at.js'
import { Asker, type Elect } from './asker.js'
import { ClockSteps } from './clock-steps.js'
import { type JudgeWindow, judgeWindow } from './judge-window.js'
import type { SeenWindow, SegmentRequest, Watched } from './model.js'
import { NodeMacs } from './node-macs.js'
import { withOutdatedCluster } from './outdated.js'
import { untilNextSecond } from './seconds.js'
import { watchSegment } from './segment.js'
import { VerdictsDue } from './verdicts-due.js'

export interface WatchRequest {
  /** One for each interface. */
  readonly segments: readonly (SegmentRequest & { readonly isMine: (ip: Ip) => boolean })[]
}

export interface WatchAdapters extends JudgeWindow {
  readonly watched: () => Watched
  /** Reads the cluster again; false where that cannot be done. Absent: no cluster is read. */
  readonly recheck?: (signal: AbortSignal) => Promise<boolean>
  /** Absent: everybody asks who may. */
  readonly elect?: Elect
  /** Keeps up with the cluster until it is stopped. */
  readonly follow?: (signal: AbortSignal) => Promise<void>
  /** Log and history. */
  readonly say: (said: Said) => void
  /** Metrics. */
  readonly observed: (window: WatchedWindow) => void
  readonly vantage: (device: string, up: boolean) => void
  readonly windowBegan: (device: string) => void
  /** The addresses whose first window of requests goes on, as text. */
  readonly verdictsDue: (device: string, ips: readonly string[]) => void
  /** The clock of this machine was set, ms; negative: back. */
  readonly clockSet: (byMs: number) => void
  readonly note: (text: string) => void
}

/** More changes in one window are counted only: each of thousands of addresses may have changed. */
const MOST_SAID = 100

/** Watches all interfaces until it is stopped. Throws CannotLook where one of them cannot be watched from the start. */
export async function watch(request: WatchRequest, adapters: WatchAdapters, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const steps = new ClockSteps(adapters.now, CLOCK.now)
  steps.hear((byMs) => {
    adapters.say({ at: adapters.now().toISOString(), interface: null, change: { event: 'clock-set', byMs } })
    adapters.clockSet(byMs)
  })
  const segments = request.segments.map((one) => watchOne(one, adapters, steps, stop))
  const parts = [...segments, adapters.follow?.(stop), everySecond(() => steps.look(), stop)]
  await Promise.all(parts.map((part) => part?.finally(() => over.abort())))
}

async function everySecond(look: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    look()
    await untilNextSecond(signal)
  }
}

async function watchOne(
  segment: WatchRequest['segments'][number],
  adapters: WatchAdapters,
  steps: ClockSteps,
  stopped: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const signal = AbortSignal.any([stopped, over.signal])
  const { now, say, watched } = adapters
  let [memory, device, begun] = [NOTHING_YET, segment.interface ?? '', 0]
  let isClockSet = false
  steps.hear((byMs) => {
    memory = shiftedMemory(memory, byMs)
    isClockSet = true
  })
  const macs = new NodeMacs()
  const asker = new Asker(segment.asks ? adapters.elect : undefined)
  const part = () => (segment.asks ? asker.part : 'none')
  const due = new VerdictsDue()
  const tellDue = () => {
    if (begun === 0) return
    const vips = watched().vips.filter(segment.isMine)
    adapters.verdictsDue(device, due.among(vips, part(), asker.unjudged).map(formatIp))
  }
  const tell = (change: Change | Note, window?: number) =>
    say({ at: now().toISOString(), interface: device, change, ...(window === undefined ? {} : { window }) })
  const window = async (seen: SeenWindow) => {
    steps.look()
    const unseen = isClockSet ? 'the clock of this machine was set' : whyUnseen(seen)
    isClockSet = false
    const report = await judged(seen, memory, adapters, signal)
    if (signal.aborted) return
    steps.look()
    asker.unjudged = unjudgedIn(seen, watched())
    const next = remember(memory, {
      endedAt: now().toISOString(),
      report,
      vips: new Set(stillWatched(seen.vips, watched()).map(formatIp)),
      unseen,
      answeredAt: answeredAt(seen.seen.wire),
      asked: askedIn(seen),
    })
    memory = next.memory
    macs.doubt(silentNodes(report, watched()))
    for (const change of next.changes.slice(0, MOST_SAID)) tell(change, seen.number)
    const left = next.changes.length - MOST_SAID
    if (left > 0) tell({ event: 'not-listed', changes: left }, seen.number)
    adapters.observed({ interface: device, memory, report, asked: askedIn(seen) })
    due.ended(seen.number, seen.vips)
    tellDue()
  }
  const segmentWatched = watchSegment(
    segment,
    {
      vips: () => watched().vips.filter(segment.isMine),
      serviceAddresses: () => servicesOf(watched()),
      part,
      isAnywhere: () => watched().isOfCluster,
      nodes: {
        hear: (claimants) => macs.hear(nodesOf(watched().context), claimants),
        owners: () => macs.owners,
        unheard: (isHere) => macs.unheard(unnamed(watched()), isHere),
      },
      window,
      began: () => {
        adapters.windowBegan(device)
        begun += 1
        due.began(begun, part())
        return begun
      },
      opened: (name) => {
        device = name
      },
      up: (live: Pick<LiveCapture, 'interface' | 'source'>, downMs) => {
        adapters.vantage(device, true)
        asker.start(segmentName(live.interface), tell, signal)
        tell({ event: 'vantage-up', engine: live.source.source.engine, downMs })
      },
      down: ({ reason }: Gap) => {
        adapters.vantage(device, false)
        tell({ event: 'vantage-down', reason })
      },
      note: adapters.note,
      now,
    },
    signal,
  ).finally(() => over.abort())
  await Promise.all([segmentWatched, everySecond(tellDue, signal)])
  await asker.ended
}

function whyUnseen({ isWhole, seen: { doubts } }: SeenWindow): string | null {
  return isWhole ? null : (doubts[0]?.reason ?? 'frames were dropped')
}

function askedIn({ asked }: SeenWindow): Asked {
  return typeof asked === 'string' ? asked === 'all' : new Set([...asked].map(formatIp))
}

/** What cannot be judged from this machine, in whatever window: what it cannot ask for, holds or announces itself; all, where nothing is heard. */
function unjudgedIn({ seen, vips, unaskable, isCutOff }: SeenWindow, { context }: Watched): readonly Ip[] {
  if (seen.look === null || isCutOff) return vips
  const { own } = questionOf({ vips, expectedMacs: [], probed: null }, seen, context)
  const unjudged = new Set([...unaskable, ...own.ips, ...(own.announces ?? [])])
  return vips.filter((ip) => unjudged.has(ip))
}

/**
 * Where something is wrong that was not before, the objects may be older than the frames: they are read again before that is said. Where
 * this cannot be done, nobody knows who should answer, or whom a lease names by now.
 */
async function judged(seen: SeenWindow, memory: Memory, adapters: WatchAdapters, signal: AbortSignal): Promise<Report> {
  const judge = async (by: Watched) => {
    const vips = stillWatched(seen.vips, by)
    return { vips, report: await judgeWindow({ ...seen, vips }, by, adapters, signal) }
  }
  let { vips, report } = await judge(adapters.watched())
  if (adapters.recheck && isWorse(memory, report)) {
    const isFresh = await adapters.recheck(signal)
    const now = adapters.watched()
    ;({ vips, report } = await judge(isFresh ? now : withOutdatedCluster(now)))
  }
  const gone = new Set(seen.vips.filter((ip) => !vips.includes(ip)).map(formatIp))
  const isThere = ({ subject }: Report['findings'][number]) => subject.kind !== 'ip' || !gone.has(subject.ip)
  return gone.size === 0 ? report : { ...report, findings: report.findings.filter(isThere) }
}

/** The nodes that should have answered for addresses of which nothing was heard. */
function silentNodes({ addresses }: Report, { context: { view } }: Watched): readonly string[] {
  if (!view?.known) return []
  const { expected } = view.value
  const silent = addresses.filter(({ claims }) => claims.length === 0)
  return silent.flatMap(
    ({ ip }) =>
      expected
        .get(ip)
        ?.nodes.slice(0, 1)
        .map(({ node }) => node) ?? [],
  )
}

function isWorse({ vips, findings: standing }: Memory, { addresses, findings }: Report): boolean {
  return (
    findings.some(({ subject, fingerprint }) => subject.kind === 'ip' && !standing.has(fingerprint)) ||
    addresses.some(
      ({ ip, claims }) =>
        claims.some(({ expected }) => expected === false) && vips.get(ip)?.answersAsExpected !== false,
    )
  )
}

/** An address that has gone meanwhile is not silent. */
function stillWatched(vips: readonly Ip[], { vips: now }: Watched): readonly Ip[] {
  const there = new Set(now)
  return vips.every((ip) => there.has(ip)) ? vips : vips.filter((ip) => there.has(ip))
}

function unnamed({ context }: Watched) {
  const named = new Set(context.owners.map(({ node }) => node))
  return nodesOf(context).filter(({ name }) => !named.has(name))
}

function servicesOf({ context: { view } }: Watched) {
  return view?.known ? view.value.serviceAddresses : NO_SERVICES
}
