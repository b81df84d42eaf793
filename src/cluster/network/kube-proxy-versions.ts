import type { VersionRange } from '../announcers/version.js'

/** What is true of some versions of kube-proxy only. */
export const KUBE_PROXY = {
  /**
   * In mode nftables the drop for "no endpoint here" also meets what the node itself and its pods send. The change is in 1.34.0
   * and was picked to 1.33 in September 2025, so a 1.33 may have it.
   */
  dropsOwnTrafficToLocalServices: { since: '1.29.0', until: '1.34.0', source: 'kubernetes/kubernetes#132456' },
  neverMendedFor: { until: '1.33.0', source: 'kubernetes/kubernetes#133969' },
} as const satisfies Record<string, VersionRange>
