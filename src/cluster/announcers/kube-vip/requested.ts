import type { Service } from '../../model.js'

type Asking = Pick<Service, 'annotations' | 'loadBalancerIP'>

/** The addresses that the annotation pins; of these kube-vip binds all, and nothing else. */
export function pinnedAddresses({ annotations }: Asking): readonly string[] {
  return (annotated(annotations) ?? '').split(',').flatMap((ip) => (isGiven(ip.trim()) ? [ip.trim()] : []))
}

/** Whether it asks for an address by DHCP: `0.0.0.0` or `::`. The one that was leased stands in the status. */
export function isByDhcp(service: Asking): boolean {
  const { annotations, loadBalancerIP } = service
  if (pinnedAddresses(service).length > 0) return false
  return annotated(annotations) !== undefined || (loadBalancerIP !== null && !isGiven(loadBalancerIP))
}

export function isGiven(ip: string): boolean {
  return ip !== '' && ip !== '0.0.0.0' && ip !== '::'
}

function annotated(annotations: Service['annotations']): string | undefined {
  return annotations['kube-vip.io/loadbalancerIPs'] ?? annotations['kube-vip.io/loadbalancerIP']
}
