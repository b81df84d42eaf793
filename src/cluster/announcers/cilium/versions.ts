import type { VersionRange } from '../version.js'

/** What is true of some versions of Cilium only. */
export const CILIUM = {
  /** L2 announcements are there at all. */
  announcesAtLayer2: { since: '1.14.0', source: 'https://docs.cilium.io/en/v1.14/network/l2-announcements/' },
  /** IPv6 addresses are announced too; before, only those of IPv4. */
  announcesIpv6: { since: '1.19.0', source: 'cilium/cilium#39648' },
  /** Its unsolicited advertisements lack the O flag, and name the MAC as a solicitation does: hosts ignore them. */
  announcesWithoutOverride: { since: '1.19.0', until: '1.19.5', source: 'cilium/cilium#46079' },
  /** It joins no solicited-node group for an address, of which a switch that snoops MLD would hear. */
  joinsNoGroup: { since: '1.19.0', until: '1.19.6', source: 'cilium/cilium#46332' },
  /** A Service of externalTrafficPolicy Local is announced only by a node with a backend of it. */
  announcesLocalWhereBackendIs: { since: '1.20.2', source: 'cilium/cilium#48799' },
  /** The agent's API client may send 5 requests a second where nothing is set; since then 10, from Kubernetes 1.27 on. */
  limitsClientToFive: { until: '1.15.0', source: 'cilium/cilium#29445' },
} as const satisfies Record<string, VersionRange>
