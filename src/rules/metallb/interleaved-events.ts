import { lastSeen, secondsSince } from '../../cluster/announcers/history.js'
import { assignedNode } from '../../cluster/announcers/metallb/sightings.js'
import type { ClusterEvent } from '../../cluster/model.js'

/** Speakers that disagree each announce again whenever the Service is synchronised; what is older is over. */
const RECENT_SECONDS = 600

/**
 * Assignments of one Service to different nodes, each repeated while the other was. One node after another is a failover,
 * and so is a single event of another node in between: the address went there and came back.
 */
export function interleavedEvents(events: readonly ClusterEvent[], observedAt: string): readonly ClusterEvent[] {
  const repeated = events.filter(
    (event) => event.reason === 'nodeAssigned' && event.count > 1 && secondsSince(event, observedAt) <= RECENT_SECONDS,
  )
  return repeated.filter((one) =>
    repeated.some((other) => assignedNode(one) !== assignedNode(other) && interleave(one, other)),
  )
}

/** Their spans overlap. ISO times in UTC compare as text. */
function interleave(one: ClusterEvent, other: ClusterEvent): boolean {
  const [start, otherStart] = [one.firstAt ?? '', other.firstAt ?? '']
  if (start === '' || otherStart === '') return false
  return start < lastSeen(other) && otherStart < lastSeen(one)
}
