import { mapKnown, valueOr } from '../../known.js'
import { holdsAddress, parseAddressRange } from '../address-range.js'
import type { ClusterSnapshot, Service } from '../model.js'
import type { OpenElbEip } from '../model-resources.js'
import type { Workload } from '../model-workloads.js'
import type { Announcer, Candidate, ExpectedNode, VipAnswer } from './announcer.js'
import { daemonSetNodes } from './daemonset-nodes.js'
import { elect, electionDetail } from './metallb-election.js'
import { workloadVersion } from './version.js'

/**
 * OpenELB in layer 2 mode. Up to 0.5 one manager answers on behalf of the node in the Service's annotation; since 0.6
 * speakers elect as MetalLB does, by the lowest sha256(node + "#" + address).
 */
export const openElb: Announcer = {
  name: 'openelb',
  detect: (cluster) =>
    mapKnown(cluster.workloads, (workloads) => {
      const found = installOf(workloads)
      return found ? { version: found.version, object: `${found.workload.kind}/${found.workload.key}` } : null
    }),
  vips: (cluster) => ({
    answers: valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster)),
    gaps: [cluster.services, cluster.openElbEips, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
}

/** The speaker DaemonSet of 0.6 and later before the manager, which every version has. */
function installOf(workloads: readonly Workload[]): { workload: Workload; version: string | null } | null {
  const found = workloads.flatMap((workload) => {
    const container = workload.containers.find(({ image }) =>
      /\/(openelb|porter)(-(speaker|controller))?[:@]/.test(image),
    )
    return container ? [{ workload, version: workloadVersion(workload, container) }] : []
  })
  return found.find(({ workload }) => workload.kind === 'DaemonSet') ?? found[0] ?? null
}

const NODE_ANNOTATION = 'layer2.openelb.kubesphere.io/v1alpha1'

function answersFor(service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const eips = valueOr(cluster.openElbEips, []).filter(({ protocol, disabled }) => protocol === 'layer2' && !disabled)
  if (!isOpenElbs(service)) return []
  const ips = service.ingress.flatMap(({ ip }) => ip ?? []).filter((ip) => eips.some((eip) => holds(eip, ip)))
  return ips.map((ip) => {
    const candidates = candidatesOf(cluster)
    return {
      ip,
      service: service.key,
      candidates,
      expected: expectedOf(service, ip, candidates, cluster),
      disagreements: [],
    }
  })
}

function isOpenElbs({ type, annotations, loadBalancerClass }: Service): boolean {
  if (type !== 'LoadBalancer') return false
  return annotations['lb.kubesphere.io/v1alpha1'] !== undefined || loadBalancerClass === 'lb.kubesphere.io/v1alpha1'
}

function holds({ address }: OpenElbEip, ip: string): boolean {
  const range = parseAddressRange(address)
  return range !== null && holdsAddress([range], ip)
}

function candidatesOf(cluster: ClusterSnapshot): readonly Candidate[] {
  const install = installOf(valueOr(cluster.workloads, []))
  const nodes = valueOr(cluster.nodes, [])
  if (install?.workload.kind !== 'DaemonSet')
    return nodes.map(({ name }) => ({ node: name, eligible: true, because: [] }))
  const running = daemonSetNodes(install.workload, nodes, valueOr(cluster.pods, null))
  return nodes.map(({ name }) => ({
    node: name,
    eligible: running.has(name),
    because: running.has(name) ? [] : ['no ready speaker pod'],
  }))
}

function expectedOf(
  service: Service,
  ip: string,
  candidates: readonly Candidate[],
  { elections }: ClusterSnapshot,
): readonly ExpectedNode[] {
  const annotated = service.annotations[NODE_ANNOTATION]
  if (annotated) return [{ node: annotated, from: 'annotation', detail: `Service/${service.key} ${NODE_ANNOTATION}` }]
  const runners = candidates.flatMap(({ node, eligible }) => (eligible ? [{ node, weight: 0 }] : []))
  const winner = elect(runners, ip, elections?.[ip])
  return winner ? [{ node: winner.node, from: 'election', detail: electionDetail(winner) }] : []
}
