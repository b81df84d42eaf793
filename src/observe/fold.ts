import { ArpDecoder, OUTCOME, OUTCOMES, WORD } from '../wire/arp-decoder.js'
import { DISCOVERIES, DISCOVERY } from '../wire/discovery-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink, RecordLayout } from '../wire/frame-sink.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import { LINK_TYPE } from '../wire/link-type.js'
import * as FLOW_KEY from './columns/flow-key.js'
import * as FLOW_KIND from './columns/flow-kind.js'
import * as KNOWN_FRAME from './columns/known-frame.js'
import * as REGION from './columns/region.js'
import * as TOTAL from './columns/total.js'
import type { Core } from './core.js'
import { putDiscovery } from './discovery-key.js'
import { Listeners } from './listeners.js'
import type { CaptureFacts, Micros } from './model.js'
import { NotJudged } from './not-judged.js'
import { Tables } from './tables.js'
import { Vrrp } from './vrrp/vrrp.js'

/** Where the words of a decoded frame belong in the core's memory. */
const KEY_PLACES = Array.from({ length: WORD.count }, (_, word) => {
  if (word < WORD.arp) return REGION.keyAt + FLOW_KEY.ethernet + 4 * word
  return REGION.keyAt + (word === WORD.tpa ? FLOW_KEY.tpa : FLOW_KEY.arp + 4 * (word - WORD.arp))
})

/** Hands frames to the core: plain ones in runs, as they lie in the capture, all others decoded. */
export class Fold implements FrameSink {
  /** Records and blocks that could not be read, by name. */
  readonly damages = new Map<string, number>()
  /** Frames of each link type that the capture announces. */
  readonly linkTypes = new Map<number, number>()
  readonly tables: Tables
  readonly vrrp = new Vrrp()
  readonly listeners = new Listeners()
  /** ARP and neighbour discovery on VLAN stacks beyond the bound. */
  unlistedStacks = 0
  /** Messages of neighbour discovery that the decoder saw, and why others are none, in the order of DISCOVERIES. */
  readonly discoveries = new Float64Array(DISCOVERIES.length)
  private readonly hidden: NotJudged
  private readonly core: Core
  private readonly decoder = new ArpDecoder()
  /** Of frames that the decoder saw, in the order of OUTCOMES. */
  private readonly decoded = new Float64Array(OUTCOMES.length)

  constructor(asked: ReadonlySet<Ip>, core: Core) {
    this.core = core
    this.tables = new Tables(core, asked)
    this.hidden = new NotJudged(asked)
    for (const ip of asked) this.ask(ip)
  }

  get firstAt(): Micros | null {
    return finite(this.core.total(TOTAL.firstAt))
  }

  get lastAt(): Micros | null {
    return finite(this.core.total(TOTAL.lastAt))
  }

  /** Frames per outcome of decoding, in the order of OUTCOMES. */
  get outcomes(): Float64Array {
    const { plainArp, plainOther, knownDiscoveries } = this.core.run
    const all = this.decoded.slice()
    all[OUTCOME.arp]! += plainArp.value
    all[OUTCOME.notArp]! += plainOther.value + knownDiscoveries.value
    return all
  }

  plain(view: DataView, at: number, end: number, layout: RecordLayout): number {
    if (view.buffer !== this.core.bytes.buffer || layout.linkType !== LINK_TYPE.ethernet) return at
    const { byteOffset } = view
    const { little, headerLength, nanosPerUnit } = layout
    return (
      this.core.run.readRecords(byteOffset + at, byteOffset + end, !little, headerLength, nanosPerUnit) - byteOffset
    )
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    const outcome = this.decoder.decode(view, start, end, linkType)
    this.decoded[outcome]!++
    if (outcome === OUTCOME.arp) this.arp(seconds, nanos)
    else if (outcome >= OUTCOME.otherHardwareType) this.foreignArp(seconds, nanos)
    else if (this.decoder.discovery !== DISCOVERY.none) this.discovery(view, start, end, linkType, seconds, nanos)
    else {
      if (this.decoder.hidden !== 0) this.hidden.count(this.decoder.hidden, this.decoder.inside)
      if (outcome === OUTCOME.unreadLinkType) this.linkTypes.set(linkType, (this.linkTypes.get(linkType) ?? 0) + 1)
      this.core.run.otherFrame(seconds, nanos)
      if (this.decoder.isVrrp) this.advert(view, seconds, nanos)
      else if (this.decoder.isListener) this.listener(view, seconds, nanos)
    }
  }

  /** What is counted and not judged, of each kind that was met. */
  notJudged(): CaptureFacts['notJudged'] {
    return this.hidden.facts(this.outcomes, this.discoveries)
  }

  otherRecord(): void {
    this.core.run.record()
  }

  linkType(linkType: number): void {
    if (!this.linkTypes.has(linkType)) this.linkTypes.set(linkType, 0)
  }

  damaged(reason: string): void {
    this.damages.set(reason, (this.damages.get(reason) ?? 0) + 1)
  }

  /** Brings the counts of the tables up to date. */
  settle(): void {
    this.core.run.settle()
  }

  /** Ends the flows and the second; the tables are complete then. */
  finish(): void {
    this.core.run.finish()
  }

  private ask(ip: Ip): void {
    if (isIpv4(ip)) this.core.run.ask(ip)
    else {
      this.core.putTarget(ip)
      this.core.run.ask6()
    }
  }

  /** What a host would take for a solicitation or an advertisement is folded; of the rest only the kind is counted. */
  private discovery(
    view: DataView,
    start: number,
    end: number,
    linkType: number,
    seconds: number,
    nanos: number,
  ): void {
    const { decoder, core, tables } = this
    this.discoveries[decoder.discovery]!++
    const isFolded =
      decoder.discovery === DISCOVERY.neighborSolicitation || decoder.discovery === DISCOVERY.neighborAdvertisement
    if (!isFolded) {
      core.run.otherFrame(seconds, nanos)
      return
    }
    putDiscovery(core, decoder, view)
    const stack = tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack < 0) this.unlistedStacks++
    // the core remembers the plainest form byte by byte, where it can read it itself
    const isPlain = linkType === LINK_TYPE.ethernet && decoder.vlanCount === 0 && end - start === KNOWN_FRAME.bytes
    const at = isPlain && view.buffer === core.bytes.buffer ? view.byteOffset + start : 0
    core.run.discovery(stack, at, seconds, nanos)
  }

  private arp(seconds: number, nanos: number): void {
    const { decoder, core } = this
    for (let word = 0; word < WORD.count; word++) core.bytes.setInt32(KEY_PLACES[word]!, decoder.words[word]!)
    const stack = this.tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack >= 0) core.run.arp(stack, seconds, nanos)
    else {
      this.unlistedStacks++
      core.run.otherArp(core.run.kindOfKey(), seconds, nanos)
    }
  }

  private advert(view: DataView, seconds: number, nanos: number): void {
    this.vrrp.note(view, this.decoder, microsOf(seconds, nanos), this.core.run.frames.value)
  }

  private listener(view: DataView, seconds: number, nanos: number): void {
    const { decoder, tables, core } = this
    const stack = tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack >= 0) this.listeners.note(view, decoder, stack, microsOf(seconds, nanos), core.run.frames.value)
  }

  /** ARP for something else than Ethernet and IPv4. */
  private foreignArp(seconds: number, nanos: number): void {
    const oper = this.decoder.words[WORD.arp]! >>> 16
    const kind = oper === ARP_REQUEST ? FLOW_KIND.request : oper === ARP_REPLY ? FLOW_KIND.reply : 0
    this.core.run.otherArp(kind | FLOW_KIND.claims, seconds, nanos)
  }
}

function microsOf(seconds: number, nanos: number): Micros {
  return seconds * 1_000_000 + Math.floor(nanos / 1000)
}

function finite(at: Micros): Micros | null {
  return Number.isFinite(at) ? at : null
}
