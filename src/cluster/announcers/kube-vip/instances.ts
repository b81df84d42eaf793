import { type Known, mapKnown, valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import { groupBy } from '../../group-by.js'
import type { ClusterNode, ClusterSnapshot, Service } from '../../model.js'
import type { Container, Pod, Workload } from '../../model-workloads.js'
import { daemonSetNodes } from '../daemonset-nodes.js'
import { exactly, imageVersion, type VersionSpan, workloadVersion } from '../version.js'

/** One way kube-vip is deployed: a DaemonSet or Deployment, or all static pods of one configuration. */
export interface KubeVipInstance {
  /** `DaemonSet/kube-system/kube-vip-ds`; for static pods the first of them. */
  readonly object: string
  readonly kind: 'workload' | 'static'
  readonly namespace: string
  readonly version: VersionSpan
  readonly settings: KubeVipSettings
  /** Where it runs, sorted. */
  readonly nodes: readonly string[]
}

/** Environment over arguments, names as in kube-vip `pkg/kubevip/config_envvar.go`. */
export interface KubeVipSettings {
  readonly arp: boolean
  readonly bgp: boolean
  readonly controlPlane: boolean
  readonly services: boolean
  /** One lease a service (`svc_election`). */
  readonly serviceElection: boolean
  /** The control-plane VIP as it is written, several divided by commas (dual-stack); null when unset. */
  readonly address: string | null
  readonly controlPlaneLease: string
  readonly servicesLease: string
  /** `cp_namespace`: of the leases, where they are not those of the pod. */
  readonly leaseNamespace: string
  readonly classOnly: boolean
  readonly className: string
  /** As written; null when unset. In ARP manager mode kube-vip elects whatever it says. */
  readonly leaderElection: string | null
  readonly interface: string | null
  /** Of Services alone; null: the same interface. */
  readonly servicesInterface: string | null
  /** Seconds, as written; null when unset. */
  readonly leaseDuration: string | null
}

/** kube-vip takes every LoadBalancer Service without a foreign class, unless told to ignore it or to ask for its own class. */
export function servesService({ settings }: KubeVipInstance, service: Service): boolean {
  if (!settings.services || service.type !== 'LoadBalancer') return false
  if (service.annotations['kube-vip.io/ignore'] === 'true') return false
  if (service.loadBalancerClass === null) return !settings.classOnly
  return service.loadBalancerClass === settings.className
}

/** Each control-plane VIP of its own: one lease decides over all of them. */
export function controlPlaneAddresses({ address }: Pick<KubeVipSettings, 'address'>): readonly string[] {
  return (address ?? '').split(',').flatMap((one) => one.trim() || [])
}

/**
 * The leases that an instance may elect by, `namespace/name`, first the one that nobody else would make: a name may hold its namespace; a static pod has
 * no service account and takes `cp_namespace`; of other pods some versions take that, others the pod's own (kube-vip
 * pkg/manager/manager_arp.go, pkg/lease/lease.go).
 */
export function leaseKeys(
  { kind, namespace, settings }: Pick<KubeVipInstance, 'kind' | 'namespace' | 'settings'>,
  role: 'control plane' | 'Services',
): readonly string[] {
  const name = role === 'control plane' ? settings.controlPlaneLease : settings.servicesLease
  if (name.includes('/')) return [name]
  const spaces = [...(kind === 'static' ? [] : [namespace]), settings.leaseNamespace]
  return [...new Set(spaces)].map((space) => `${space}/${name}`)
}

export const findKubeVip = once(
  (cluster: ClusterSnapshot): Known<readonly KubeVipInstance[]> =>
    mapKnown(cluster.workloads, (workloads) => [
      ...workloads.flatMap((workload) =>
        readWorkload(workload, valueOr(cluster.nodes, []), valueOr(cluster.pods, null)),
      ),
      ...readStaticPods(valueOr(cluster.pods, [])),
    ]),
)

function readWorkload(
  workload: Workload,
  nodes: readonly ClusterNode[],
  pods: readonly Pod[] | null,
): readonly KubeVipInstance[] {
  const container = workload.containers.find(isKubeVip)
  if (!container) return []
  const version = workloadVersion(workload, container)
  return [
    {
      object: `${workload.kind}/${workload.key}`,
      kind: 'workload',
      namespace: workload.namespace,
      version: version ? exactly(version) : UNKNOWN_VERSION,
      settings: readSettings(container),
      nodes: [...daemonSetNodes(workload, nodes, pods)].sort(),
    },
  ]
}

const UNKNOWN_VERSION: VersionSpan = { exact: null, from: null, below: null }

/** Static pods of equal settings and namespace are one instance on several nodes. */
function readStaticPods(pods: readonly Pod[]): readonly KubeVipInstance[] {
  const found = pods.flatMap((pod) => {
    const container = pod.owner?.kind === 'Node' || pod.owner === null ? pod.containers.find(isKubeVip) : undefined
    return container ? [{ pod, container, settings: readSettings(container) }] : []
  })
  const groups = groupBy(found, ({ pod, settings }) => JSON.stringify([pod.namespace, settings]))
  return [...groups.values()].map((group) => {
    const { pod, container, settings } = group[0]!
    const version = imageVersion(container.image)
    return {
      object: `Pod/${pod.key}`,
      kind: 'static',
      namespace: pod.namespace,
      version: version ? exactly(version) : UNKNOWN_VERSION,
      settings,
      nodes: group.flatMap((one) => one.pod.node ?? []).sort(),
    }
  })
}

function isKubeVip({ image, env }: Container): boolean {
  return /(^|\/)kube-vip(-iptables)?(:|@|$)/.test(image) || env.some(({ name }) => name === 'vip_arp')
}

function readSettings(container: Container): KubeVipSettings {
  const text = (env: string, flag: string): string | null => readSetting(container, env, flag)
  const isOn = (env: string, flag: string): boolean => /^(true|1|t)$/i.test(text(env, flag) ?? '')
  return {
    arp: isOn('vip_arp', 'arp'),
    bgp: isOn('bgp_enable', 'bgp'),
    controlPlane: isOn('cp_enable', 'controlplane'),
    services: isOn('svc_enable', 'services'),
    serviceElection: isOn('svc_election', 'servicesElection'),
    address: text('address', 'address') ?? text('vip_address', 'vip'),
    controlPlaneLease: text('vip_leasename', 'leaseName') ?? 'plndr-cp-lock',
    servicesLease: text('svc_leasename', 'serviceLeaseName') ?? 'plndr-svcs-lock',
    leaseNamespace: text('cp_namespace', 'namespace') ?? 'kube-system',
    classOnly: isOn('lb_class_only', 'lbClassOnly'),
    className: text('lb_class_name', 'lbClassName') ?? 'kube-vip.io/kube-vip-class',
    leaderElection: text('vip_leaderelection', 'leaderElection'),
    interface: text('vip_interface', 'interface'),
    servicesInterface: text('vip_servicesinterface', 'servicesInterface'),
    leaseDuration: text('vip_leaseduration', 'leaseDuration'),
  }
}

/** A bare `--flag` is `true`; an empty value counts as unset. */
function readSetting({ env, args }: Container, name: string, flag: string): string | null {
  const variable = env.find((one) => one.name === name)?.value
  if (variable) return variable
  for (const [index, arg] of args.entries()) {
    if (arg === `--${flag}`) return args[index + 1]?.startsWith('-') === false ? args[index + 1]! : 'true'
    if (arg.startsWith(`--${flag}=`)) return arg.slice(flag.length + 3) || null
  }
  return null
}
