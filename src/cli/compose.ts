import type { ScanAdapters } from '../workflows/scan.js'

/** The only place that builds adapters; each is imported when it is needed, so that start-up stays short. */

export async function composeFileScan(path: string, version: string): Promise<ScanAdapters> {
  const { fileSource, stdinSource } = await import('../capture/file.js')
  const { NO_NAMES } = await import('../report/addresses.js')
  return {
    source: path === '-' ? stdinSource(process.stdin) : fileSource(path),
    conditions: () => ({ dropped: null, clock: 'kernel', promiscuityChanged: null }),
    names: NO_NAMES,
    now: () => new Date(),
    version,
  }
}
