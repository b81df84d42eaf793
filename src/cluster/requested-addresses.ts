import { ALL_READS } from './all-reads.js'
import type { ClusterEvent, Service } from './model.js'

/** The annotations by which a Service asks an announcer for addresses: a comma list. */
const ANNOTATIONS = ALL_READS.flatMap(({ wanted }) => wanted ?? [])
/** kube-vip's word for "by DHCP". */
const NO_ADDRESS = ['0.0.0.0', '::']

/** The addresses that a Service asks for, whether it has them or not: by annotation and `spec.loadBalancerIP`; each once. */
export function requestedAddresses({
  annotations,
  loadBalancerIP,
}: Pick<Service, 'annotations' | 'loadBalancerIP'>): string[] {
  const asked = ANNOTATIONS.flatMap((name) => annotations[name]?.split(',') ?? []).map((ip) => ip.trim())
  const all = loadBalancerIP === null ? asked : [...asked, loadBalancerIP]
  return [...new Set(all.filter((ip) => ip !== '' && !NO_ADDRESS.includes(ip)))]
}

/** Whether an event of MetalLB's controller says that its Service got one of these addresses: `Assigned IP ["10.0.0.240"]`. */
export function assignedTo(
  { reason, message }: Pick<ClusterEvent, 'reason' | 'message'>,
  ips: readonly string[],
): boolean {
  if (reason !== 'IPAllocated') return false
  const words = message.split(/[^0-9a-fA-F.:]+/)
  return ips.some((ip) => words.includes(ip))
}
