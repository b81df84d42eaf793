import type { FrameSource, SourceIdentity } from '../capture/source.js'
import type { AnnouncerPromise } from '../failover/announcer-promise.js'
import { decisive, judgeAddress, judgeRun, type Timed, type Wanted } from '../failover/judge.js'
import { Listener } from '../failover/listener.js'
import type { OwnEntries } from '../failover/own-entries.js'
import type { FailoverReport } from '../failover/report.js'
import type { Hearer, SeenAdvert, Sign } from '../failover/sign.js'
import { Stopwatch } from '../failover/stopwatch.js'
import { CannotLook, type Gap } from '../known.js'
import { CaptureFormatError, CutShortError } from '../wire/capture-format.js'
import { CaptureReader } from '../wire/capture-reader.js'
import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

export interface FailoverRequest extends Wanted {
  readonly vips: readonly Ip[]
}

/** What is watched, from its beginning to its end. */
export interface Watching {
  readonly source: FrameSource
  /** The MACs of this machine, the asking one first; none: a capture of somebody else is read. */
  readonly ownMacs: readonly Mac[]
  /** Requests in a second; null: none are sent. */
  readonly rate: number | null
  /** Asks until it is to end, then stops the source; null: it ends by itself. Answers with what could not be done. */
  readonly work: ((watches: Watches, signal: AbortSignal) => Promise<readonly Gap[]>) | null
  /** What is known of this machine's own entry; read at the end. */
  entriesOf(ip: Ip): OwnEntries | null
  /** What is missing and decides nothing; read at the end. */
  lacks(): readonly Gap[]
  conditions(): { readonly dropped: number | null; readonly clock: 'kernel' | 'userspace' }
}

export interface FailoverAdapters {
  /** Throws CannotLook. */
  readonly open: () => Promise<Watching>
  readonly promiseOf: (ip: Ip) => AnnouncerPromise | null
  readonly nodeOf: (mac: Mac) => string | null
  readonly now: () => Date
  readonly version: string
}

/** The stopwatch of each address asked for, on each VLAN stack where something is said of it. */
export class Watches implements Hearer {
  readonly all: { readonly watch: Stopwatch; readonly vlans: readonly number[]; ownAnnouncementAt: number | null }[] =
    []
  private readonly byKey = new Map<string, Watches['all'][number]>()
  private readonly asked: ReadonlySet<Ip>
  private readonly ownMacs: readonly Mac[]

  constructor(asked: readonly Ip[], ownMacs: readonly Mac[]) {
    this.asked = new Set(asked)
    this.ownMacs = ownMacs
    for (const ip of asked) this.on(ip, [])
  }

  sign(ip: Ip, vlans: readonly number[], sign: Sign): void {
    if (!this.asked.has(ip) || this.isElsewhere(vlans)) return
    const one = this.on(ip, vlans)
    if (sign.what === 'announcement' && this.ownMacs.includes(sign.mac)) one.ownAnnouncementAt ??= sign.at
    one.watch.sign(sign)
  }

  advert(vlans: readonly number[], seen: SeenAdvert): void {
    if (this.isElsewhere(vlans)) return
    for (const one of this.all) if (isSameStack(one.vlans, vlans)) one.watch.advert(seen)
  }

  /** Those to report: an address that only tagged frames name is there, and untagged it is not. */
  get seen(): Watches['all'] {
    const tagged = new Set(this.all.flatMap(({ watch, vlans }) => (vlans.length > 0 ? [watch.ip] : [])))
    return this.all.filter(
      ({ watch, vlans }) => vlans.length > 0 || watch.asks + watch.answers > 0 || !tagged.has(watch.ip),
    )
  }

  /** Tagged frames on an interface that we ask on are of another segment. */
  private isElsewhere(vlans: readonly number[]): boolean {
    return this.ownMacs.length > 0 && vlans.length > 0
  }

  private on(ip: Ip, vlans: readonly number[]): Watches['all'][number] {
    const key = `${ip} ${vlans}`
    const known = this.byKey.get(key)
    if (known) return known
    const one = { watch: new Stopwatch(ip, this.ownMacs[0] ?? null), vlans, ownAnnouncementAt: null }
    this.byKey.set(key, one)
    this.all.push(one)
    return one
  }
}

function isSameStack(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((vlan, depth) => vlan === other[depth])
}

/** Frames → moves of each address → report. `interrupted` ends it; what was seen until then is judged. */
export async function failover(
  request: FailoverRequest,
  adapters: FailoverAdapters,
  interrupted: AbortSignal,
): Promise<FailoverReport> {
  const startedAt = adapters.now().toISOString()
  const { watching, watches, gaps } = await watch(request, adapters, interrupted)
  const timed = watches.seen.map(
    (one): Timed => ({
      ...one,
      entries: watching?.entriesOf(one.watch.ip) ?? null,
      promise: adapters.promiseOf(one.watch.ip),
      nodeOf: adapters.nodeOf,
    }),
  )
  const addresses = timed.map((one) => judgeAddress(one, request))
  const lacks = (watching?.lacks() ?? []).map((gap) => ({ ...gap, decisive: false }))
  const all = [...gaps.map(decisive), ...lacks]
  return {
    schemaVersion: 1,
    tool: { name: 'l2doctor', version: adapters.version },
    run: {
      command: 'failover',
      startedAt,
      endedAt: adapters.now().toISOString(),
      interrupted: interrupted.aborted,
      source: watching === null ? null : identity(watching.source.source),
      rate: watching?.rate ?? null,
      times: request.times,
    },
    ...judgeRun(addresses, all),
    failAboveMs: request.failAboveMs,
    clock: watching?.conditions().clock ?? 'kernel',
    addresses,
    gaps: all,
  }
}

function identity({ kind, name, engine }: SourceIdentity) {
  return { kind, name, engine }
}

interface Watched {
  readonly watching: Watching | null
  readonly watches: Watches
  readonly gaps: readonly Gap[]
}

async function watch(request: FailoverRequest, { open }: FailoverAdapters, interrupted: AbortSignal): Promise<Watched> {
  let watching: Watching
  try {
    watching = await open()
  } catch (error) {
    if (!(error instanceof CannotLook)) throw error
    return { watching: null, watches: new Watches(request.vips, []), gaps: [error.gap] }
  }
  const watches = new Watches(request.vips, watching.ownMacs)
  const listener = new Listener(watches)
  const over = new AbortController()
  const signal = AbortSignal.any([interrupted, over.signal])
  const { source, work } = watching
  const working = (work?.(watches, signal) ?? aborted(signal)).finally(() => source.stop())
  const reading = read(source, listener).finally(() => over.abort())
  const [undone, unread] = await Promise.all([working, reading])
  return { watching, watches, gaps: [...unread, ...undone, ...doubtsOf(watching, listener)] }
}

async function aborted(signal: AbortSignal): Promise<readonly Gap[]> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  return []
}

/** What was read before a source failed still counts. */
async function read({ source, bytes }: FrameSource, listener: Listener): Promise<Gap[]> {
  const reader = new CaptureReader(listener)
  const subject = source.name
  try {
    for await (const chunk of bytes()) reader.push(chunk)
    if (!reader.finish().truncated) return []
    return [{ subject, reason: 'the capture ends inside a frame', hint: 'copy the file again, or capture again' }]
  } catch (error) {
    if (error instanceof CannotLook) return [error.gap]
    if (error instanceof CutShortError || error instanceof CaptureFormatError)
      return [{ subject, reason: error.message, hint: 'give a whole pcap or pcapng file, plain or gzip' }]
    throw error
  }
}

function doubtsOf({ source: { source }, conditions }: Watching, { stepsBack, unread }: Listener): Gap[] {
  const subject = source.name
  const { dropped } = conditions()
  return [
    ...[...unread].map(([what, frames]) => ({
      subject,
      reason: `not read: ${what} (${frames} frames)`,
      hint: 'capture Ethernet frames whole, with tcpdump -s 0',
    })),
    ...((dropped ?? 0) > 0
      ? [
          {
            subject,
            reason: `${dropped} frames were dropped before they were seen`,
            hint: 'repeat on a quieter machine',
          },
        ]
      : []),
    ...(stepsBack > 0 ? [{ subject, reason: CLOCK_SET, hint: 'repeat while nothing sets the clock' }] : []),
  ]
}

const CLOCK_SET = 'the clock was set back while it was measured: times before and after must not be subtracted'
