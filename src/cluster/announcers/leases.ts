import { once } from '../../once.js'
import type { Lease } from '../model.js'
import type { ExpectedNode, LeaseState } from './announcer.js'

/** Whether the holder had renewed it when the cluster was read; a lease without times counts as fresh. */
export function isFresh({ renewedAt, durationSeconds }: Lease, observedAt: string): boolean {
  if (renewedAt === null || durationSeconds === null) return true
  return Date.parse(observedAt) - Date.parse(renewedAt) <= (durationSeconds + graceSeconds(durationSeconds)) * 1000
}

/** Reading a large cluster takes a while, and its clocks are not ours; a lease of 5 s is renewed every second. */
function graceSeconds(durationSeconds: number): number {
  return Math.min(30, Math.max(10, 2 * durationSeconds))
}

/** The first lease of each name, and of each `namespace/name`. */
export const leasesByName = once((leases: readonly Lease[]) => firstBy(leases, ({ name }) => name))
export const leasesByKey = once((leases: readonly Lease[]) => firstBy(leases, ({ key }) => key))

function firstBy(leases: readonly Lease[], keyOf: (lease: Lease) => string): ReadonlyMap<string, Lease> {
  return new Map(leases.toReversed().map((lease) => [keyOf(lease), lease]))
}

/** A lease as it stood; undefined where there is none. */
export function leaseState(lease: Lease | undefined, observedAt: string): LeaseState | undefined {
  if (!lease) return undefined
  const { key, renewedAt, durationSeconds } = lease
  const holder = lease.holder || null
  const age = renewedAt === null ? null : Math.round((Date.parse(observedAt) - Date.parse(renewedAt)) / 1000)
  return { object: `Lease/${key}`, holder, renewedAt, durationSeconds, expired: !isFresh(lease, observedAt), age }
}

/** Nobody has the lease: what else names a node is older than that. */
export function isVacant(lease: Lease | undefined, observedAt: string): boolean {
  return lease !== undefined && !isFresh(lease, observedAt)
}

/** The holder of a lease as an expectation; nothing for a lease that is free or expired. */
export function holderOf(lease: Lease | undefined, observedAt: string): readonly ExpectedNode[] {
  if (!lease?.holder || !isFresh(lease, observedAt)) return []
  return [{ node: lease.holder, from: 'lease', detail: `Lease/${lease.key}` }]
}
