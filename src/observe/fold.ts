import { ArpDecoder, isPlainArp, OUTCOME, OUTCOMES, WORD } from '../wire/arp-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink } from '../wire/frame-sink.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { LINK_TYPE } from '../wire/link-type.js'
import { CLAIM, SEEN } from './claims.js'
import { MODE } from './exchanges.js'
import { FLOW, FLOW_KIND, FLOW_TRAITS } from './flows.js'
import { kindOf, meetFlow } from './meet-flow.js'
import type { Micros } from './model.js'
import { RequestStorm } from './request-storm.js'
import { type ArpCounts, countFrames, settleFlows } from './settle.js'
import { SlidingPeak } from './sliding-peak.js'
import { Tables } from './tables.js'
import { Transitions } from './transitions.js'

/** Frames this much earlier than the newest second still count for it: captures of several CPUs are not quite in order. */
const LATE_SECONDS = 1

/**
 * Folds frames into tables. The path of a frame like one seen before allocates nothing: times live in a typed array,
 * because a double that is passed to a function or put into a field may get a box of its own.
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
  readonly tables: Tables
  readonly transitions: Transitions
  readonly peak: SlidingPeak
  readonly storm = new RequestStorm()
  /** ARP frames on VLAN stacks beyond the bound. */
  unlistedStacks = 0
  /** Microseconds: of this frame, of the first one, of the last one. */
  private readonly times = new Float64Array([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  private readonly decoder = new ArpDecoder()
  private second = 0
  private readonly forget = () => {
    this.settle()
    this.tables.flows.clear()
  }

  constructor(asked: ReadonlySet<Ipv4>) {
    this.tables = new Tables(asked, this.times)
    this.transitions = new Transitions(this.tables.addresses, this.tables.claims)
    this.peak = new SlidingPeak(this.times)
    for (const ip of asked) this.tables.addresses.take(0, ip)
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
      const row = this.tables.flows.findPlain(view, start)
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
    settleFlows(this.tables, this.counts)
  }

  /** Ends the flows and the second; the tables are complete then. */
  finish(): void {
    this.settle()
    this.closeSecond()
  }

  private arp(seconds: number, nanos: number): void {
    const { decoder, tables } = this
    const stack = tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack < 0) {
      this.unlistedStacks++
      this.countDirectly(kindOf(decoder.words), seconds, nanos)
      return
    }
    const known = tables.flows.find(decoder.words, stack)
    this.note(known < 0 ? this.meet(stack) : known, seconds, nanos)
  }

  /** Counts a frame of a flow. */
  private note(row: number, seconds: number, nanos: number): void {
    if (seconds !== this.second) this.moveTo(seconds)
    const { flows, loops, stacks } = this.tables
    const { ints } = flows
    ints[row + FLOW.count]!++
    const kind = (ints[row + FLOW.traits]! >> FLOW_TRAITS.kind) & FLOW_TRAITS.kindMask
    this.peak.add()
    this.storm.add((kind & FLOW_KIND.request) !== 0, seconds, nanos, this.frames)
    this.countRates(ints, row)
    if (ints[row + FLOW.claim]! >= 0) this.noteClaim(ints[row + FLOW.claim]!, kind)
    if (kind & FLOW_KIND.broadcast) loops.add(flows, row, this.second, this.times, stacks.list)
    if (kind & FLOW_KIND.answers) this.answer(row, kind)
    else if (kind & FLOW_KIND.opens) this.ask(ints, row, kind)
  }

  private meet(stack: number): number {
    const { flows } = this.tables
    const row = meetFlow(this.tables, this.decoder.words, stack, this.forget)
    flows.ints[row + FLOW.firstFrame] = this.frames
    flows.doubles[(row + FLOW.firstAt) >> 1] = this.times[0]!
    return row
  }

  private countRates(ints: Int32Array, row: number): void {
    const traits = ints[row + FLOW.traits]!
    const kind = (traits >> FLOW_TRAITS.rate) & FLOW_TRAITS.twoBits
    if (kind === FLOW_TRAITS.noRate) return
    const { rates } = this.tables
    const [sender, about] = [ints[row + FLOW.sender]!, ints[row + FLOW.about]!]
    if (sender >= 0) rates.sender.add(sender, kind)
    if (about >= 0) rates.target.add(about, kind)
    rates.vlan.add(traits & FLOW_TRAITS.stackMask, kind)
  }

  private noteClaim(claim: number, kind: number): void {
    const { claims, addresses } = this.tables
    const seen = claim * SEEN.width
    claims.seen[seen + SEEN.lastFrame] = this.frames
    claims.seenTimes[(seen + SEEN.lastAt) >> 1] = this.times[0]!
    if (kind & FLOW_KIND.gratuitous) claims.records.set(claim, CLAIM.lastGratuitousAt, this.times[0]!)
    const address = claims.seen[seen + SEEN.address]!
    if (addresses.lastClaim[address] === claim + 1) return
    this.transitions.note(address, claim, this.times[0]!, this.frames, (kind & FLOW_KIND.gratuitous) !== 0)
  }

  private ask(ints: Int32Array, row: number, kind: number): void {
    const { askedExchanges, otherExchanges, addresses } = this.tables
    const exchanges = kind & FLOW_KIND.asked ? askedExchanges : otherExchanges
    const mode = (ints[row + FLOW.traits]! >> FLOW_TRAITS.mode) & FLOW_TRAITS.twoBits
    const askedClaim = mode === MODE.broadcast ? -1 : ints[row + FLOW.askedClaim]!
    const slot = exchanges.open(ints[row + FLOW.conversation]!, mode, askedClaim)
    const about = ints[row + FLOW.about]!
    if (addresses.keepLeft[about]! > 0) exchanges.keep(slot, about, this.frames, ints.subarray(row, row + WORD.count))
  }

  private answer(row: number, kind: number): void {
    const { askedExchanges, otherExchanges, flows } = this.tables
    const exchanges = kind & FLOW_KIND.asked ? askedExchanges : otherExchanges
    exchanges.answer(flows, row, this.frames)
  }

  /** Another second begins; frames that come a little late stay in the one that is open. */
  private moveTo(seconds: number): void {
    if (seconds < this.second && this.second - seconds <= LATE_SECONDS) return
    this.closeSecond()
    this.second = seconds
  }

  private closeSecond(): void {
    const { rates } = this.tables
    rates.sender.close(this.second)
    rates.target.close(this.second)
    rates.vlan.close(this.second)
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
    this.peak.add()
    this.storm.add((kind & FLOW_KIND.request) !== 0, seconds, nanos, this.frames)
  }
}
