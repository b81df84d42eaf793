import { WORD } from '../wire/arp-decoder.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Batch } from './batch.js'
import { CLAIM, SEEN } from './claims.js'
import { MODE } from './exchanges.js'
import { FLOW, FLOW_KIND, FLOW_TRAITS } from './flows.js'
import { RequestStorm } from './request-storm.js'
import { SlidingPeak } from './sliding-peak.js'
import { Tables } from './tables.js'
import { Transitions } from './transitions.js'

/** Frames this much earlier than the newest second still count for it: captures of several CPUs are not quite in order. */
const LATE_SECONDS = 1

/** Folds batches of frames into tables. Allocates nothing for frames like those seen before. */
export class Digest {
  readonly tables: Tables
  readonly transitions: Transitions
  readonly peak = new SlidingPeak()
  readonly storm = new RequestStorm()
  /** The time of the frame at hand: a number in an array is never boxed. */
  private readonly now = new Float64Array(1)
  private second = 0

  constructor(asked: ReadonlySet<Ipv4>) {
    this.tables = new Tables(asked, this.now)
    this.transitions = new Transitions(this.tables.addresses, this.tables.claims)
    for (const ip of asked) this.tables.addresses.take(0, ip)
  }

  /** Empties a batch. */
  take(batch: Batch): void {
    this.takeCounts(batch)
    this.peak.take(batch)
    this.storm.take(batch)
    this.takeRates(batch)
    this.takeClaims(batch)
    this.takeExchanges(batch)
    batch.count = 0
  }

  closeSecond(): void {
    const { rates } = this.tables
    rates.sender.close(this.second)
    rates.target.close(this.second)
    rates.vlan.close(this.second)
  }

  private takeCounts({ count, rows, kinds }: Batch): void {
    const { ints } = this.tables.flows
    for (let place = 0; place < count; place++) {
      const row = rows[place]!
      if (row < 0) continue
      ints[row + FLOW.count]!++
      kinds[place] = (ints[row + FLOW.traits]! >> FLOW_TRAITS.kind) & FLOW_TRAITS.kindMask
    }
  }

  private takeRates({ count, rows, kinds, seconds, times }: Batch): void {
    const { flows, rates, loops, stacks } = this.tables
    const { ints } = flows
    for (let place = 0; place < count; place++) {
      const row = rows[place]!
      if (row < 0) continue
      if (seconds[place]! !== this.second) this.moveTo(seconds[place]!)
      const traits = ints[row + FLOW.traits]!
      const kind = (traits >> FLOW_TRAITS.rate) & FLOW_TRAITS.twoBits
      if (kind !== FLOW_TRAITS.noRate) {
        if (ints[row + FLOW.sender]! >= 0) rates.sender.add(ints[row + FLOW.sender]!, kind)
        if (ints[row + FLOW.about]! >= 0) rates.target.add(ints[row + FLOW.about]!, kind)
        rates.vlan.add(traits & FLOW_TRAITS.stackMask, kind)
      }
      if (kinds[place]! & FLOW_KIND.broadcast && loops.isLoud(ints, row, this.second))
        loops.add(flows, row, times[place]!, stacks.list)
    }
  }

  private takeClaims({ count, rows, kinds, frames, times }: Batch): void {
    const { claims, addresses, flows } = this.tables
    const { seen, seenTimes } = claims
    for (let place = 0; place < count; place++) {
      const claim = rows[place]! < 0 ? -1 : flows.ints[rows[place]! + FLOW.claim]!
      if (claim < 0) continue
      seen[claim * SEEN.width + SEEN.lastFrame] = frames[place]!
      seenTimes[(claim * SEEN.width + SEEN.lastAt) >> 1] = times[place]!
      const gratuitous = (kinds[place]! & FLOW_KIND.gratuitous) !== 0
      if (gratuitous) claims.records.set(claim, CLAIM.lastGratuitousAt, times[place]!)
      const address = seen[claim * SEEN.width + SEEN.address]!
      if (addresses.lastClaim[address] !== claim + 1)
        this.transitions.note(address, claim, times[place]!, frames[place]!, gratuitous)
    }
  }

  private takeExchanges({ count, rows, kinds, frames, times }: Batch): void {
    const { askedExchanges, otherExchanges, flows } = this.tables
    for (let place = 0; place < count; place++) {
      const kind = kinds[place]!
      if (rows[place]! < 0 || !(kind & (FLOW_KIND.answers | FLOW_KIND.opens))) continue
      this.now[0] = times[place]!
      const exchanges = kind & FLOW_KIND.asked ? askedExchanges : otherExchanges
      if (kind & FLOW_KIND.answers) exchanges.answer(flows, rows[place]!, frames[place]!)
      else this.ask(rows[place]!, exchanges, frames[place]!)
    }
  }

  private ask(row: number, exchanges: Tables['askedExchanges'], frame: number): void {
    const { addresses, flows } = this.tables
    const { ints } = flows
    const mode = (ints[row + FLOW.traits]! >> FLOW_TRAITS.mode) & FLOW_TRAITS.twoBits
    const askedClaim = mode === MODE.broadcast ? -1 : ints[row + FLOW.askedClaim]!
    const slot = exchanges.open(ints[row + FLOW.conversation]!, mode, askedClaim)
    const about = ints[row + FLOW.about]!
    if (addresses.keepLeft[about]! > 0) exchanges.keep(slot, about, frame, ints.subarray(row, row + WORD.count))
  }

  /** Another second begins; frames that come a little late stay in the one that is open. */
  private moveTo(seconds: number): void {
    if (seconds < this.second && this.second - seconds <= LATE_SECONDS) return
    this.closeSecond()
    this.second = seconds
  }
}
