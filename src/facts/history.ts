import type { BaselineFacts, Binding, StoredBaseline } from './baseline.js'

/** What a watch wrote down of the past, as far as one question concerns it. All times are ISO 8601, all records oldest first. */
export interface HistoryFacts {
  /** When the last line was written: what came after is not in it. */
  readonly until: string
  readonly addresses: readonly AddressHistory[]
  readonly services: readonly ServiceHistory[]
}

export interface AddressHistory {
  readonly ip: string
  readonly records: readonly AnsweredFrom[]
  /** Nothing is known of it from then on; absent: nothing changed before the history ends. */
  readonly until?: string | undefined
}

/** Who answered for an address from a window on; empty: nobody. Windows of which nothing is known are left out. */
export interface AnsweredFrom {
  /** The end of the window. */
  readonly at: string
  /** From then to this window nothing is known: no watch ran, it was blind, or lines are lost. Absent: each window was seen. */
  readonly unseenFrom?: string | undefined
  readonly machines: readonly PastMachine[]
}

export interface PastMachine {
  readonly mac: string
  readonly node: string | null
}

export interface ServiceHistory {
  /** `namespace/name`. */
  readonly service: string
  readonly records: readonly BoundFrom[]
  /** Nothing is known of it from then on; absent: nothing changed before the history ends. */
  readonly until?: string | undefined
}

/**
 * What a Service had from a time on; without addresses it had none, or was not there. `unseenFrom`: from then to this reading nothing is
 * known: no watch ran, the cluster could not be read, or lines are lost.
 */
export interface BoundFrom extends Omit<Binding, 'service' | 'until'> {
  readonly at: string
}

/** What changed longer ago than this explains nothing of today, ms. */
const LOOK_BACK_MS = 7 * 86_400_000

/** The bindings that the history last held otherwise than they are now, each with the time until which it did. */
export function baselineIn({ until, services }: HistoryFacts, current: StoredBaseline): BaselineFacts {
  const now = new Map(current.bindings.map((binding) => [binding.service, binding]))
  const before = new Map(services.map((one) => [one.service, one]))
  // without one line of a Service nothing is known of any, and no Service is new
  const names = before.size === 0 ? [] : [...new Set([...before.keys(), ...now.keys()])]
  const pairs = names.map((service) => ({
    previous: former(service, before.get(service), now.get(service), current.at),
    now: now.get(service),
  }))
  return {
    previousAt: until,
    previous: pairs.flatMap(({ previous }) => previous ?? []),
    current: pairs.flatMap(({ now: one }) => one ?? []),
  }
}

/** Other addresses count before other nodes; null where there was no such Service. */
function former(
  service: string,
  past: ServiceHistory | undefined,
  now: Binding | undefined,
  at: string,
): Binding | null {
  const { records, until: lastSeen } = past ?? { records: [] }
  const ended = records.map((record, index) => {
    const next = records[index + 1] ?? (lastSeen === undefined ? undefined : { at, unseenFrom: lastSeen })
    return { record, until: next?.at ?? null, unseenFrom: next?.unseenFrom }
  })
  const recent = ended.filter(({ until }) => until === null || isRecent(until, at)).reverse()
  const other =
    recent.find(({ record }) => !sameAddresses(record.ips, now?.ips ?? [])) ??
    recent.find(({ record }) => now?.ips.some((ip) => isElsewhere(record.nodes[ip], now.nodes[ip]))) ??
    recent[0]
  if (other === undefined) return null
  const { ips, nodes, announcers } = other.record
  const { until, unseenFrom } = other
  return {
    ...{ service, ips, nodes, announcers },
    ...(until === null ? {} : { until }),
    ...(unseenFrom === undefined ? {} : { unseenFrom }),
  }
}

function isElsewhere(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now
}

export function sameAddresses(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((ip) => other.includes(ip))
}

/** `then` lies no longer before `now` than a change explains anything. */
export function isRecent(then: string, now: string): boolean {
  return Date.parse(now) - Date.parse(then) <= LOOK_BACK_MS
}

/** A machine that answers now, and since when by the history. */
export interface Newcomer {
  readonly machine: PastMachine
  /** The first record in which it answers; null: it answers in none, and came after the history ends. */
  readonly since: string | null
  /** It may have come this early, because nothing is known from then on; null: it came with `since`. */
  readonly notBefore: string | null
  /** Who answered right before. */
  readonly before: readonly PastMachine[]
}

/** Of those that answer now, whom the history knows not to have answered at some time, the latest first. */
export function newcomers(
  { records, until }: Pick<AddressHistory, 'records' | 'until'>,
  now: readonly PastMachine[],
): Newcomer[] {
  return now
    .flatMap((machine) => {
      const last = records.findLastIndex(({ machines }) => !machines.some((one) => isSameMachine(one, machine)))
      if (last < 0) return []
      const first = records[last + 1]
      const notBefore = first === undefined ? until : first.unseenFrom
      return [{ machine, since: first?.at ?? null, notBefore: notBefore ?? null, before: records[last]!.machines }]
    })
    .sort((one, other) => (other.since ?? '9').localeCompare(one.since ?? '9'))
}

/** Two MACs of one node are one machine. */
export function isSameMachine(one: PastMachine, other: PastMachine): boolean {
  return one.mac === other.mac || (one.node !== null && one.node === other.node)
}
