import type { ClusterNode } from './model.js'

export function addressesOf({
  internalIPs,
  externalIPs,
}: Pick<ClusterNode, 'internalIPs' | 'externalIPs'>): readonly string[] {
  return [...internalIPs, ...externalIPs]
}
