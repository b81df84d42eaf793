import { type Known, valueOr } from '../../../known.js'
import { type AddressRange, holdsAddress, parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot } from '../../model.js'
import { type Cni, readCnis } from '../../network/cni.js'
import type { CalicoBgpConfiguration } from './objects.js'

/** The agent of Calico as the CNI of a cluster; null where it is none. */
export function calicoIn(cluster: ClusterSnapshot): Known<Cni | null> {
  const cnis = readCnis(cluster)
  if (!cnis.known) return cnis
  return { ...cnis, value: cnis.value.find(({ name }) => name === 'calico') ?? null }
}

/** The configuration that holds for all nodes. */
export function bgpConfiguration(cluster: ClusterSnapshot): CalicoBgpConfiguration | null {
  return valueOr(cluster.calicoBgpConfigurations, []).find(({ name }) => name === 'default') ?? null
}

/** Felix answers ARP and neighbour solicitations for LoadBalancer addresses (projectcalico/calico#12451). */
export function answersForServices(cluster: ClusterSnapshot): boolean {
  const felix = valueOr(cluster.calicoFelixConfigurations, []).find(({ name }) => name === 'default')
  return felix?.localSubnetL2Reachability === 'PodsAndLoadBalancers'
}

/** Of its pools only those whose packets are not encapsulated are answered for. */
export function answeredRanges(cluster: ClusterSnapshot): readonly AddressRange[] {
  const pools = valueOr(cluster.calicoIpPools, []).filter(({ encapsulated }) => !encapsulated)
  return pools.flatMap(({ cidr }) => parseAddressRange(cidr) ?? [])
}

export function isIn(cidrs: readonly string[], ip: string): boolean {
  return holdsAddress(
    cidrs.flatMap((cidr) => parseAddressRange(cidr) ?? []),
    ip,
  )
}
