import { ArpDecoder, isPlainArp, OUTCOME, OUTCOMES, WORD } from '../wire/arp-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink } from '../wire/frame-sink.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { LINK_TYPE } from '../wire/link-type.js'
import { Batch } from './batch.js'
import { Digest } from './digest.js'
import { FLOW, FLOW_KIND } from './flows.js'
import { kindOf, meetFlow } from './meet-flow.js'
import type { Micros } from './model.js'
import { type ArpCounts, countFrames, settleFlows } from './settle.js'
import type { Tables } from './tables.js'

/**
 * Finds the flow of each frame and hands batches of them on. The path of a frame like one seen before allocates nothing:
 * times live in a typed array, because a double that is passed to a function or put into a field may get a box of its own.
 */
export class Fold implements FrameSink {
  frames = 0
  /** Frames per outcome of decoding, in the order of OUTCOMES. */
  readonly outcomes = new Float64Array(OUTCOMES.length)
  /** Records and blocks that could not be read, by name. */
  readonly damages = new Map<string, number>()
  /** Frames of each link type that the capture announces. */
  readonly linkTypes = new Map<number, number>()
  readonly counts: ArpCounts = { requests: 0, replies: 0, gratuitous: 0, probes: 0, unlistedClaims: 0 }
  readonly digest: Digest
  /** ARP frames on VLAN stacks beyond the bound. */
  unlistedStacks = 0
  /** Microseconds: of this frame, of the first one, of the last one. */
  private readonly times = new Float64Array([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  private readonly decoder = new ArpDecoder()
  private readonly batch = new Batch()
  private readonly forget = () => {
    this.settle()
    this.tables.flows.clear()
  }

  constructor(asked: ReadonlySet<Ipv4>) {
    this.digest = new Digest(asked)
  }

  get tables(): Tables {
    return this.digest.tables
  }

  get firstAt(): Micros | null {
    return Number.isFinite(this.times[1]) ? this.times[1]! : null
  }

  get lastAt(): Micros | null {
    return Number.isFinite(this.times[2]) ? this.times[2]! : null
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.frames++
    const { times } = this
    const at = seconds * 1_000_000 + ((nanos / 1000) | 0)
    times[0] = at
    if (at < times[1]!) times[1] = at
    if (at > times[2]!) times[2] = at
    if (linkType === LINK_TYPE.ethernet && isPlainArp(view, start, end)) {
      const row = this.digest.tables.flows.findPlain(view, start)
      if (row >= 0) {
        this.outcomes[OUTCOME.arp]!++
        this.note(row, seconds, nanos)
        return
      }
    }
    this.decode(view, start, end, linkType, seconds, nanos)
  }

  /** Every frame but a plain one like one seen before. */
  private decode(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    const outcome = this.decoder.decode(view, start, end, linkType)
    this.outcomes[outcome]!++
    if (outcome === OUTCOME.arp) this.arp(seconds, nanos)
    else if (outcome !== OUTCOME.notArp) this.oddFrame(outcome, linkType, seconds, nanos)
  }

  otherRecord(): void {
    this.frames++
  }

  linkType(linkType: number): void {
    if (!this.linkTypes.has(linkType)) this.linkTypes.set(linkType, 0)
  }

  damaged(reason: string): void {
    this.damages.set(reason, (this.damages.get(reason) ?? 0) + 1)
  }

  /** Brings the counts of the tables up to date. */
  settle(): void {
    this.digest.take(this.batch)
    settleFlows(this.tables, this.counts)
  }

  /** Ends the flows and the second; the tables are complete then. */
  finish(): void {
    this.settle()
    this.digest.closeSecond()
  }

  private arp(seconds: number, nanos: number): void {
    const { decoder } = this
    const { tables } = this.digest
    const stack = tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack < 0) {
      this.unlistedStacks++
      this.countDirectly(kindOf(decoder.words), seconds, nanos)
      return
    }
    const known = tables.flows.find(decoder.words, stack)
    this.note(known < 0 ? this.meet(stack) : known, seconds, nanos)
  }

  /** Hands a frame of a flow on. */
  private note(row: number, seconds: number, nanos: number): void {
    if (this.batch.push(row, 0, this.frames, seconds, nanos, this.times)) this.digest.take(this.batch)
  }

  private meet(stack: number): number {
    const { flows } = this.tables
    const row = meetFlow(this.tables, this.decoder.words, stack, this.forget)
    flows.ints[row + FLOW.firstFrame] = this.frames
    flows.doubles[(row + FLOW.firstAt) >> 1] = this.times[0]!
    return row
  }

  /** A link type that we do not read, a frame cut short, or ARP for something else than Ethernet and IPv4. */
  private oddFrame(outcome: number, linkType: number, seconds: number, nanos: number): void {
    if (outcome === OUTCOME.unreadLinkType) this.linkTypes.set(linkType, (this.linkTypes.get(linkType) ?? 0) + 1)
    if (outcome < OUTCOME.otherHardwareType) return
    const oper = this.decoder.words[WORD.arp]! >>> 16
    const kind = oper === ARP_REQUEST ? FLOW_KIND.request : oper === ARP_REPLY ? FLOW_KIND.reply : 0
    this.countDirectly(kind | FLOW_KIND.claims, seconds, nanos)
  }

  /** For ARP frames that belong to no flow. */
  private countDirectly(kind: number, seconds: number, nanos: number): void {
    countFrames(this.counts, kind, 1)
    if (this.batch.push(-1, kind, this.frames, seconds, nanos, this.times)) this.digest.take(this.batch)
  }
}
