import type { ClusterSnapshot } from '../../model.js'
import type { FindBgp } from '../announcer.js'
import { bgpConfiguration, isIn } from './config.js'

/** Addresses of Services in the CIDRs of its BGPConfiguration are routes of the nodes, whoever assigned them. */
export function calicoByBgp(cluster: ClusterSnapshot): FindBgp {
  const config = bgpConfiguration(cluster)
  if (!config) return () => null
  return ({ ingress, externalIPs }, ip) => {
    const isAdvertised =
      (ingress.some((one) => one.ip === ip) && isIn(config.loadBalancerIPs, ip)) ||
      (externalIPs.includes(ip) && isIn(config.externalIPs, ip))
    return isAdvertised ? `BGPConfiguration/${config.name}` : null
  }
}
