import type { NetworkInterface } from '../capture/interfaces.js'
import type { LiveOptions } from '../capture/open-live.js'
import type { CheckFile } from '../check/model.js'
import type { Suppression } from '../report/suppress.js'
import { type Ip, parseIp } from '../wire/ip.js'
import type { Watched } from '../workflows/watch/model.js'
import type { WatchAdapters, WatchRequest } from '../workflows/watch/watch.js'
import type { AttributionFlagValues } from './cluster-flags.js'
import { macOwners } from './compose-cluster.js'
import { parseDuration } from './durations.js'
import { UsageError } from './exit-codes.js'
import { readCheckFile } from './read-check-file.js'
import { refuseNoHosts } from './refuse-no-hosts.js'
import { parseVips } from './vips.js'

/** Adapters of `watch`; built, like all adapters, with lazy imports. */

export interface WatchFlagValues extends AttributionFlagValues {
  readonly vip?: readonly string[] | undefined
  readonly check?: string | undefined
  readonly interface?: readonly string[] | undefined
  readonly probe: 'always' | 'never'
  readonly rate: number
  readonly interval: string
  readonly window: string
  readonly engine: LiveOptions['engine']
}

/** A window of less could not hold a request, its answers and what asking again takes. */
const SHORTEST_WINDOW_MS = 5000
/** Twice in a second would be more than a busy segment asks for its router. */
const SHORTEST_INTERVAL_MS = 1000

export async function composeWatch(
  flags: WatchFlagValues,
  suppressions: readonly Suppression[],
): Promise<{ readonly request: WatchRequest; readonly watched: Watched }> {
  const pace = {
    windowMs: atLeast(SHORTEST_WINDOW_MS, 'window', flags.window),
    intervalMs: atLeast(SHORTEST_INTERVAL_MS, 'interval', flags.interval),
  }
  const watched = await readWatched(flags, suppressions)
  const names = flags.interface ?? (watched.file?.interface ? [watched.file.interface] : [undefined])
  const capture = { engine: flags.engine, env: process.env }
  const named = parseVips(flags.vip ?? [])
  for (const one of names) await refuseNoHosts(named, { capture: { ...capture, vips: named, interface: one } })
  const isMine = await sharedOut(names)
  return {
    watched,
    request: {
      segments: names.map((one, at) => ({
        capture,
        interface: one,
        pace: { ...pace, framesPerSecond: flags.rate / names.length },
        asks: flags.probe === 'always',
        isMine: isMine(at),
      })),
    },
  }
}

/** What the flags and the check file say now. Throws UsageError. */
export async function readWatched(flags: WatchFlagValues, suppressions: readonly Suppression[]): Promise<Watched> {
  const file = flags.check === undefined ? null : await readCheckFile(flags.check)
  const ofFile = file === null ? [] : addressesOf(file, flags.check ?? '')
  const vips = [...new Set([...parseVips(flags.vip ?? []), ...ofFile])]
  if (vips.length === 0) throw new UsageError('name the addresses to watch with --vip, or a file of them with --check')
  return {
    vips,
    file: file && { ...file, nodes: [], cluster: false, baseline: null },
    suppressions,
    context: {
      view: null,
      unasked: { because: 'watch reads no cluster', gap: null },
      owners: await macOwners(flags),
      gaps: [],
    },
  }
}

/** A Service without its address cannot be watched: no cluster is read. */
function addressesOf({ vips }: CheckFile, name: string): Ip[] {
  return vips.map(({ ip, service }) => {
    const parsed = ip === null ? null : parseIp(ip)
    if (parsed === null) throw new UsageError(`${name}: watch reads no cluster; give the address of ${service ?? ip}`)
    return parsed
  })
}

function atLeast(most: number, flag: string, text: string): number {
  const ms = parseDuration(flag, text)
  if (ms < most) throw new UsageError(`--${flag} ${text}: at least ${most / 1000} s`)
  return ms
}

/** Each address belongs to the first interface whose subnet holds it; the first interface has the rest. */
async function sharedOut(names: readonly (string | undefined)[]): Promise<(at: number) => (ip: Ip) => boolean> {
  if (names.length < 2) return () => () => true
  const { readInterfaces } = await import('../capture/this-host.js')
  const { isOnLink } = await import('../capture/interfaces.js')
  const all = await readInterfaces()
  const devices = names.map((name) => all.find((one): one is NetworkInterface => one.name === name))
  const placeOf = (ip: Ip) =>
    Math.max(
      0,
      devices.findIndex((device) => device !== undefined && isOnLink(ip, device)),
    )
  return (at) => (ip) => placeOf(ip) === at
}

export interface Telling {
  readonly log: 'text' | 'json'
  readonly exporting: Pick<WatchAdapters, 'observed' | 'vantage'>
  readonly note: (text: string) => void
  readonly version: string
}

export async function watchAdapters(
  { log, exporting, note, version }: Telling,
  watched: () => Watched,
): Promise<WatchAdapters> {
  const { NO_NAMES } = await import('../report/addresses.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const { logger } = await import('./watch-log.js')
  return {
    watched,
    say: logger(log),
    observed: exporting.observed,
    vantage: exporting.vantage,
    note,
    names: { ...NO_NAMES, vendor: vendorNames() },
    now: () => new Date(),
    version,
  }
}
