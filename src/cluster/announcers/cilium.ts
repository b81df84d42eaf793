import { mapKnown, valueOr } from '../../known.js'
import { matchesSelector } from '../label-selector.js'
import type { ClusterNode, ClusterSnapshot, ConfigMap, Lease, Service } from '../model.js'
import type { CiliumL2Policy } from '../model-resources.js'
import type { Announcer, Candidate, VipAnswer } from './announcer.js'
import { holderOf } from './leases.js'
import { workloadVersion } from './version.js'

/** Cilium's L2 announcements: policies say which Services and nodes, one lease a Service says who. */
export const cilium: Announcer = {
  name: 'cilium',
  detect: (cluster) =>
    mapKnown(cluster.configMaps, (configMaps) => {
      const config = announcingConfig(configMaps)
      return config ? { version: agentVersion(cluster), object: `ConfigMap/${config.key}` } : null
    }),
  vips: (cluster) => ({
    answers: valueOr(cluster.services, []).flatMap((service) => answersFor(service, cluster)),
    gaps: [cluster.services, cluster.ciliumL2Policies, cluster.nodes, cluster.leases].flatMap((one) =>
      one.known ? [] : [one.gap],
    ),
  }),
}

/** The agent's configuration, when it announces at layer 2. */
export function announcingConfig(configMaps: readonly ConfigMap[]): ConfigMap | null {
  const config = configMaps.find(({ name }) => name === 'cilium-config')
  return config?.data['enable-l2-announcements'] === 'true' ? config : null
}

function agentVersion(cluster: ClusterSnapshot): string | null {
  for (const workload of valueOr(cluster.workloads, [])) {
    const agent = workload.containers.find(({ name }) => name === 'cilium-agent')
    if (agent) return workloadVersion(workload, agent)
  }
  return null
}

function answersFor(service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const policies = valueOr(cluster.ciliumL2Policies, []).filter((policy) => selectsService(policy, service))
  const lease = valueOr(cluster.leases, []).find((one) => isLeaseOf(one, service, cluster))
  const expected = holderOf(lease, cluster.observedAt)
  return [...new Set(policies.flatMap((policy) => announcedAddresses(policy, service)))].map((ip) => ({
    ip,
    service: service.key,
    get candidates() {
      return valueOr(cluster.nodes, []).map((node) => judge(node, policies))
    },
    expected,
    disagreements: [],
  }))
}

/** `cilium-l2announce-<namespace>-<service>` in the agent's namespace. */
function isLeaseOf({ name, namespace }: Lease, service: Service, cluster: ClusterSnapshot): boolean {
  const home = announcingConfig(valueOr(cluster.configMaps, []))?.namespace
  return name === `cilium-l2announce-${service.namespace}-${service.name}` && namespace === home
}

/** Besides its labels a Service can be selected by name and namespace. */
export function selectsService({ serviceSelector }: CiliumL2Policy, service: Service): boolean {
  const labels = {
    ...service.labels,
    'io.kubernetes.service.name': service.name,
    'io.kubernetes.service.namespace': service.namespace,
  }
  return serviceSelector === null || matchesSelector(serviceSelector, labels)
}

/** What a policy announces of a Service that it selects; nothing when both of its switches are off (the default). */
function announcedAddresses(policy: CiliumL2Policy, service: Service): readonly string[] {
  return [
    ...(policy.loadBalancerIPs && isCiliums(service) ? service.ingress.flatMap(({ ip }) => ip ?? []) : []),
    ...(policy.externalIPs ? service.externalIPs : []),
  ]
}

function isCiliums({ type, loadBalancerClass }: Service): boolean {
  return type === 'LoadBalancer' && (loadBalancerClass === null || loadBalancerClass === 'io.cilium/l2-announcer')
}

function judge(node: ClusterNode, policies: readonly CiliumL2Policy[]): Candidate {
  const selected = policies.some(
    ({ nodeSelector }) => nodeSelector === null || matchesSelector(nodeSelector, node.labels),
  )
  return {
    node: node.name,
    eligible: selected,
    because: selected ? [] : ['no CiliumL2AnnouncementPolicy of the address selects it'],
  }
}
