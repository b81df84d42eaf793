import { mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import type { ClusterNode, ClusterSnapshot, Service } from '../../model.js'
import type { Workload } from '../../model-workloads.js'
import { addressesOf } from '../../node-addresses.js'
import type { Announcer, Candidate, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { workloadVersion } from '../version.js'
import { k3sManner } from './manner.js'
import { K3S_SERVICELB_PEOPLE } from './people.js'
import { K3S_SERVICELB_READS } from './reads.js'

/** k3s servicelb (klipper): no address of its own; the Service's addresses are those of the nodes that run its pods. */
export const k3sServiceLb = {
  name: 'k3s-servicelb',
  reads: K3S_SERVICELB_READS,
  people: K3S_SERVICELB_PEOPLE,
  byLease: false,
  publishesNodes: true,
  fails: [],
  manner: k3sManner,
  concern: (cluster) => concernOf(cluster.workloads, []),
  classes: () => [],
  detect: (cluster) =>
    mapKnown(cluster.workloads, (workloads) => {
      const first = workloads.find(isServiceLb)
      const container = first?.containers[0]
      return first && container
        ? { version: workloadVersion(first, container), object: `DaemonSet/${first.key}` }
        : null
    }),
  vips: (cluster) => ({
    answers: valueOr(cluster.workloads, [])
      .filter(isServiceLb)
      .flatMap((workload) => answersFor(workload, cluster)),
    gaps: [cluster.services, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
} as const satisfies Announcer

function isServiceLb({ kind, name, containers }: Workload): boolean {
  return (
    kind === 'DaemonSet' && name.startsWith('svclb-') && containers.some(({ image }) => image.includes('klipper-lb'))
  )
}

function answersFor(workload: Workload, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const key = serviceOf(workload)
  const service = servicesByKey(valueOr(cluster.services, NO_SERVICES)).get(key)
  if (!service) return []
  const nodes = valueOr(cluster.nodes, [])
  return service.ingress.flatMap(({ ip }) => {
    const owner = ip === null ? undefined : nodesByAddress(nodes).get(ip)
    if (!owner || !ip) return []
    const detail = `Node/${owner.name} .status.addresses`
    return [
      {
        ip,
        service: key,
        get candidates() {
          return nodes.map((node) => judge(node, owner, ip))
        },
        expected: [{ node: owner.name, from: 'status', detail } as const],
        disagreements: [],
      },
    ]
  })
}

const NO_SERVICES: readonly Service[] = []
const servicesByKey = once((services: readonly Service[]) => new Map(services.map((one) => [one.key, one])))

/** Of several nodes with one address the first. */
const nodesByAddress = once(
  (nodes: readonly ClusterNode[]) =>
    new Map(nodes.toReversed().flatMap((node) => addressesOf(node).map((ip) => [ip, node] as const))),
)

function judge(node: ClusterNode, owner: ClusterNode, ip: string): Candidate {
  const eligible = node.name === owner.name
  return { node: node.name, eligible, because: eligible ? [] : [`${ip} is not an address of it`] }
}

/** The Service that a DaemonSet of servicelb is for, `namespace/name`; null for any other workload. */
export function serviceOfServiceLb(workload: Workload): string | null {
  return isServiceLb(workload) ? serviceOf(workload) : null
}

function serviceOf({ podLabels, labels, name }: Workload): string {
  const read = (label: string): string | undefined => podLabels[label] ?? labels[label]
  const service =
    read('svccontroller.k3s.cattle.io/svcname') ?? name.replace(/^svclb-/, '').replace(/-[0-9a-f]{8}$/, '')
  return `${read('svccontroller.k3s.cattle.io/svcnamespace') ?? 'kube-system'}/${service}`
}
