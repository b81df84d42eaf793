import { valueOr } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { FindBgp } from '../announcer.js'

/** Without L2 announcements the addresses that Cilium assigns are announced by its BGP control plane alone. */
export function ciliumByBgp({ configMaps }: ClusterSnapshot): FindBgp {
  const config = valueOr(configMaps, []).find(({ name }) => name === 'cilium-config')
  const speaks =
    config?.data['enable-bgp-control-plane'] === 'true' && config.data['enable-l2-announcements'] !== 'true'
  const isCiliums = ({ type, loadBalancerClass }: Service): boolean =>
    type === 'LoadBalancer' && (loadBalancerClass === null || loadBalancerClass === 'io.cilium/bgp-control-plane')
  return (service) => (config && speaks && isCiliums(service) ? `ConfigMap/${config.key}` : null)
}
