import type { Look } from '../workflows/look.js'
import type { LiveRequest } from '../workflows/look-live.js'
import type { ScanAdapters, ScanContext } from '../workflows/scan.js'
import type { SeeWire } from '../workflows/see.js'

const STDIN = '-'

/** The only place that builds adapters; each is imported when it is needed, so that start-up stays short. */

/** Where a scan looks: a capture file (`-` is stdin), or the wire. */
export type ScanPlace = { readonly read: string } | { readonly live: LiveRequest }

export interface ScanOptions {
  readonly context: ScanContext
  /** Keeps a copy of what was captured. */
  readonly write: string | undefined
  readonly version: string
  /** Hears what the operator should know before the report. */
  readonly note: (text: string) => void
  /** Also tells how late the event loop was at worst while capturing. */
  readonly verbose?: boolean
}

export async function composeScan(
  place: ScanPlace,
  { context, write, version, note, verbose = false }: ScanOptions,
): Promise<ScanAdapters> {
  const { NO_NAMES } = await import('../report/addresses.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const open = async () => ('read' in place ? lookIntoFile(place.read) : lookAtWire(place.live, note, verbose))
  return {
    open: async () => (write === undefined ? open() : copying(write, open)),
    seeFile: await fileSight(place, write),
    names: { ...NO_NAMES, vendor: vendorNames() },
    context,
    now: () => new Date(),
    version,
  }
}

async function lookIntoFile(path: string): Promise<Look> {
  const { fileLook, lookThrough } = await import('../workflows/file-look.js')
  if (path !== STDIN) return fileLook(path)
  const { stdinSource } = await import('../capture/file.js')
  return lookThrough(stdinSource(process.stdin))
}

/** A file may have been begun to be read, unless it is to be copied on the way. */
async function fileSight(place: ScanPlace, write: string | undefined): Promise<SeeWire | undefined> {
  if (!('read' in place) || place.read === STDIN || write !== undefined) return undefined
  const { seeFile } = await import('../workflows/see-file.js')
  return (options, nodes, interrupted) => seeFile({ path: place.read, options, nodes }, interrupted)
}

async function lookAtWire(request: LiveRequest, note: (text: string) => void, verbose: boolean): Promise<Look> {
  const { lookLive } = await import('../workflows/look-live.js')
  const look = await lookLive(request, note)
  return verbose ? (await import('./loop-delay.js')).withLoopDelay(look, note) : look
}

/** The copy first: what has been opened to look must not be left open because a file cannot be written. */
async function copying(file: string, open: () => Promise<Look>): Promise<Look> {
  const { startCopy } = await import('../capture/tee.js')
  const copy = await startCopy(file)
  try {
    const look = await open()
    return { ...look, source: copy.of(look.source) }
  } catch (error) {
    await copy.discard()
    throw error
  }
}
