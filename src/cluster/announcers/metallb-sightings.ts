import { groupBy } from '../group-by.js'
import type { ClusterEvent } from '../model.js'
import type { ServiceL2Status } from '../model-resources.js'
import type { ExpectedNode } from './announcer.js'

/** Who announces a service by MetalLB's own account: its status objects, then the latest `nodeAssigned` event. */
export class Sightings {
  readonly #statuses: ReadonlyMap<string, readonly ServiceL2Status[]>
  readonly #events: ReadonlyMap<string, readonly ClusterEvent[]>

  constructor(statuses: readonly ServiceL2Status[], events: readonly ClusterEvent[]) {
    this.#statuses = groupBy(statuses, ({ service }) => service)
    this.#events = groupBy(events.filter(isAssignment), ({ about }) => about.key)
  }

  of(service: string): readonly ExpectedNode[] {
    const statuses = (this.#statuses.get(service) ?? []).map(
      ({ key, node }) => ({ node, from: 'status', detail: `ServiceL2Status/${key}` }) as const,
    )
    const event = latest(this.#events.get(service) ?? [])
    const node = event && assignedNode(event)
    return node ? [...statuses, { node, from: 'event', detail: `Event/${event.key}` }] : statuses
  }
}

function isAssignment({ reason, about }: ClusterEvent): boolean {
  return reason === 'nodeAssigned' && about.kind === 'Service'
}

/** The node in `announcing from node "node-a" with protocol "layer2"` (up to 0.12 without the protocol); null for BGP. */
export function assignedNode({ message }: ClusterEvent): string | null {
  const match = /announcing from node "([^"]+)"(?: with protocol "([^"]+)")?/.exec(message)
  return match && (match[2] ?? 'layer2') === 'layer2' ? match[1]! : null
}

/** ISO times in UTC compare as text. */
function latest(events: readonly ClusterEvent[]): ClusterEvent | null {
  const time = ({ lastAt, firstAt }: ClusterEvent): string => lastAt ?? firstAt ?? ''
  return events.reduce<ClusterEvent | null>((best, one) => (!best || time(one) > time(best) ? one : best), null)
}
