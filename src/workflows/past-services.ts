import { type BoundFrom, type ServiceHistory, sameAddresses } from '../facts/history.js'
import type { HistoryLine, LineOf } from '../watch/history-line.js'

/** Of one Service; the oldest go first. */
const MOST_RECORDS = 1000

/** Of one Service. */
interface Told {
  readonly records: BoundFrom[]
  /** Nothing is known of it from then on; null: nothing has changed since its last record. */
  unseenFrom: string | null
}

/** What Services had and when, and from when to when nobody can say. */
export class PastServices {
  private readonly told = new Map<string, Told>()
  /** When the cluster was read last, as far as the lines show it. */
  private readAt: string | null = null

  take(line: HistoryLine): void {
    if (line.event === 'service') this.takeService(line)
    else if (line.event === 'ended') this.breakOff(line.readUntil ?? this.readAt)
    else if (line.event === 'lost') this.breakOff(this.readAt)
    else if (line.event === 'begun' && !line.continued) this.begin(line.at)
  }

  all(): ServiceHistory[] {
    return [...this.told].map(([service, { records, unseenFrom }]) => ({
      service,
      records,
      ...(unseenFrom === null ? {} : { until: unseenFrom }),
    }))
  }

  private takeService({ at, service, ips, nodes, announcers, unseenFrom }: LineOf<'service'>): void {
    if (this.readAt === null || at > this.readAt) this.readAt = at
    const told = this.told.get(service) ?? { records: [], unseenFrom: null }
    this.told.set(service, told)
    const last = told.records.at(-1)
    if (last?.at === at) return // what stands is said again where a file begins
    const from = told.unseenFrom ?? unseenFrom
    told.unseenFrom = null
    const record = { at, ips, nodes, announcers, ...(from === undefined ? {} : { unseenFrom: from }) }
    if (last !== undefined && isSame(last, record)) return // so is what a watch finds as an earlier one left it
    told.records.push(record)
    if (told.records.length > MOST_RECORDS) told.records.shift()
  }

  /** Its clock is another one than that of the lines before: what was known ends at its begin at the latest. */
  private begin(at: string): void {
    this.breakOff(this.readAt)
    for (const one of this.told.values()) if (one.unseenFrom !== null && one.unseenFrom > at) one.unseenFrom = at
    this.readAt = null
  }

  private breakOff(at: string | null): void {
    for (const one of this.told.values()) one.unseenFrom ??= at
  }
}

function isSame(one: BoundFrom, other: BoundFrom): boolean {
  const held = ({ nodes, announcers }: BoundFrom) => JSON.stringify([nodes, announcers])
  return sameAddresses(one.ips, other.ips) && held(one) === held(other)
}
