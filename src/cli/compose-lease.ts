import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { WatchAdapters } from '../workflows/watch/watch.js'
import { reconnectTo } from './compose-cluster.js'
import { readsCluster, type WatchClusterFlags } from './compose-watch-cluster.js'

export interface ElectFlags extends WatchClusterFlags {
  readonly probe?: 'leader' | 'always' | 'never' | undefined
  readonly 'lease-namespace'?: string | undefined
}

const OWN_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'
const DEFAULT_NAMESPACE = 'l2doctor'
/** As client-go's: a holder that is gone is replaced after so long, s; it says so often that it is there, ms. */
const [DURATION_S, EVERY_MS] = [15, 3000]

/** Who asks on a segment, by a Lease for each; undefined where everybody does: because it was said, or there is no API server to ask. */
export function electorOf(flags: ElectFlags, note: (text: string) => void): WatchAdapters['elect'] {
  const { probe = existsSync(OWN_NAMESPACE) ? 'leader' : 'always' } = flags
  if (probe !== 'leader') return undefined
  if (flags['cluster-from'] !== undefined || !readsCluster(flags, false)) {
    if (flags.probe === 'leader')
      note('there is no API server to hold a Lease at: this watch asks, and so does each other')
    return undefined
  }
  const namespace = flags['lease-namespace'] ?? ownNamespace() ?? DEFAULT_NAMESPACE
  const identity = `${hostname()}_${process.pid}_${randomBytes(4).toString('hex')}`
  return async (segment, candidate, signal) => {
    const { SegmentLease } = await import('../cluster/segment-lease.js')
    const { CLOCK } = await import('../workflows/look-live.js')
    const { electByTwoLeases } = await import('../workflows/watch/two-leases.js')
    const leaseOf: Parameters<typeof electByTwoLeases>[2] = (making) =>
      new SegmentLease({
        ...making,
        connect: () => reconnectTo(flags, signal),
        namespace,
        identity,
        durationS: DURATION_S,
        everyMs: EVERY_MS,
        clock: CLOCK,
      })
    await electByTwoLeases(`l2doctor-watch-${segment}`, candidate, leaseOf, signal)
  }
}

function ownNamespace(): string | null {
  return existsSync(OWN_NAMESPACE) ? readFileSync(OWN_NAMESPACE, 'utf8').trim() : null
}
