import { assignedNode } from '../../cluster/announcers/metallb-sightings.js'
import type { ClusterEvent } from '../../cluster/model.js'

/** Assignments to different nodes that overlap in time: a failover's end where the next begins, a split's go on in turns. */
export function interleavedEvents(events: readonly ClusterEvent[]): readonly ClusterEvent[] {
  const assigned = events.filter(({ reason }) => reason === 'nodeAssigned')
  return assigned.filter((one) =>
    assigned.some((other) => assignedNode(one) !== assignedNode(other) && overlap(one, other)),
  )
}

/** ISO times in UTC compare as text; one event alone is a moment and overlaps nothing but a span around it. */
function overlap(one: ClusterEvent, other: ClusterEvent): boolean {
  const [start, end] = [one.firstAt, one.lastAt]
  const [otherStart, otherEnd] = [other.firstAt, other.lastAt]
  if (!start || !end || !otherStart || !otherEnd) return false
  return start < otherEnd && otherStart < end
}
