import { valueOr } from '../../../known.js'
import { parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Container } from '../../model-workloads.js'
import { daemonSetNodes } from '../daemonset-nodes.js'

/** The operator's annotation, `namespace/name` of the group (redhat-cop/keepalived-operator). */
const GROUP = 'keepalived-operator.redhat-cop.io/keepalivedgroup'

/** Machines that share addresses by VRRP, as far as the API shows it. */
export interface VrrpGroup {
  /** The object that says so. */
  readonly object: string
  /** Where its addresses and its interface stand in it. */
  readonly path: string
  readonly addresses: readonly { readonly ip: string; readonly service: string | null }[]
  readonly nodes: ReadonlySet<string>
  /** Null: not said. */
  readonly interface: string | null
}

export function vrrpGroups(cluster: ClusterSnapshot): readonly VrrpGroup[] {
  return [...operatorGroups(cluster), ...podGroups(cluster)]
}

/** For a Service that names the group, its LoadBalancer and its external addresses. */
function operatorGroups(cluster: ClusterSnapshot): readonly VrrpGroup[] {
  const services = valueOr(cluster.services, [])
  return valueOr(cluster.keepalivedGroups, []).map((group) => {
    const selected = valueOr(cluster.nodes, []).filter(({ labels }) =>
      Object.entries(group.nodeSelector).every(([key, value]) => labels[key] === value),
    )
    return {
      object: `KeepalivedGroup/${group.key}`,
      path: '.spec.interface',
      addresses: services.filter(({ annotations }) => annotations[GROUP] === group.key).flatMap(addressesOf),
      nodes: new Set(selected.map(({ name }) => name)),
      interface: group.interface || null,
    }
  })
}

function addressesOf({ key, ingress, externalIPs }: Service): VrrpGroup['addresses'] {
  const ips = new Set([...ingress.flatMap(({ ip }) => ip ?? []), ...externalIPs])
  return [...ips].map((ip) => ({ ip, service: key }))
}

/** DaemonSets and static pods whose variables name the addresses. */
function podGroups(cluster: ClusterSnapshot): readonly VrrpGroup[] {
  const nodes = valueOr(cluster.nodes, [])
  const workloads = valueOr(cluster.workloads, []).flatMap((workload) => {
    const own = () => daemonSetNodes(workload, nodes, valueOr(cluster.pods, null))
    return groupsOf(workload.containers, `${workload.kind}/${workload.key}`, own)
  })
  const bare = valueOr(cluster.pods, []).filter(({ owner }) => owner === null || owner.kind === 'Node')
  const pods = bare.flatMap((pod) =>
    groupsOf(pod.containers, `Pod/${pod.key}`, () => new Set(pod.node ? [pod.node] : [])),
  )
  return joined([...workloads, ...pods])
}

function groupsOf(containers: readonly Container[], object: string, nodes: () => ReadonlySet<string>): VrrpGroup[] {
  return containers.flatMap(({ env }) => {
    const set = (name: string) => env.find((one) => one.name === name)?.value ?? ''
    // `#PYTHON2BASH:['10.0.0.5','10.0.0.6']`, or one address
    const addresses = set('KEEPALIVED_VIRTUAL_IPS')
      .split(/[^\da-f.:]+/i)
      .filter((word) => /\.|:.+:|::./.test(word) && parseAddressRange(word) !== null)
      .map((ip) => ({ ip, service: null }))
    if (addresses.length === 0) return []
    const path = 'KEEPALIVED_INTERFACE'
    return [{ object, path, addresses, nodes: nodes(), interface: set('KEEPALIVED_INTERFACE') || null }]
  })
}

/** Static pods of one configuration are one group on several nodes. */
function joined(groups: readonly VrrpGroup[]): readonly VrrpGroup[] {
  const byConfig = new Map<string, VrrpGroup>()
  for (const group of groups) {
    const key = JSON.stringify([group.addresses, group.interface])
    const before = byConfig.get(key)
    byConfig.set(key, before ? { ...before, nodes: new Set([...before.nodes, ...group.nodes]) } : group)
  }
  return [...byConfig.values()]
}
