import { type Known, known, mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import { groupBy } from '../../group-by.js'
import type { ClusterSnapshot } from '../../model.js'
import { readCnis } from '../../network/cni.js'
import type { Announcer, Candidate, ExpectedNode, Presence, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { disagreementsOf } from '../disagreements.js'
import { ovnKubernetesManner } from './manner.js'
import { OVN_KUBERNETES_PEOPLE } from './people.js'
import { OVN_KUBERNETES_READS } from './reads.js'

/** The label of nodes that may have an egress address. */
const ASSIGNABLE = 'k8s.ovn.org/egress-assignable'

/**
 * OVN-Kubernetes: an egress address is answered for by the node that the status of its EgressIP names. For addresses of
 * Services it answers in old versions only, on all nodes at once: that is a fault (`cni/ovn-answers-everywhere`), no announcement.
 */
export const ovnKubernetes = {
  name: 'ovn-kubernetes',
  reads: OVN_KUBERNETES_READS,
  people: OVN_KUBERNETES_PEOPLE,
  byLease: false,
  fails: ['silent', 'kept'],
  manner: ovnKubernetesManner,
  concern: (cluster) => concernOf(presenceIn(cluster), []),
  classes: () => [],
  detect: presenceIn,
  vips: (cluster) => ({
    answers: answersIn(cluster),
    gaps: [cluster.egressIps, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
} as const satisfies Announcer

/** By its agent, or, where the image does not show that, by the egress addresses. */
function presenceIn(cluster: ClusterSnapshot): Known<Presence | null> {
  const [first] = valueOr(cluster.egressIps, [])
  const agents = mapKnown(readCnis(cluster), (cnis) => cnis.find(({ name }) => name === 'ovn-kubernetes') ?? null)
  const agent = valueOr(agents, null)
  if (agent) return known({ version: agent.version, object: agent.object }, agent.object)
  if (first) return known({ version: null, object: `EgressIP/${first.name}` }, 'egressips')
  return mapKnown(agents, () => null)
}

function answersIn(cluster: ClusterSnapshot): readonly VipAnswer[] {
  const wanted = valueOr(cluster.egressIps, []).flatMap(({ name, egressIPs, items }) => {
    const ips = new Set([...egressIPs, ...items.map(({ egressIP }) => egressIP)])
    return [...ips].map((ip) => ({
      ip,
      nodes: items.flatMap(({ egressIP, node }) => (egressIP === ip ? [{ name, node }] : [])),
    }))
  })
  return [...groupBy(wanted, ({ ip }) => ip)].map(([ip, own]) => {
    const expected = own.flatMap(({ nodes }) =>
      nodes.map(({ name, node }): ExpectedNode => ({ node, from: 'status', detail: `EgressIP/${name}` })),
    )
    const candidates = candidatesOf(cluster)
    return { ip, service: null, candidates, expected, disagreements: disagreementsOf(expected) }
  })
}

const candidatesOf = once((cluster: ClusterSnapshot): readonly Candidate[] =>
  valueOr(cluster.nodes, []).map(({ name, labels }) => {
    const eligible = labels[ASSIGNABLE] !== undefined
    return { node: name, eligible, because: eligible ? [] : [`no label ${ASSIGNABLE}`] }
  }),
)
