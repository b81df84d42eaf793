import { type Known, mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import type { ClusterSnapshot, Lease, Service } from '../../model.js'
import type { Announcer, Candidate, ExpectedNode, Presence, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { disagreementsOf } from '../disagreements.js'
import { isFresh, leaseState, leasesByName } from '../leases.js'
import { workloadVersion } from '../version.js'
import { pureLbManner } from './manner.js'
import { PURELB_PEOPLE } from './people.js'
import { PURELB_READS } from './reads.js'

const CLASS = 'purelb.io/purelb'
const LEASE = 'purelb-node-'

/** PureLB: the announcing node stands in an annotation of the Service; a lease a node shows which agents live. */
export const pureLb = {
  name: 'purelb',
  reads: PURELB_READS,
  people: PURELB_PEOPLE,
  byLease: false,
  fails: ['silent', 'kept'],
  manner: pureLbManner,
  concern: (cluster) => concernOf(pureLbIn(cluster), ['leases']),
  classes: (cluster) => (valueOr(pureLbIn(cluster), null) ? [CLASS] : []),
  pools: (cluster) =>
    valueOr(cluster.pureLbServiceGroups, []).map(({ key, pools }) => ({
      object: `ServiceGroup/${key}`,
      addresses: pools,
    })),
  detect: pureLbIn,
  vips: (cluster) => ({
    answers: valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster)),
    gaps: [cluster.services, cluster.leases].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
} as const satisfies Announcer

function pureLbIn(cluster: ClusterSnapshot): Known<Presence | null> {
  return mapKnown(cluster.workloads, (workloads) => {
    for (const workload of workloads) {
      const agent = workload.containers.find(({ image }) => /\/lbnodeagent[:@]/.test(image))
      if (agent) return { version: workloadVersion(workload, agent), object: `${workload.kind}/${workload.key}` }
    }
    return null
  })
}

function answersFor(service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const { annotations, loadBalancerClass } = service
  if (annotations['purelb.io/allocated-by'] !== 'PureLB' && loadBalancerClass !== CLASS) return []
  return service.ingress.flatMap(({ ip }) => {
    if (!ip) return []
    const expected = announcingNodes(service, ip)
    const lease = leaseOf(expected, cluster)
    const answer = { ip, service: service.key, candidates: candidatesOf(cluster), lease }
    return [{ ...answer, expected, disagreements: disagreementsOf(expected) }]
  })
}

/** The lease by which the announcing agent shows that it lives; absent where it has none, or several announce. */
function leaseOf([first, ...others]: readonly ExpectedNode[], { leases, observedAt }: ClusterSnapshot) {
  if (!first || others.length > 0) return undefined
  return leaseState(leasesByName(valueOr(leases, NO_LEASES)).get(`${LEASE}${first.node}`), observedAt)
}

const NO_LEASES: readonly Lease[] = []

/** `purelb.io/announcing-IPv4: node,interface` and, in newer versions, `node,interface,address`, several by space. */
function announcingNodes(service: Service, ip: string): readonly ExpectedNode[] {
  const name = `purelb.io/announcing-IPv${ip.includes(':') ? 6 : 4}`
  return (service.annotations[name] ?? '').split(/\s+/).flatMap((entry) => {
    const [node, , address] = entry.split(',')
    if (!node || (address !== undefined && address !== ip)) return []
    return [{ node, from: 'annotation', detail: `Service/${service.key} ${name}` } as const]
  })
}

/** Nodes with a live `purelb-node-<node>` lease; all nodes for versions without leases. */
const candidatesOf = once((cluster: ClusterSnapshot): readonly Candidate[] => {
  const leases = valueOr(cluster.leases, []).filter(({ name }) => name.startsWith(LEASE))
  const alive = new Set(
    leases.flatMap((one) => (isFresh(one, cluster.observedAt) ? [one.name.slice(LEASE.length)] : [])),
  )
  return valueOr(cluster.nodes, []).map(({ name: node }) =>
    leases.length === 0 || alive.has(node)
      ? { node, eligible: true, because: [] }
      : { node, eligible: false, because: [`no live lease ${LEASE}${node}`] },
  )
})
