import type { Lease } from '../model.js'
import type { ExpectedNode } from './announcer.js'

/** Whether the holder had renewed it when the cluster was read; a lease without times counts as fresh. */
export function isFresh({ renewedAt, durationSeconds }: Lease, observedAt: string): boolean {
  if (renewedAt === null || durationSeconds === null) return true
  return Date.parse(observedAt) - Date.parse(renewedAt) <= (durationSeconds + GRACE_SECONDS) * 1000
}

/** Reading a large cluster takes a while, and its clocks are not ours. */
const GRACE_SECONDS = 30

/** The holder of a lease as an expectation; nothing for a lease that is free or expired. */
export function holderOf(lease: Lease | undefined, observedAt: string): readonly ExpectedNode[] {
  if (!lease?.holder || !isFresh(lease, observedAt)) return []
  return [{ node: lease.holder, from: 'lease', detail: `Lease/${lease.key}` }]
}
