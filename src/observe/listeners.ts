import type { ArpDecoder } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import { LISTENER } from '../wire/listener-packet.js'
import type { Mac } from '../wire/mac.js'
import type { ListenerFacts, ListenerQuery, Micros } from './model.js'

const MOST_GROUPS = 65_536
const MOST_HOSTS = 4096
/** What a host needs to send its report, and a capture to see it. */
const SLACK: Micros = 1_000_000
/** A report of so many bytes, which 40 groups make, may be only the first part of what a host has to say. */
const FULL_REPORT = 800

interface Host {
  reports: number
  /** The number of the last general query that it answered, and whether that answer was seen whole. */
  answered: number
  isWhole: boolean
  lastFrame: number
  lastAt: Micros
}

interface Segment {
  query: { at: Micros; frame: number; from: Mac; delay: Micros } | null
  queries: number
  readonly hosts: Map<Mac, Host>
  /** By the last 24 bits of the group: the frame in which somebody joined it first. */
  readonly groups: Map<number, number>
}

/** Gathers who listens to which solicited-node group (MLD). The messages are few, so they need not pass the core. */
export class Listeners {
  private reports = 0
  private isFull = false
  private readonly segments = new Map<number, Segment>()
  /** Groups of all segments. */
  private groups = 0

  /** The decoder holds a message; `stack` is the number of its VLAN stack. */
  note(view: DataView, { listener, words }: ArpDecoder, stack: number, at: Micros, frame: number): void {
    const segment = this.segmentOf(stack)
    const from = macAt(words, 1, true)
    if (listener.type !== LISTENER.query) this.noteReport(view, listener, segment, from, at, frame)
    else if (listener.isGeneral(view)) {
      segment.queries++
      segment.query = { at, frame, from, delay: listener.delayMs(view) * 1000 }
    }
  }

  facts(vlansOf: (stack: number) => readonly number[], lastAt: Micros | null): ListenerFacts {
    const all = [...this.segments].map(([stack, segment]) => ({ vlans: vlansOf(stack), segment }))
    return {
      queries: all.reduce((sum, { segment }) => sum + segment.queries, 0),
      reports: this.reports,
      answers: all.flatMap(({ vlans, segment }) => answersIn(vlans, segment, lastAt)),
      joined: all.map(({ vlans, segment }) => ({ vlans, groups: new Map(segment.groups) })),
      isWhole: !this.isFull,
    }
  }

  private noteReport(
    view: DataView,
    listener: ArpDecoder['listener'],
    segment: Segment,
    from: Mac,
    at: Micros,
    frame: number,
  ): void {
    this.reports++
    const count = listener.count(view)
    // one of version 1 names one group, and what has changed is not all that there is (RFC 3810 section 5.2.12)
    let tellsAll = listener.type === LISTENER.report2
    let [record, seen] = [listener.firstRecord(), 0]
    for (; seen < count; seen++) {
      const next = listener.nextRecord(view, record)
      if (next === 0) break
      const group = listener.solicitedIn(view, record)
      if (group >= 0 && listener.listens(view, record)) this.join(segment, group, frame)
      tellsAll &&= listener.isCurrentState(view, record)
      record = next
    }
    if (listener.type === LISTENER.done) return
    const host = this.hostOf(segment, from)
    if (host === null) return
    host.reports++
    host.lastAt = at
    host.lastFrame = frame
    const { query } = segment
    if (!tellsAll || query === null || at < query.at || at > query.at + query.delay + SLACK) return
    const isPart = seen < count || listener.end - listener.at >= FULL_REPORT
    host.isWhole = !isPart && (host.answered !== segment.queries || host.isWhole)
    host.answered = segment.queries
  }

  private join({ groups }: Segment, group: number, frame: number): void {
    if (groups.has(group)) return
    if (this.groups === MOST_GROUPS) this.isFull = true
    else {
      groups.set(group, frame)
      this.groups++
    }
  }

  private segmentOf(stack: number): Segment {
    const known = this.segments.get(stack)
    if (known) return known
    const segment: Segment = { query: null, queries: 0, hosts: new Map(), groups: new Map() }
    this.segments.set(stack, segment)
    return segment
  }

  private hostOf({ hosts }: Segment, mac: Mac): Host | null {
    const known = hosts.get(mac)
    if (known) return known
    if (hosts.size === MOST_HOSTS) return null
    const host: Host = { reports: 0, answered: 0, isWhole: false, lastFrame: 0, lastAt: 0 }
    hosts.set(mac, host)
    return host
  }
}

/** Who answered the last general query of a segment, all of whose answers had time to come. */
function answersIn(
  vlans: readonly number[],
  { query, queries, hosts }: Segment,
  lastAt: Micros | null,
): ListenerQuery[] {
  if (query === null || lastAt === null || lastAt < query.at + query.delay + SLACK) return []
  const whole = [...hosts].filter(([, host]) => host.answered === queries && host.isWhole)
  return [
    {
      vlans,
      frame: query.frame,
      at: query.at,
      querier: query.from,
      hosts: whole.map(([mac, { lastFrame, lastAt: reportedAt }]) => ({ mac, frame: lastFrame, at: reportedAt })),
    },
  ]
}
