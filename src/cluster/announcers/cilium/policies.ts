import { matchesSelector } from '../../label-selector.js'
import type { Service } from '../../model.js'
import type { CiliumL2Policy } from './objects.js'

/** Besides its labels a Service can be selected by name and namespace. */
export function selectsService({ serviceSelector }: CiliumL2Policy, service: Service): boolean {
  const labels = {
    ...service.labels,
    'io.kubernetes.service.name': service.name,
    'io.kubernetes.service.namespace': service.namespace,
  }
  return serviceSelector === null || matchesSelector(serviceSelector, labels)
}

/** What a policy announces of a Service that it selects; nothing when both of its switches are off (the default). */
export function announcedAddresses(policy: CiliumL2Policy, service: Service): readonly string[] {
  return [
    ...(policy.loadBalancerIPs && isCiliums(service) ? service.ingress.flatMap(({ ip }) => ip ?? []) : []),
    ...(policy.externalIPs ? service.externalIPs : []),
  ]
}

/** Whether a policy that selects the Service announces this address of it. */
export function announcesAddress(policy: CiliumL2Policy, service: Service, ip: string): boolean {
  return announcedAddresses(policy, service).includes(ip)
}

function isCiliums({ type, loadBalancerClass }: Service): boolean {
  return type === 'LoadBalancer' && (loadBalancerClass === null || loadBalancerClass === 'io.cilium/l2-announcer')
}
