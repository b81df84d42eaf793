import { ArpDecoder, OUTCOME, OUTCOMES, WORD } from '../wire/arp-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink, RecordLayout } from '../wire/frame-sink.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { LINK_TYPE } from '../wire/link-type.js'
import * as FLOW_KIND from './columns/flow-kind.js'
import * as REGION from './columns/regions.js'
import { Core, type CoreHost } from './core.js'
import type { Micros } from './model.js'
import { Tables } from './tables.js'

/** Hands frames to the core: plain ones in runs, as they lie in the capture, all others decoded. */
export class Fold implements FrameSink, CoreHost {
  /** Records and blocks that could not be read, by name. */
  readonly damages = new Map<string, number>()
  /** Frames of each link type that the capture announces. */
  readonly linkTypes = new Map<number, number>()
  readonly tables: Tables
  /** ARP frames on VLAN stacks beyond the bound. */
  unlistedStacks = 0
  private readonly core: Core
  private readonly decoder = new ArpDecoder()
  /** Of frames that the decoder saw, in the order of OUTCOMES. */
  private readonly decoded = new Float64Array(OUTCOMES.length)

  /** A core that served before can serve anew; what it was used for is then over. */
  constructor(asked: ReadonlySet<Ipv4>, core = new Core()) {
    this.core = core
    this.tables = new Tables(core, asked)
    core.reset(this)
    for (const ip of asked) core.run.ask(ip)
  }

  get firstAt(): Micros | null {
    const { value } = this.core.run.firstAt
    return Number.isFinite(value) ? value : null
  }

  get lastAt(): Micros | null {
    const { value } = this.core.run.lastAt
    return Number.isFinite(value) ? value : null
  }

  /** Frames per outcome of decoding, in the order of OUTCOMES. */
  get outcomes(): Float64Array {
    const { plainArp, plainOther } = this.core.run
    const all = this.decoded.slice()
    all[OUTCOME.arp]! += plainArp.value
    all[OUTCOME.notArp]! += plainOther.value
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
    this.core.run.begin(seconds, nanos)
    const outcome = this.decoder.decode(view, start, end, linkType)
    this.decoded[outcome]!++
    if (outcome === OUTCOME.arp) this.arp()
    else if (outcome !== OUTCOME.notArp) this.oddFrame(outcome, linkType)
  }

  otherRecord(): void {
    this.core.run.pass()
  }

  linkType(linkType: number): void {
    if (!this.linkTypes.has(linkType)) this.linkTypes.set(linkType, 0)
  }

  damaged(reason: string): void {
    this.damages.set(reason, (this.damages.get(reason) ?? 0) + 1)
  }

  changed(address: number, claim: number, gratuitous: number): void {
    const { now, frames } = this.core.run
    this.tables.transitions.note(address, claim, now.value, frames.value, gratuitous !== 0)
  }

  looped(row: number): void {
    this.tables.loops.add(row, this.core.run.now.value, this.tables.stacks.list)
  }

  sourced(claim: number, source: number): void {
    this.tables.claims.noteSource(claim, source)
  }

  /** Brings the counts of the tables up to date. */
  settle(): void {
    this.core.run.settle()
  }

  /** Ends the flows and the second; the tables are complete then. */
  finish(): void {
    this.core.run.settle()
    this.core.run.closeSecond()
  }

  private arp(): void {
    const { decoder, core } = this
    for (let word = 0; word < WORD.count; word++) core.bytes.setInt32(REGION.keyAt + 4 * word, decoder.words[word]!)
    const stack = this.tables.stacks.number(decoder.vlans, decoder.vlanCount)
    if (stack >= 0) core.run.noteKey(stack)
    else {
      this.unlistedStacks++
      core.run.noteOther(core.run.kindOfKey())
    }
  }

  /** A link type that we do not read, a frame cut short, or ARP for something else than Ethernet and IPv4. */
  private oddFrame(outcome: number, linkType: number): void {
    if (outcome === OUTCOME.unreadLinkType) this.linkTypes.set(linkType, (this.linkTypes.get(linkType) ?? 0) + 1)
    if (outcome < OUTCOME.otherHardwareType) return
    const oper = this.decoder.words[WORD.arp]! >>> 16
    const kind = oper === ARP_REQUEST ? FLOW_KIND.request : oper === ARP_REPLY ? FLOW_KIND.reply : 0
    this.core.run.noteOther(kind | FLOW_KIND.claims)
  }
}
