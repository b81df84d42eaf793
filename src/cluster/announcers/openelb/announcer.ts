import { type Known, mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import { holdsAddress, parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Workload } from '../../model-workloads.js'
import type { Announcer, Candidate, ExpectedNode, Presence, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { daemonSetNodes } from '../daemonset-nodes.js'
import { elect, electionDetail } from '../metallb/election.js'
import { workloadVersion } from '../version.js'
import { openElbManner } from './manner.js'
import type { OpenElbEip } from './objects.js'
import { OPENELB_PEOPLE } from './people.js'
import { OPENELB_READS } from './reads.js'

/** Its class, and the annotation by which a Service without a class asks for it. */
const CLASS = 'lb.kubesphere.io/v1alpha1'

/**
 * OpenELB in layer 2 mode. Up to 0.5 one manager answers on behalf of the node in the Service's annotation; since 0.6
 * speakers elect as MetalLB does, by the lowest sha256(node + "#" + address).
 */
export const openElb = {
  name: 'openelb',
  reads: OPENELB_READS,
  people: OPENELB_PEOPLE,
  byLease: false,
  fails: ['alone', 'silent', 'kept'],
  manner: openElbManner,
  concern: (cluster) => concernOf(openElbIn(cluster), ['openElbEips']),
  classes: (cluster) => (valueOr(openElbIn(cluster), null) ? [CLASS] : []),
  pools: (cluster) =>
    valueOr(cluster.openElbEips, []).map(({ name, address }) => ({ object: `Eip/${name}`, addresses: [address] })),
  detect: openElbIn,
  vips: (cluster) => ({
    answers: valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster)),
    gaps: [cluster.services, cluster.openElbEips, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
} as const satisfies Announcer

function openElbIn(cluster: ClusterSnapshot): Known<Presence | null> {
  return mapKnown(cluster.workloads, (workloads) => {
    const found = installOf(workloads)
    return found ? { version: found.version, object: `${found.workload.kind}/${found.workload.key}` } : null
  })
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
      ...(service.annotations[NODE_ANNOTATION] ? {} : { electAmong: electionOf(service, ip, candidates, cluster) }),
    }
  })
}

function isOpenElbs({ type, annotations, loadBalancerClass }: Service): boolean {
  if (type !== 'LoadBalancer') return false
  return annotations[CLASS] !== undefined || loadBalancerClass === CLASS
}

function holds({ address }: OpenElbEip, ip: string): boolean {
  const range = parseAddressRange(address)
  return range !== null && holdsAddress([range], ip)
}

const candidatesOf = once((cluster: ClusterSnapshot): readonly Candidate[] => {
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
})

/** Among the candidates that some speaker sees. */
function electionOf(service: Service, ip: string, candidates: readonly Candidate[], cluster: ClusterSnapshot) {
  return (isSeen: (node: string) => boolean): string | null => {
    const seen = candidates.filter(({ node }) => isSeen(node))
    return expectedOf(service, ip, seen, cluster)[0]?.node ?? null
  }
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
