import { mapKnown, valueOr } from '../../known.js'
import type { ClusterNode, ClusterSnapshot } from '../model.js'
import type { Workload } from '../model-workloads.js'
import type { Announcer, Candidate, VipAnswer } from './announcer.js'
import { workloadVersion } from './version.js'

/** k3s servicelb (klipper): no address of its own; the Service's addresses are those of the nodes that run its pods. */
export const k3sServiceLb: Announcer = {
  name: 'k3s-servicelb',
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
}

function isServiceLb({ kind, name, containers }: Workload): boolean {
  return (
    kind === 'DaemonSet' && name.startsWith('svclb-') && containers.some(({ image }) => image.includes('klipper-lb'))
  )
}

function answersFor(workload: Workload, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const key = serviceOf(workload)
  const service = valueOr(cluster.services, []).find((one) => one.key === key)
  if (!service) return []
  const nodes = valueOr(cluster.nodes, [])
  return service.ingress.flatMap(({ ip }) => {
    const owner = nodes.find((node) => ip !== null && addressesOf(node).includes(ip))
    if (!owner || !ip) return []
    const detail = `Node/${owner.name} .status.addresses`
    return [
      {
        ip,
        service: key,
        candidates: nodes.map((node) => judge(node, owner, ip)),
        expected: [{ node: owner.name, from: 'status', detail } as const],
        disagreements: [],
      },
    ]
  })
}

function judge(node: ClusterNode, owner: ClusterNode, ip: string): Candidate {
  const eligible = node.name === owner.name
  return { node: node.name, eligible, because: eligible ? [] : [`${ip} is not an address of it`] }
}

export function addressesOf({ internalIPs, externalIPs }: ClusterNode): readonly string[] {
  return [...internalIPs, ...externalIPs]
}

function serviceOf({ podLabels, labels, name }: Workload): string {
  const read = (label: string): string | undefined => podLabels[label] ?? labels[label]
  const service =
    read('svccontroller.k3s.cattle.io/svcname') ?? name.replace(/^svclb-/, '').replace(/-[0-9a-f]{8}$/, '')
  return `${read('svccontroller.k3s.cattle.io/svcnamespace') ?? 'kube-system'}/${service}`
}
