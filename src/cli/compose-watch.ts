import type { LiveOptions } from '../capture/open-live.js'
import type { CheckFile } from '../check/model.js'
import type { Suppression } from '../report/suppress.js'
import type { Note } from '../watch/say.js'
import { type Ip, parseIp } from '../wire/ip.js'
import type { History } from '../workflows/watch/history.js'
import type { Watched } from '../workflows/watch/model.js'
import type { WatchAdapters, WatchRequest } from '../workflows/watch/watch.js'
import type { AttributionFlagValues } from './cluster-flags.js'
import { macOwners } from './compose-cluster.js'
import type { EventWriter } from './compose-events.js'
import type { Exporting } from './compose-metrics.js'
import {
  type ClusterTelling,
  type FollowedCluster,
  readsCluster,
  type WatchClusterFlags,
  watchedIn,
} from './compose-watch-cluster.js'
import { parseDuration } from './durations.js'
import { UsageError } from './exit-codes.js'
import { readCheckFile } from './read-check-file.js'
import { refuseNoHosts } from './refuse-no-hosts.js'
import { parseVips } from './vips.js'
import type { PlaceOf } from './watch-places.js'

/** Adapters of `watch`; built, like all adapters, with lazy imports. */

export interface WatchFlagValues extends AttributionFlagValues, WatchClusterFlags {
  readonly vip?: readonly string[] | undefined
  readonly check?: string | undefined
  readonly interface?: readonly string[] | undefined
  readonly probe?: 'leader' | 'always' | 'never' | undefined
  readonly 'lease-namespace'?: string | undefined
  readonly events?: boolean | undefined
  readonly rate: number
  readonly interval: string
  readonly window: string
  readonly engine: LiveOptions['engine']
}

/** A window of less could not hold a request, its answers and what asking again takes. */
const SHORTEST_WINDOW_MS = 5000
/** Twice in a second would be more than a busy segment asks for its router. */
const SHORTEST_INTERVAL_MS = 1000

export async function composeWatch(flags: WatchFlagValues, base: Watched): Promise<WatchRequest> {
  const pace = {
    windowMs: atLeast(SHORTEST_WINDOW_MS, 'window', flags.window),
    intervalMs: atLeast(SHORTEST_INTERVAL_MS, 'interval', flags.interval),
  }
  const names = flags.interface ?? (base.file?.interface ? [base.file.interface] : [undefined])
  const capture = { engine: flags.engine, env: process.env }
  const named = parseVips(flags.vip ?? [])
  for (const one of names) await refuseNoHosts(named, { capture: { ...capture, vips: named, interface: one } })
  const placeOf = await placesOf(names)
  return {
    segments: names.map((one, at) => ({
      capture,
      interface: one,
      pace: { ...pace, framesPerSecond: flags.rate / names.length },
      asks: flags.probe !== 'never',
      holdsAll: one !== undefined && names.length === 1,
      isMine: (ip) => placeOf(ip) === at,
    })),
  }
}

const NAME_VIPS =
  'name the addresses to watch with --vip, a file of them with --check, or a cluster that has them with --kubeconfig'

/** What the flags and the check file say now. Throws UsageError. */
export async function readWatched(flags: WatchFlagValues, suppressions: readonly Suppression[]): Promise<Watched> {
  const file = flags.check === undefined ? null : await readCheckFile(flags.check)
  const ofFile = file === null ? [] : addressesOf(file, flags.check ?? '')
  const vips = [...new Set([...parseVips(flags.vip ?? []), ...ofFile])]
  if (vips.length === 0 && !readsCluster(flags, false)) throw new UsageError(NAME_VIPS)
  return {
    vips,
    file: file && { ...file, nodes: [], cluster: false, baseline: null },
    suppressions,
    isOfCluster: false,
    context: {
      view: null,
      unasked: { because: 'none was named', gap: null },
      owners: await macOwners(flags),
      gaps: [],
    },
  }
}

/** A Service without its address cannot be watched. */
function addressesOf({ vips }: CheckFile, name: string): Ip[] {
  return vips.map(({ ip, service }) => {
    const parsed = ip === null ? null : parseIp(ip)
    if (parsed === null)
      throw new UsageError(`${name}: watch takes addresses only; give the address of ${service ?? ip}`)
    return parsed
  })
}

function atLeast(most: number, flag: string, text: string): number {
  const ms = parseDuration(flag, text)
  if (ms < most) throw new UsageError(`--${flag} ${text}: at least ${most / 1000} s`)
  return ms
}

/** As they are at the start. */
async function placesOf(names: readonly (string | undefined)[]): Promise<PlaceOf> {
  if (names.length < 2) return () => 0
  const { readInterfaces } = await import('../capture/this-host.js')
  const { placeAmong } = await import('./watch-places.js')
  const all = await readInterfaces()
  return placeAmong(names.map((name) => all.find((one) => one.name === name) ?? null))
}

export interface Telling extends ClusterTelling {
  readonly say: WatchAdapters['say']
  readonly exporting: Exporting
  readonly history: History | null
  readonly note: (text: string) => void
  readonly version: string
}

/** `--history`: a disk that takes nothing is told of once, and counted. Throws UsageError. */
export async function watchHistory(
  file: string | undefined,
  version: string,
  exporting: Pick<Exporting, 'historyFailed'>,
  tell: (change: Note) => void,
): Promise<History | null> {
  if (file === undefined) return null
  const { openHistory } = await import('./history-file.js')
  return openHistory(file, version, {
    failed: (reason) => tell({ event: 'failed', what: 'history', reason }),
    worksAgain: () => tell({ event: 'works-again', what: 'history' }),
    counted: exporting.historyFailed,
  })
}

export interface WithCluster {
  /** Null where none is read. */
  readonly cluster: FollowedCluster | null
  /** Null where none are written. */
  readonly events: EventWriter | null
  /** Undefined where everybody asks. */
  readonly elect: WatchAdapters['elect']
}

export async function watchAdapters(
  { say, exporting, history, note, version }: Telling,
  { cluster, events, elect }: WithCluster,
  base: () => Watched,
): Promise<WatchAdapters> {
  const within = cluster && (await watchedIn(cluster, base()))
  const { NO_NAMES } = await import('../report/addresses.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const { readGateways } = await import('../capture/gateways.js')
  return {
    watched: () => within?.(base()) ?? base(),
    ...(cluster && {
      recheck: cluster.readAfresh,
      follow: async (signal) => void (await Promise.all([cluster.follow(signal), events?.run(signal)])),
    }),
    ...(elect && { elect }),
    say,
    clockSet: (byMs) => {
      exporting.clockSet(byMs)
      history?.clockSet(byMs)
    },
    observed: (window) => {
      exporting.observed(window)
      history?.window(window)
      if (history !== null) history.segment(window.interface, readGateways(window.interface))
      events?.observed(window)
    },
    vantage: exporting.vantage,
    windowBegan: exporting.windowBegan,
    verdictsDue: exporting.verdictsDue,
    note,
    names: { ...NO_NAMES, vendor: vendorNames() },
    now: () => new Date(),
    version,
  }
}
