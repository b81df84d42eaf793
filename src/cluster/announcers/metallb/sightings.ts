import { groupBy } from '../../group-by.js'
import type { ClusterEvent, Service } from '../../model.js'
import type { ExpectedNode } from '../announcer.js'
import { ServiceHistory } from '../history.js'
import type { ServiceL2Status } from './objects.js'

/** Who announces a service by MetalLB's own account: its status objects, then the latest `nodeAssigned` event about it. */
export class Sightings {
  readonly #statuses: ReadonlyMap<string, readonly ServiceL2Status[]>
  readonly #history: ServiceHistory

  constructor(statuses: readonly ServiceL2Status[], events: readonly ClusterEvent[]) {
    this.#statuses = groupBy(statuses, ({ service }) => service)
    this.#history = new ServiceHistory(events.filter(({ reason }) => reason === 'nodeAssigned'))
  }

  of(service: Pick<Service, 'key' | 'uid' | 'createdAt'>): readonly ExpectedNode[] {
    const statuses = (this.#statuses.get(service.key) ?? []).map(
      ({ key, node }) => ({ node, from: 'status', detail: `ServiceL2Status/${key}` }) as const,
    )
    const event = this.#history.of(service).at(-1)
    const node = event && assignedNode(event)
    return node ? [...statuses, { node, from: 'event', detail: `Event/${event.key}` }] : statuses
  }
}

/** The node in `announcing from node "node-a" with protocol "layer2"` (up to 0.12 without the protocol); null for BGP. */
export function assignedNode({ message }: Pick<ClusterEvent, 'message'>): string | null {
  const match = /announcing from node "([^"]+)"(?: with protocol "([^"]+)")?/.exec(message)
  return match && (match[2] ?? 'layer2') === 'layer2' ? match[1]! : null
}

/**
 * What is left of MetalLB's own account beside the election: nothing of a node that may not announce, and no event where a
 * status object, which is kept up to date, names the winner.
 */
export function standing(
  seen: readonly ExpectedNode[],
  winner: string | null,
  isRuledOut: (node: string) => boolean,
): readonly ExpectedNode[] {
  const left = seen.filter(({ node }) => !isRuledOut(node))
  const settled = left.some(({ from, node }) => from === 'status' && node === winner)
  return settled ? left.filter(({ from }) => from === 'status') : left
}
