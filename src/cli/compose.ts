import { CannotWrite } from '../files/cannot-write.js'
import type { Gap } from '../known.js'
import type { Ip } from '../wire/ip.js'
import type { Look } from '../workflows/look.js'
import type { LiveRequest } from '../workflows/look-live.js'
import type { ScanAdapters } from '../workflows/scan.js'
import type { ScanContext } from '../workflows/scan-request.js'
import type { SeeWire } from '../workflows/see.js'
import type { Vantage } from '../workflows/vantage/see-all.js'
import type { ReachFlags } from './compose-vantages.js'
import { UsageError } from './exit-codes.js'
import { liveLine } from './live-line.js'
import { fileProgress, withLiveLine } from './live-look.js'
import { refuseNoHosts } from './refuse-no-hosts.js'
import type { Saves } from './saves.js'
import type { VantageSpec } from './vantage-flags.js'

const STDIN = '-'

/** The only place that builds adapters; each is imported when it is needed, so that start-up stays short. */

/** Where a scan looks: a capture file (`-` is stdin), or the wire. */
export type ScanPlace =
  | { readonly read: string }
  | {
      /** The places of `--at`; undefined: this machine. */
      readonly at: readonly VantageSpec[] | undefined
      /** Null: all of them are files. */
      readonly live: LiveRequest | null
      /** The addresses that somebody named, not those that the cluster has. */
      readonly named: readonly Ip[]
    }

export interface ScanOptions {
  readonly context: ScanContext
  /** Keeps a copy of what was captured. */
  readonly write: string | undefined
  readonly saves: Saves
  readonly version: string
  /** Hears what the operator should know before the report. */
  readonly note: (text: string) => void
  /** Also tells how late the event loop was at worst while capturing. */
  readonly verbose?: boolean
  /** How the hosts of `--at` are reached. */
  readonly reach: ReachFlags
}

export async function composeScan(place: ScanPlace, options: ScanOptions): Promise<ScanAdapters> {
  const { context, write, saves, version } = options
  if ('named' in place && place.live && asksHere(place)) await refuseNoHosts(place.named, place.live)
  const { NO_NAMES } = await import('../report/addresses.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const keeping = (open: () => Promise<Look>) => (write === undefined ? open() : copying(write, open, saves))
  const places = await placesOf(place, options)
  return {
    open: () => keeping(() => openPlace(place, options)),
    seeFile: await fileSight(place, write),
    ...(places && { vantages: places.map((one) => ({ ...one, open: (end) => keeping(() => one.open(end)) })) }),
    names: { ...NO_NAMES, vendor: vendorNames() },
    context,
    now: () => new Date(),
    version,
  }
}

function asksHere({ at }: Extract<ScanPlace, { named: unknown }>): boolean {
  return at === undefined || at.some(({ kind }) => kind === 'local')
}

async function openPlace(place: ScanPlace, { note, verbose = false }: ScanOptions): Promise<Look> {
  if ('read' in place) return lookIntoFile(place.read)
  if (place.live === null) throw new UsageError('--at names files only')
  return lookAtWire(place.live, note, verbose)
}

/** Undefined where none was named. */
async function placesOf(
  place: ScanPlace,
  { note, verbose = false, reach, write, context }: ScanOptions,
): Promise<Vantage[] | undefined> {
  if ('read' in place || place.at === undefined) return undefined
  if (write !== undefined && place.at.length > 1)
    throw new UsageError('--write keeps one capture: name one place with --at')
  const { composeVantages } = await import('./compose-vantages.js')
  const { nodesOf } = await import('../workflows/scan.js')
  return composeVantages(place.at, {
    flags: reach,
    live: place.live,
    note,
    namespaces: announcerNamespaces(context),
    targetOf: (name) => ({
      name,
      address: nodesOf(context).find((node) => node.name === name)?.internalIPs[0] ?? name,
    }),
    lookLocal: (request) => lookAtWire(request, note, verbose),
    lookIntoFile,
  })
}

/** Those of the announcers' agents, whose rights over the network are the same. */
function announcerNamespaces({ view }: ScanContext): string[] {
  const workloads = view?.known && view.value.whole.workloads.known ? view.value.whole.workloads.value : []
  return [...new Set(workloads.map(({ namespace }) => namespace))].sort().slice(0, MOST_NAMESPACES)
}

/** Each costs a question to the API server where the ones before refuse. */
const MOST_NAMESPACES = 8

async function lookIntoFile(path: string): Promise<Look> {
  const { fileLook, lookThrough } = await import('../workflows/file-look.js')
  if (path !== STDIN) return fileLook(path)
  const { stdinSource } = await import('../capture/file.js')
  return lookThrough(stdinSource(process.stdin))
}

/** A large file is read in two threads, unless it is to be copied on the way. */
async function fileSight(place: ScanPlace, write: string | undefined): Promise<SeeWire | undefined> {
  if (!('read' in place) || place.read === STDIN || write !== undefined) return undefined
  const { seeFile } = await import('../workflows/see-file.js')
  const noticed = liveLine.seen ? fileProgress(place.read) : undefined
  return (options, nodes, interrupted) =>
    seeFile({ path: place.read, options, nodes }, interrupted, noticed).finally(() => liveLine.clear())
}

async function lookAtWire(request: LiveRequest, note: (text: string) => void, verbose: boolean): Promise<Look> {
  const { lookLive } = await import('../workflows/look-live.js')
  const look = withLiveLine(await lookLive(request, note))
  return verbose ? (await import('./loop-delay.js')).withLoopDelay(look, note) : look
}

/** The copy first: what has been opened to look must not be left open because a file cannot be written. */
async function copying(file: string, open: () => Promise<Look>, saves: Saves): Promise<Look> {
  const { startCopy } = await import('../capture/tee.js')
  const gaps: Gap[] = []
  const copy = startCopy(await saves.open(file, 'owner'), (cause) => {
    const failure = CannotWrite.because(file, cause)
    saves.failed(failure)
    gaps.push({ subject: `--write ${file}`, reason: `the copy is not whole: ${failure.reason}`, hint: failure.hint })
  })
  try {
    const look = await open()
    return { ...look, source: copy.of(look.source), unkept: () => gaps }
  } catch (error) {
    await copy.discard()
    throw error
  }
}
