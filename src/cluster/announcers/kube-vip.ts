import { mapKnown, valueOr } from '../../known.js'
import type { ClusterSnapshot, Lease, Service } from '../model.js'
import type { Announcer, Candidate, ExpectedNode, VipAnswer } from './announcer.js'
import { disagreementsOf } from './disagreements.js'
import { findKubeVip, type KubeVipInstance } from './kube-vip-instances.js'
import { holderOf } from './leases.js'
import { isAtLeast } from './version.js'

/** kube-vip in ARP mode: leases say who leads; the annotation `kube-vip.io/vipHost` repeats it per Service. */
export const kubeVip: Announcer = {
  name: 'kube-vip',
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
}

function controlPlaneAnswers(instance: KubeVipInstance, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const { address, controlPlane, controlPlaneLease } = instance.settings
  if (!controlPlane || !address) return []
  const lease = valueOr(cluster.leases, []).find(({ name }) => name === controlPlaneLease)
  return [answer(address, null, instance, cluster, holderOf(lease, cluster.observedAt))]
}

function serviceAnswers(instance: KubeVipInstance, service: Service, cluster: ClusterSnapshot): readonly VipAnswer[] {
  if (!servesService(instance, service)) return []
  const host = service.annotations['kube-vip.io/vipHost']
  const expected: readonly ExpectedNode[] = [
    ...holderOf(leaseOf(instance, service, valueOr(cluster.leases, [])), cluster.observedAt),
    ...(host
      ? [{ node: host, from: 'annotation', detail: `Service/${service.key} kube-vip.io/vipHost` } as const]
      : []),
  ]
  return serviceAddresses(instance, service).map((ip) => answer(ip, service.key, instance, cluster, expected))
}

/** kube-vip takes every LoadBalancer Service without a foreign class, unless told to ignore it or to ask for its own class. */
export function servesService({ settings }: KubeVipInstance, service: Service): boolean {
  if (!settings.services || service.type !== 'LoadBalancer') return false
  if (service.annotations['kube-vip.io/ignore'] === 'true') return false
  if (service.loadBalancerClass === null) return !settings.classOnly
  return service.loadBalancerClass === settings.className
}

/**
 * The addresses that it binds: annotation, then (since 0.7.0) `status.loadBalancer.ingress`, then `spec.loadBalancerIP`;
 * since 1.0.0 the spec wins over a differing status (kube-vip `fetchServiceAddress` at v0.6.4, v0.7.0, v1.0.0).
 */
export function serviceAddresses({ version }: KubeVipInstance, service: Service): readonly string[] {
  const annotated =
    service.annotations['kube-vip.io/loadbalancerIPs'] ?? service.annotations['kube-vip.io/loadbalancerIP']
  const spec = service.loadBalancerIP ? [service.loadBalancerIP] : []
  const status = service.ingress.flatMap(({ ip }) => ip ?? [])
  if (annotated) return annotated.split(',').map((ip) => ip.trim())
  if (isAtLeast(version, '0.7.0') === false) return spec
  const [first, second] = isAtLeast(version, '1.0.0') === false ? [status, spec] : [spec, status]
  return first.length > 0 ? first : second
}

/** The lease that decides over a Service (kube-vip `pkg/lease`): `kubevip-<name>` with election per service, else one for all. */
export function leaseOf({ settings }: KubeVipInstance, service: Service, leases: readonly Lease[]): Lease | undefined {
  if (!settings.serviceElection) return leases.find(({ name }) => name === settings.servicesLease)
  const wanted = service.annotations['kube-vip.io/leaseName'] ?? `kubevip-${service.name}`
  const key = wanted.includes('/') ? wanted : `${service.namespace}/${wanted}`
  return leases.find((lease) => lease.key === key)
}

function answer(
  ip: string,
  service: string | null,
  instance: KubeVipInstance,
  cluster: ClusterSnapshot,
  expected: readonly ExpectedNode[],
): VipAnswer {
  return {
    ip,
    service,
    candidates: candidatesOf(instance, cluster),
    expected,
    disagreements: disagreementsOf(expected),
  }
}

function candidatesOf({ nodes }: KubeVipInstance, cluster: ClusterSnapshot): readonly Candidate[] {
  const running = new Set(nodes)
  const names = new Set([...valueOr(cluster.nodes, []).map(({ name }) => name), ...nodes])
  return [...names]
    .sort()
    .map((node) =>
      running.has(node)
        ? { node, eligible: true, because: [] }
        : { node, eligible: false, because: ['no ready kube-vip pod'] },
    )
}
