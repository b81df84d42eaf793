import { mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import { keyName } from '../../key.js'
import type { ClusterNode, ClusterSnapshot, Lease, Service } from '../../model.js'
import type { Announcer, Candidate, ExpectedNode, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { disagreementsOf } from '../disagreements.js'
import { holderOf, isFresh, isVacant, leaseState, leasesByKey, leasesByName } from '../leases.js'
import { holdsFor } from '../version.js'
import { controlPlaneAddresses, findKubeVip, type KubeVipInstance, leaseKeys, servesService } from './instances.js'
import { kubeVipManner } from './manner.js'
import { KUBE_VIP_PEOPLE } from './people.js'
import { KUBE_VIP_READS } from './reads.js'
import { isByDhcp, isGiven, pinnedAddresses } from './requested.js'
import { KUBE_VIP } from './versions.js'

/** kube-vip in ARP mode: leases say who leads; the annotation `kube-vip.io/vipHost` repeats it per Service. */
export const kubeVip = {
  name: 'kube-vip',
  reads: KUBE_VIP_READS,
  people: KUBE_VIP_PEOPLE,
  byLease: true,
  fails: ['silent', 'kept'],
  manner: kubeVipManner,
  // its leases name the node; pods would only add an instance beside the workload that was read
  concern: (cluster) => concernOf(findKubeVip(cluster), ['leases']),
  classes: (cluster) =>
    valueOr(findKubeVip(cluster), []).flatMap(({ settings }) => (settings.services ? settings.className : [])),
  byBgp: (cluster) => {
    const instances = valueOr(findKubeVip(cluster), []).filter(({ settings }) => settings.bgp && !settings.arp)
    return (service) => instances.find((one) => servesService(one, service))?.object ?? null
  },
  detect: (cluster) =>
    mapKnown(findKubeVip(cluster), (instances) => {
      const first = instances.find(({ settings }) => settings.arp)
      return first ? { version: first.version.exact, object: first.object } : null
    }),
  vips: (cluster) => {
    const instances = valueOr(findKubeVip(cluster), []).filter(({ settings }) => settings.arp)
    return {
      answers: instances.flatMap((instance) => [
        ...controlPlaneAnswers(instance, cluster),
        ...valueOr(cluster.services, []).flatMap((service) => serviceAnswers(instance, service, cluster)),
      ]),
      gaps: [cluster.services, cluster.leases, cluster.nodes, cluster.pods].flatMap((one) =>
        one.known ? [] : [one.gap],
      ),
    }
  },
} as const satisfies Announcer

function controlPlaneAnswers(instance: KubeVipInstance, cluster: ClusterSnapshot): readonly VipAnswer[] {
  if (!instance.settings.controlPlane) return []
  const lease = leaseFor(instance, 'control plane', cluster)
  const expected = holderOf(lease, cluster.observedAt)
  return controlPlaneAddresses(instance.settings).map((ip) => answer(ip, null, instance, cluster, { lease, expected }))
}

function serviceAnswers(instance: KubeVipInstance, service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  if (!servesService(instance, service)) return []
  const host = service.annotations['kube-vip.io/vipHost']
  const lease = leaseOf(instance, service, cluster)
  const expected: readonly ExpectedNode[] = [
    ...holderOf(lease, cluster.observedAt),
    ...(host && !isVacant(lease, cluster.observedAt)
      ? [{ node: host, from: 'annotation', detail: `Service/${service.key} kube-vip.io/vipHost` } as const]
      : []),
  ]
  return serviceAddresses(instance, service).map((ip) =>
    answer(ip, service.key, instance, cluster, { lease, expected }),
  )
}

/**
 * The addresses that it binds: annotation, then (since 0.7.0) `status.loadBalancer.ingress`, then `spec.loadBalancerIP`;
 * since 1.0.0 the spec wins over a differing status (kube-vip `fetchServiceAddress` at v0.6.4, v0.7.0, v1.0.0).
 */
export function serviceAddresses({ version }: KubeVipInstance, service: Service): readonly string[] {
  const spec = service.loadBalancerIP && isGiven(service.loadBalancerIP) ? [service.loadBalancerIP] : []
  const status = service.ingress.flatMap(({ ip }) => (ip !== null && isGiven(ip) ? [ip] : []))
  const pinned = pinnedAddresses(service)
  if (pinned.length > 0) return pinned
  if (isByDhcp(service)) return status
  if (holdsFor(version, KUBE_VIP.readsStatus) === false) return spec
  const [first, second] = holdsFor(version, KUBE_VIP.prefersSpec) === false ? [status, spec] : [spec, status]
  return first.length > 0 ? first : second
}

/** The lease that decides over a Service (kube-vip `pkg/lease`): `kubevip-<name>` with election per service, else one for all. */
function leaseOf(instance: KubeVipInstance, service: Service, cluster: ClusterSnapshot): Lease | undefined {
  const wanted = service.annotations['kube-vip.io/leaseName'] ?? `kubevip-${service.name}`
  const key = wanted.includes('/') ? wanted : `${service.namespace}/${wanted}`
  const own = leasesByKey(valueOr(cluster.leases, NO_LEASES)).get(key)
  if (instance.settings.serviceElection) return own
  // versions that do not know the annotation make no such lease
  const isForced = service.annotations['kube-vip.io/forcePerServiceElection'] === 'true'
  return (isForced && own) || leaseFor(instance, 'Services', cluster)
}

/** Of the leases that it may elect by the one that is renewed; else one that is there, in whatever namespace. */
function leaseFor(
  instance: KubeVipInstance,
  role: 'control plane' | 'Services',
  { leases: all, observedAt }: ClusterSnapshot,
): Lease | undefined {
  const leases = valueOr(all, NO_LEASES)
  const keys = leaseKeys(instance, role)
  const found = keys.flatMap((key) => leasesByKey(leases).get(key) ?? [])
  return (
    found.find((one) => isFresh(one, observedAt)) ?? found[0] ?? leasesByName(leases).get(keyName(keys[0] ?? '').name)
  )
}

function answer(
  ip: string,
  service: string | null,
  instance: KubeVipInstance,
  cluster: ClusterSnapshot,
  { lease, expected }: { readonly lease: Lease | undefined; readonly expected: readonly ExpectedNode[] },
): VipAnswer {
  return {
    ip,
    service,
    candidates: candidatesOn(valueOr(cluster.nodes, NO_NODES))(instance),
    expected,
    lease: leaseState(lease, cluster.observedAt),
    disagreements: disagreementsOf(expected),
    undecided: cluster.leases.known ? undefined : cluster.leases.gap,
  }
}

const NO_NODES: readonly ClusterNode[] = []
const NO_LEASES: readonly Lease[] = []

/** The same for every address of an instance: in a large cluster a list of nodes for each would be millions. */
const candidatesOn = once((all: readonly ClusterNode[]) => once((one: KubeVipInstance) => candidatesOf(one, all)))

function candidatesOf({ nodes }: KubeVipInstance, all: readonly ClusterNode[]): readonly Candidate[] {
  const running = new Set(nodes)
  const names = new Set([...all.map(({ name }) => name), ...nodes])
  return [...names]
    .sort()
    .map((node) =>
      running.has(node)
        ? { node, eligible: true, because: [] }
        : { node, eligible: false, because: ['no ready kube-vip pod'] },
    )
}
