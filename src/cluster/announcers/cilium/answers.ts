import { valueOr } from '../../../known.js'
import { matchesSelector } from '../../label-selector.js'
import type { ClusterNode, ClusterSnapshot, Lease, Service } from '../../model.js'
import type { Candidate, VipAnswer } from '../announcer.js'
import { endpointNodes } from '../endpoints.js'
import { holderOf, leaseState, leasesByKey } from '../leases.js'
import { holdsFor, spanOf } from '../version.js'
import { agentVersion, announcingConfig } from './config.js'
import type { CiliumL2Policy } from './objects.js'
import { announcedAddresses, selectsService } from './policies.js'
import { CILIUM } from './versions.js'

/** Policies say which Services and nodes, one lease a Service says who. */
export function answersOf(cluster: ClusterSnapshot): readonly VipAnswer[] {
  const needsBackend = holdsFor(spanOf(agentVersion(cluster)), CILIUM.announcesLocalWhereBackendIs) === true
  const endpoints = endpointNodes(valueOr(cluster.endpointSlices, []))
  return valueOr(cluster.services, []).flatMap((service) => {
    const bound = needsBackend && service.externalTrafficPolicy === 'Local'
    return answersFor(service, cluster, bound ? (endpoints.get(service.key) ?? NOWHERE) : null)
  })
}

const NOWHERE: ReadonlySet<string> = new Set()

/** `serving`: the nodes with an endpoint, where only they may announce; null where any node may. */
function answersFor(
  service: Service,
  cluster: ClusterSnapshot,
  serving: ReadonlySet<string | null> | null,
): readonly VipAnswer[] {
  const policies = valueOr(cluster.ciliumL2Policies, []).filter((policy) => selectsService(policy, service))
  const lease = leaseOf(service, cluster)
  const expected = holderOf(lease, cluster.observedAt)
  return [...new Set(policies.flatMap((policy) => announcedAddresses(policy, service)))].map((ip) => ({
    ip,
    service: service.key,
    get candidates() {
      return valueOr(cluster.nodes, []).map((node) => judge(node, policies, serving))
    },
    expected,
    lease: leaseState(lease, cluster.observedAt),
    disagreements: [],
    undecided: [cluster.leases, cluster.nodes, ...(serving ? [cluster.endpointSlices] : [])].flatMap((one) =>
      one.known ? [] : [one.gap],
    )[0],
  }))
}

/** `cilium-l2announce-<namespace>-<service>` in the agent's namespace. */
function leaseOf(service: Service, cluster: ClusterSnapshot): Lease | undefined {
  const home = announcingConfig(cluster)?.namespace
  const leases = leasesByKey(valueOr(cluster.leases, NO_LEASES))
  return leases.get(`${home}/cilium-l2announce-${service.namespace}-${service.name}`)
}

const NO_LEASES: readonly Lease[] = []

/** Why a node is no candidate, as `Candidate.because` prints it. */
const CILIUM_REASON = {
  policy: 'no CiliumL2AnnouncementPolicy of the address selects it',
  endpoint: 'no endpoint of the service on it',
} as const

function judge(
  node: ClusterNode,
  policies: readonly CiliumL2Policy[],
  serving: ReadonlySet<string | null> | null,
): Candidate {
  const selected = policies.some(
    ({ nodeSelector }) => nodeSelector === null || matchesSelector(nodeSelector, node.labels),
  )
  const because = [
    ...(selected ? [] : [CILIUM_REASON.policy]),
    ...(serving && !serving.has(node.name) ? [CILIUM_REASON.endpoint] : []),
  ]
  return { node: node.name, eligible: because.length === 0, because }
}
