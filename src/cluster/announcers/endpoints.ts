import { once } from '../../once.js'
import { groupBy } from '../group-by.js'
import type { EndpointSlice } from '../model.js'

/** The nodes with an endpoint that can serve, by service; null stands for an endpoint without node. */
export type EndpointNodes = ReadonlyMap<string, ReadonlySet<string | null>>

export const endpointNodes = once((slices: readonly EndpointSlice[]): EndpointNodes => {
  const nodes = new Map<string, ReadonlySet<string | null>>()
  for (const [service, own] of groupBy(slices, ({ service }) => service)) nodes.set(service, servingNodes(own))
  return nodes
})

/**
 * The same for the endpoints of one family alone; null where a slice of the Service does not say its family, or none is of this one:
 * Kubernetes makes one, even empty, for each family of a Service.
 */
export function endpointNodesOf(
  slices: readonly EndpointSlice[],
  family: 'IPv4' | 'IPv6',
): ReadonlySet<string | null> | null {
  const own = slices.filter(({ addressType }) => addressType === family)
  if (own.length === 0 || slices.some(({ addressType }) => addressType === null)) return null
  return servingNodes(own)
}

function servingNodes(slices: readonly EndpointSlice[]): ReadonlySet<string | null> {
  const serving = slices.flatMap(({ endpoints }) => endpoints.filter((one) => one.ready || one.serving))
  return new Set(serving.map(({ node }) => node))
}
