import { mapKnown, valueOr } from '../../../known.js'
import type { ClusterSnapshot } from '../../model.js'
import { readCnis } from '../../network/cni.js'
import type { Announcer, Concern } from '../announcer.js'
import { answersOf } from './answers.js'
import { ciliumByBgp } from './by-bgp.js'
import { agentVersion, announcingConfig } from './config.js'
import { ciliumManner } from './manner.js'
import { CILIUM_PEOPLE } from './people.js'
import { CILIUM_READS } from './reads.js'

/** Cilium's L2 announcements. */
export const cilium = {
  name: 'cilium',
  reads: CILIUM_READS,
  people: CILIUM_PEOPLE,
  byLease: true,
  fails: ['silent', 'kept'],
  detect: (cluster) =>
    mapKnown(cluster.configMaps, () => {
      const config = announcingConfig(cluster)
      return config ? { version: agentVersion(cluster), object: `ConfigMap/${config.key}` } : null
    }),
  vips: (cluster) => ({
    answers: answersOf(cluster),
    gaps: [cluster.services, cluster.ciliumL2Policies, cluster.nodes, cluster.leases].flatMap((one) =>
      one.known ? [] : [one.gap],
    ),
  }),
  manner: ciliumManner,
  concern,
  classes: (cluster) => (assigns(cluster) ? ['io.cilium/l2-announcer', 'io.cilium/bgp-control-plane'] : []),
  pools: (cluster) =>
    valueOr(cluster.ciliumPools, []).map(({ name, blocks }) => ({
      object: `CiliumLoadBalancerIPPool/${name}`,
      addresses: blocks.map(({ cidr, start, stop }) => cidr ?? `${start}-${stop ?? start}`),
    })),
  byBgp: ciliumByBgp,
} as const satisfies Announcer

/** Its configuration tells; where that is unread, a cluster without its agent has no such announcements either. */
function concern(cluster: ClusterSnapshot): Concern {
  if (cluster.configMaps.known) {
    const there = announcingConfig(cluster) !== null
    return { there, decisive: there ? ['ciliumL2Policies', 'leases'] : [] }
  }
  const agent = hasAgent(cluster)
  return { there: agent === false ? false : null, decisive: agent === true ? ['configMaps'] : [] }
}

function hasAgent(cluster: ClusterSnapshot): boolean | null {
  const cnis = readCnis(cluster)
  return cnis.known ? cnis.value.some(({ name }) => name === 'cilium') : null
}

/** It assigns addresses to its classes whether it announces or not. */
function assigns(cluster: ClusterSnapshot): boolean {
  if (announcingConfig(cluster) !== null) return true
  return valueOr(cluster.workloads, []).some(({ containers }) => containers.some(({ name }) => name === 'cilium-agent'))
}
