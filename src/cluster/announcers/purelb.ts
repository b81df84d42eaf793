import { mapKnown, valueOr } from '../../known.js'
import type { ClusterSnapshot, Service } from '../model.js'
import type { Announcer, Candidate, ExpectedNode, VipAnswer } from './announcer.js'
import { disagreementsOf } from './disagreements.js'
import { isFresh } from './leases.js'
import { workloadVersion } from './version.js'

/** PureLB: the announcing node stands in an annotation of the Service; a lease a node shows which agents live. */
export const pureLb: Announcer = {
  name: 'purelb',
  detect: (cluster) =>
    mapKnown(cluster.workloads, (workloads) => {
      for (const workload of workloads) {
        const agent = workload.containers.find(({ image }) => /\/lbnodeagent[:@]/.test(image))
        if (agent) return { version: workloadVersion(workload, agent), object: `${workload.kind}/${workload.key}` }
      }
      return null
    }),
  vips: (cluster) => ({
    answers: valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster)),
    gaps: [cluster.services, cluster.leases].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
}

function answersFor(service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const { annotations, loadBalancerClass } = service
  if (annotations['purelb.io/allocated-by'] !== 'PureLB' && loadBalancerClass !== 'purelb.io/purelb') return []
  return service.ingress.flatMap(({ ip }) => {
    if (!ip) return []
    const expected = announcingNodes(service, ip)
    const candidates = candidatesOf(cluster)
    return [{ ip, service: service.key, candidates, expected, disagreements: disagreementsOf(expected) }]
  })
}

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
function candidatesOf(cluster: ClusterSnapshot): readonly Candidate[] {
  const leases = valueOr(cluster.leases, []).filter(({ name }) => name.startsWith('purelb-node-'))
  const alive = new Set(
    leases.flatMap((one) => (isFresh(one, cluster.observedAt) ? [one.name.slice('purelb-node-'.length)] : [])),
  )
  return valueOr(cluster.nodes, []).map(({ name: node }) =>
    leases.length === 0 || alive.has(node)
      ? { node, eligible: true, because: [] }
      : { node, eligible: false, because: [`no live lease purelb-node-${node}`] },
  )
}
