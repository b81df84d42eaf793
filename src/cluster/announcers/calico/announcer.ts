import { mapKnown, valueOr } from '../../../known.js'
import { holdsAddress } from '../../address-range.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Announcer, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { calicoByBgp } from './by-bgp.js'
import { answeredRanges, answersForServices, bgpConfiguration, calicoIn } from './config.js'
import { calicoManner } from './manner.js'
import { CALICO_PEOPLE } from './people.js'
import { CALICO_READS } from './reads.js'

/**
 * Calico where it announces addresses of Services: by BGP, which needs no answer on the segment, or by Felix, which answers
 * for them itself where it is told to. The proxy_arp of its veths answers pods alone.
 */
export const calico = {
  name: 'calico',
  reads: CALICO_READS,
  people: CALICO_PEOPLE,
  byLease: false,
  fails: ['silent', 'kept'],
  // they bear on addresses that no other announcer counts its own
  concern: (cluster) => concernOf(calicoIn(cluster), []),
  classes: (cluster) => (valueOr(calicoIn(cluster), null) ? ['calico'] : []),
  pools: (cluster) =>
    valueOr(cluster.calicoIpPools, [])
      .filter(({ allowedUses }) => allowedUses.includes('LoadBalancer'))
      .map(({ name, cidr }) => ({ object: `IPPool/${name}`, addresses: [cidr] })),
  byBgp: calicoByBgp,
  detect: (cluster) =>
    mapKnown(calicoIn(cluster), (found) =>
      found && announces(cluster) ? { version: found.version, object: found.object } : null,
    ),
  vips: (cluster) => ({
    answers: answersForServices(cluster)
      ? valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster))
      : [],
    gaps: [cluster.calicoIpPools, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
  manner: calicoManner,
} as const satisfies Announcer

function announces(cluster: ClusterSnapshot): boolean {
  const bgp = bgpConfiguration(cluster)
  const advertised = [...(bgp?.loadBalancerIPs ?? []), ...(bgp?.externalIPs ?? [])]
  return answersForServices(cluster) || advertised.length > 0
}

/** One node by a ring of hashes over all nodes, whose places are not computed here: who it is stays open. */
function answersFor({ type, key, ingress, loadBalancerIP }: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  if (type !== 'LoadBalancer') return []
  const ranges = answeredRanges(cluster)
  const ips = [...new Set([...ingress.flatMap(({ ip }) => ip ?? []), ...(loadBalancerIP ? [loadBalancerIP] : [])])]
  return ips
    .filter((ip) => holdsAddress(ranges, ip))
    .map((ip) => ({
      ip,
      service: key,
      get candidates() {
        return valueOr(cluster.nodes, []).map(({ name }) => ({ node: name, eligible: true, because: [] }))
      },
      expected: [],
      disagreements: [],
      undecided: {
        subject: `calico: who answers for ${ip}`,
        reason: 'Felix chooses one node by a ring of hashes, and no object of the API names it',
        hint: `ask on the wire: l2doctor scan --vip ${ip}`,
      },
    }))
}
