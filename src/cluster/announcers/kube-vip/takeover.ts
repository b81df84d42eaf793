import type { Takeover } from '../takeover.js'

/** Lease and retry period where nothing is set: before and since v1.1.0 (cmd/kube-vip.go of each). */
const DEFAULTS = { old: { lease: 5, retry: 1 }, now: { lease: 15, retry: 2 } } as const
/** A candidate looks every retry period, each time up to 1.2 of it later (client-go, JitterFactor). */
const LONGEST_LOOK = 2.2

/**
 * Kubernetes leader election: the holder renews in each retry period. A candidate takes a lease that it has not seen renewed for as
 * long as the lease lasts; it may see the last renewal one look late, and take the lease one look late.
 */
export function kubeVipTakeover(leaseSeconds: number | null): Takeover {
  const [low, high] =
    leaseSeconds === null ? [DEFAULTS.old, DEFAULTS.now] : [settings(leaseSeconds), settings(leaseSeconds)]
  const because =
    leaseSeconds === null
      ? 'lease and retry period 5 s and 1 s before v1.1.0, 15 s and 2 s since, if not set otherwise'
      : `lease ${leaseSeconds} s, retry period ${high.retry} s if not set otherwise`
  return {
    announcer: 'kube-vip',
    leastMs: Math.max(0, low.lease - low.retry) * 1000,
    mostMs: Math.round((high.lease + 2 * LONGEST_LOOK * high.retry) * 1000),
    because,
    source: 'kube-vip cmd/kube-vip.go at v1.0.4 and v1.1.0; client-go tools/leaderelection',
  }
}

function settings(lease: number) {
  return { lease, retry: lease <= DEFAULTS.old.lease ? DEFAULTS.old.retry : DEFAULTS.now.retry }
}
