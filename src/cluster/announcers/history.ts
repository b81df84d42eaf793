import { groupBy } from '../group-by.js'
import type { ClusterEvent, Service } from '../model.js'

/**
 * Events are history: they live for about an hour, whatever has become of their object since. Here they are sorted by
 * the very Service they are about, so that one that was deleted and made again under its name has none of the old one's.
 */
export class ServiceHistory {
  readonly #events: ReadonlyMap<string, readonly ClusterEvent[]>

  constructor(events: readonly ClusterEvent[]) {
    this.#events = groupBy(
      events.filter(({ about }) => about.kind === 'Service'),
      ({ about }) => about.key,
    )
  }

  /** Oldest first, by the time each was seen last. */
  of(service: Pick<Service, 'key' | 'uid' | 'createdAt'>): readonly ClusterEvent[] {
    const events = this.#events.get(service.key)
    if (events === undefined) return []
    const own = events.filter((event) => isAbout(event, service))
    return own.sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1))
  }
}

/** Without uids an event that ended before the Service was made is about a former one. */
function isAbout(event: ClusterEvent, { uid, createdAt }: Pick<Service, 'uid' | 'createdAt'>): boolean {
  if (uid !== null && event.about.uid !== null) return uid === event.about.uid
  return createdAt === null || lastSeen(event) === '' || lastSeen(event) >= createdAt
}

/** ISO 8601 in UTC, which compares as text; empty when the event has no time. */
export function lastSeen({ lastAt, firstAt }: ClusterEvent): string {
  return lastAt ?? firstAt ?? ''
}

/** Whole seconds between the last sight of an event and the moment the cluster was read; infinite for one without a time. */
export function secondsSince(event: ClusterEvent, observedAt: string): number {
  const at = Date.parse(lastSeen(event))
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : Math.round((Date.parse(observedAt) - at) / 1000)
}
