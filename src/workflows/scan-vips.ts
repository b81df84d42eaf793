import { requestedAddresses } from '../cluster/requested-addresses.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { valueOr } from '../known.js'
import { type Ip, parseIp } from '../wire/ip.js'

/** Every VIP of the cluster (`--all`). */
export function vipsOfCluster({ expected }: ClusterView): Ip[] {
  return [...expected.keys()].map(parseIp).filter((ip) => ip !== null)
}

/** The VIPs of one Service, `namespace/name`, of both families; of one without, those that it asks for. */
export function vipsOfService({ expected, cluster }: ClusterView, service: string): Ip[] {
  const vips = [...expected.values()].filter(({ services }) => services.includes(service)).map(({ ip }) => ip)
  const own = valueOr(cluster.services, []).find(({ key, type }) => key === service && type === 'LoadBalancer')
  const meant = vips.length > 0 || own === undefined ? vips : requestedAddresses(own)
  return meant.map(parseIp).filter((ip) => ip !== null)
}
