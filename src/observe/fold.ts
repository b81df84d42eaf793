import { ArpDecoder, OUTCOME, OUTCOMES, WORD } from '../wire/arp-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink } from '../wire/frame-sink.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { ADDRESS } from './addresses.js'
import { FLOW, FLOW_KIND } from './flows.js'
import { kindOf, meetFlow } from './meet-flow.js'
import type { Micros } from './model.js'
import { RequestStorm } from './request-storm.js'
import { settleFlows, takeSecond } from './settle.js'
import { SlidingPeak } from './sliding-peak.js'
import { Tables } from './tables.js'
import { Transitions } from './transitions.js'

/** Frames this much earlier than the newest second still count for it: captures of several CPUs are not quite in order. */
const LATE_SECONDS = 1

/** Folds frames into tables. The path of a frame seen before allocates nothing. */
export class Fold implements FrameSink {
  frames = 0
  requests = 0
  replies = 0
  gratuitous = 0
  probes = 0
  firstAt: Micros = Number.POSITIVE_INFINITY
  lastAt: Micros = Number.NEGATIVE_INFINITY
  /** Frames per outcome of decoding, in the order of OUTCOMES. */
  readonly outcomes = new Float64Array(OUTCOMES.length)
  /** Records and blocks that could not be read, by name. */
  readonly damages = new Map<string, number>()
  /** Frames of each link type that the capture announces. */
  readonly linkTypes = new Map<number, number>()
  readonly tables: Tables
  readonly transitions: Transitions
  readonly peak = new SlidingPeak()
  readonly storm = new RequestStorm()
  /** Frames that claim an address, beyond the bounds. */
  unlistedClaims = 0
  /** ARP frames on VLAN stacks beyond the bound. */
  unlistedStacks = 0
  private readonly decoder = new ArpDecoder()
  private second = 0
  private readonly settle = () => {
    this.unlistedClaims += settleFlows(this.tables)
  }

  constructor(asked: ReadonlySet<Ipv4>) {
    this.tables = new Tables(asked)
    for (const ip of asked) this.tables.addresses.take(0, ip)
    this.transitions = new Transitions(this.tables.addresses, this.tables.claims)
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.frames++
    const at = seconds * 1_000_000 + Math.floor(nanos / 1000)
    if (at < this.firstAt) this.firstAt = at
    if (at > this.lastAt) this.lastAt = at
    const outcome = this.decoder.decode(view, start, end, linkType)
    this.outcomes[outcome]!++
    if (outcome === OUTCOME.arp) this.arp(at, seconds, nanos)
    else if (outcome !== OUTCOME.notArp) this.oddFrame(outcome, linkType, at, seconds, nanos)
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

  /** Ends the second and the flows; the tables are complete then. */
  finish(): void {
    this.settle()
    this.closeSecond()
  }

  private arp(at: Micros, seconds: number, nanos: number): void {
    if (seconds !== this.second) this.moveTo(seconds)
    const { tables, decoder } = this
    const { flows } = tables
    const stack = tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack < 0) {
      this.unlisted(at, seconds, nanos)
      return
    }
    let row = flows.find(decoder.words, stack)
    if (row < 0) row = this.meet(stack, at)
    const { ints } = flows
    if (ints[row + FLOW.inSecond]!++ === 0) flows.active[flows.activeCount++] = row
    ints[row + FLOW.count]!++
    ints[row + FLOW.lastFrame] = this.frames
    flows.doubles[(row + FLOW.lastAt) >> 1] = at
    const kind = ints[row + FLOW.kind]!
    this.count(kind, at, seconds, nanos)
    const claim = ints[row + FLOW.claim]!
    if (claim >= 0) this.noteClaim(ints[row + FLOW.claimAddress]!, claim, at, kind)
    if (kind & (FLOW_KIND.opens | FLOW_KIND.answers)) this.exchange(row, kind, claim, at)
  }

  /** Counts what only the bytes of an ARP header decide. */
  private count(kind: number, at: Micros, seconds: number, nanos: number): void {
    if (kind & FLOW_KIND.request) {
      this.requests++
      if (!(kind & FLOW_KIND.claims)) this.probes++
    } else if (kind & FLOW_KIND.reply) this.replies++
    if (kind & FLOW_KIND.gratuitous) this.gratuitous++
    this.peak.add(at)
    this.storm.add((kind & FLOW_KIND.request) !== 0, seconds, nanos, this.frames)
  }

  private meet(stack: number, at: Micros): number {
    const row = meetFlow(this.tables, this.decoder.words, stack, this.settle)
    const { flows } = this.tables
    flows.ints[row + FLOW.firstFrame] = this.frames
    flows.doubles[(row + FLOW.firstAt) >> 1] = at
    return row
  }

  private unlisted(at: Micros, seconds: number, nanos: number): void {
    this.unlistedStacks++
    this.count(kindOf(this.decoder.words), at, seconds, nanos)
  }

  private noteClaim(address: number, claim: number, at: Micros, kind: number): void {
    const { data, width } = this.tables.addresses.records
    if (data[address * width + ADDRESS.lastClaim] === claim + 1) return
    this.transitions.note(address, claim, at, this.frames, (kind & FLOW_KIND.gratuitous) !== 0)
  }

  private exchange(row: number, kind: number, claim: number, at: Micros): void {
    const { askedExchanges, otherExchanges, flows } = this.tables
    const { ints } = flows
    const exchanges = kind & FLOW_KIND.asked ? askedExchanges : otherExchanges
    const conversation = ints[row + FLOW.conversation]!
    if (kind & FLOW_KIND.answers) {
      exchanges.answer(conversation, claim, at, this.frames)
      return
    }
    const about = ints[row + FLOW.about]!
    const slot = exchanges.open(conversation, about, ints[row + FLOW.mode]!, ints[row + FLOW.askedClaim]!, at)
    if (exchanges.wantsDetails(about)) exchanges.keep(slot, about, at, this.frames, this.decoder.words)
  }

  /** Another second begins; frames that come a little late stay in the one that is open. */
  private moveTo(seconds: number): void {
    if (seconds < this.second && this.second - seconds <= LATE_SECONDS) return
    takeSecond(this.tables)
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
  private oddFrame(outcome: number, linkType: number, at: Micros, seconds: number, nanos: number): void {
    if (outcome === OUTCOME.unreadLinkType) this.linkTypes.set(linkType, (this.linkTypes.get(linkType) ?? 0) + 1)
    if (outcome < OUTCOME.otherHardwareType) return
    const oper = this.decoder.words[WORD.arp]! >>> 16
    const kind = oper === ARP_REQUEST ? FLOW_KIND.request : oper === ARP_REPLY ? FLOW_KIND.reply : 0
    this.count(kind | FLOW_KIND.claims, at, seconds, nanos)
  }
}
