import type { Takeover } from '../takeover.js'

const DEFAULT_LEASE_S = 15
/** `l2announcements.leaseRenewDeadline` where it is not set. */
const RENEW_DEADLINE_S = 5

/** By its page on L2 announcements: from the lease less the renew deadline to both together. */
export function ciliumTakeover(leaseSeconds: number | null): Takeover {
  const lease = leaseSeconds ?? DEFAULT_LEASE_S
  return {
    announcer: 'cilium',
    leastMs: Math.max(0, lease - RENEW_DEADLINE_S) * 1000,
    mostMs: (lease + RENEW_DEADLINE_S) * 1000,
    because: `lease ${lease} s, renew deadline ${RENEW_DEADLINE_S} s if not set otherwise`,
    source: 'docs.cilium.io/en/stable/network/l2-announcements',
  }
}
