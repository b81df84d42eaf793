import { requestedAddresses } from '../cluster/requested-addresses.js'
import { decisiveKinds } from '../facts/cluster-kinds.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { valueOr } from '../known.js'
import { formatIp, type Ip, parseIp } from '../wire/ip.js'

/** Every VIP of the cluster (`--all`). */
export function vipsOfCluster({ expected }: ClusterView): Ip[] {
  return [...expected.keys()].map(parseIp).filter((ip) => ip !== null)
}

/** Those that a machine has to answer for: not what BGP alone announces, where all that says so could be read. */
export function answeredVips(view: ClusterView): Ip[] {
  const { expected, whole } = view
  const all = vipsOfCluster(view)
  const isWhole = decisiveKinds(whole).every((kind) => whole[kind].known)
  return isWhole ? all.filter((ip) => expected.get(formatIp(ip))?.byBgp === undefined) : all
}

/** The VIPs of one Service, `namespace/name`, of both families; of one without, those that it asks for. */
export function vipsOfService({ expected, cluster }: ClusterView, service: string): Ip[] {
  const vips = [...expected.values()].filter(({ services }) => services.includes(service)).map(({ ip }) => ip)
  const own = valueOr(cluster.services, []).find(({ key, type }) => key === service && type === 'LoadBalancer')
  const meant = vips.length > 0 || own === undefined ? vips : requestedAddresses(own)
  return meant.map(parseIp).filter((ip) => ip !== null)
}
