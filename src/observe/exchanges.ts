import { macAt } from '../wire/decode-frame.js'
import type { Mac } from '../wire/mac.js'
import { ADDRESS, type Addresses } from './addresses.js'
import { type Claims, SEEN } from './claims.js'
import { FLOW, type Flows } from './flows.js'
import { enlarged, IdTable } from './id-table.js'
import { type Exchange, type Micros, REQUEST_MODES } from './model.js'

/** Open exchanges of one conversation; rounds come every 300 ms at the fastest, and an answer counts for 2 s. */
const RING = 8
const WINDOW_MICROS = 2_000_000
/** An answer within this belongs to the request just before it, whatever is still open. */
const PROMPT_MICROS = 10_000
/** Linux delays a proxy's answer by at most `proxy_delay`, 0.8 s (net/ipv4/arp.c, pneigh_enqueue). */
const LATE_MICROS = 1_000_000
/** Conversations that are remembered at once; their exchanges last 2 s, so forgetting all of them costs little. */
const MAX_CONVERSATIONS = 8192
const MAX_KEPT = 32_768
/** Of each flow, so many latencies count for the median, and after that every so-manieth. */
const SAMPLED_FIRST = 64
const SAMPLED_LATER = 16

/** An open exchange: 32-bit words, the time being a double over the first two. A ring of them is a conversation's. */
const SLOT = {
  /** Who answered: one bit for the ordinal of each claim on the address, the last bit for all further ones. */
  answeredBy: 2,
  mode: 3,
  /** The claim (number plus one) that a unicast request went to. */
  askedClaim: 4,
  /** Where its details are kept (number plus one). */
  kept: 5,
  width: 6,
} as const
const ROW = RING * SLOT.width

/** The place of a mode in REQUEST_MODES. */
export const MODE = { broadcast: 0, unicast: 1, probe: 2 } as const

type KeptExchange = Exchange & { readonly answers: { mac: Mac; afterMicros: number; frame: number }[] }

/**
 * Joins requests with their answers. A conversation is one asker (MAC and spa) and one address; a probe's spa is 0.0.0.0
 * and its answers carry that back, so probes never blur with other requests.
 */
export class Exchanges {
  private readonly ids = new IdTable(MAX_CONVERSATIONS)
  /** Exchanges opened since the last time that none was open. */
  private opened = new Int32Array(64)
  private ints = new Int32Array(64 * ROW)
  private times = new Float64Array(this.ints.buffer)
  private readonly kept: KeptExchange[] = []
  private readonly lists = new Map<number, KeptExchange[]>()
  private readonly addresses: Addresses
  private readonly claims: Claims
  private readonly now: Float64Array

  /** `now` holds the time of the frame at hand: a number in an array is never boxed. */
  constructor(addresses: Addresses, claims: Claims, now: Float64Array) {
    this.addresses = addresses
    this.claims = claims
    this.now = now
  }

  /** The number of a conversation; -1 when there is no room for one more until `forget`. */
  conversation(address: number, asker: Mac, askerIp: number): number {
    const id = this.ids.take(address, Math.floor(asker / 2 ** 32), asker | 0, askerIp | 0)
    if (id >= this.opened.length) {
      this.opened = enlarged(this.opened, 2 * this.opened.length)
      this.ints = enlarged(this.ints, 2 * this.ints.length)
      this.times = new Float64Array(this.ints.buffer)
    }
    return id
  }

  /** Drops all conversations and with them the open exchanges. */
  forget(): void {
    this.ids.clear()
    this.opened.fill(0)
  }

  of(address: number): readonly Exchange[] {
    return this.lists.get(address) ?? []
  }

  /** A request: `askedClaim` is the claim that a unicast one went to, else -1. The answer is its slot, for `keep`. */
  open(conversation: number, mode: number, askedClaim: number): number {
    const at = this.now[0]!
    const count = this.opened[conversation]!
    const newest = conversation * ROW + ((count - 1) & (RING - 1)) * SLOT.width
    const isQuiet = count === 0 || at - this.times[newest >> 1]! > WINDOW_MICROS
    const slot = isQuiet ? conversation * ROW : conversation * ROW + (count & (RING - 1)) * SLOT.width
    this.opened[conversation] = isQuiet ? 1 : count + 1
    const { ints } = this
    this.times[slot >> 1] = at
    ints[slot + SLOT.answeredBy] = 0
    ints[slot + SLOT.mode] = mode
    ints[slot + SLOT.askedClaim] = askedClaim + 1
    ints[slot + SLOT.kept] = 0
    return slot
  }

  /** Lists the exchange of a slot in full. */
  keep(slot: number, address: number, frame: number, words: Int32Array): void {
    if (this.kept.length === MAX_KEPT && !this.addresses.isAsked(address)) return
    const [askedMac, asker] = [macAt(words, 0, false), macAt(words, 1, true)]
    const mode = REQUEST_MODES[this.ints[slot + SLOT.mode]!]!
    const exchange = { at: this.now[0]!, frame, mode, asker, askedMac, answers: [] }
    this.ints[slot + SLOT.kept] = this.kept.push(exchange)
    this.addresses.keepLeft[address]!--
    const list = this.lists.get(address)
    if (list) list.push(exchange)
    else this.lists.set(address, [exchange])
  }

  /** A reply, as a row of the flows: counts for the exchange it most likely answers, if any. */
  answer(flows: Flows, row: number, frame: number): void {
    const slot = this.match(flows.ints, row)
    if (slot < 0) return
    const { ints } = flows
    const claim = ints[row + FLOW.claim]!
    const mode = this.ints[slot + SLOT.mode]!
    const before = this.ints[slot + SLOT.answeredBy]!
    this.ints[slot + SLOT.answeredBy] = before | this.claims.seen[claim * SEEN.width + SEEN.bit]!
    const number = ints[row + FLOW.answered + mode]!++
    if (before === 0) ints[row + FLOW.first + mode]!++
    if (mode !== MODE.unicast) {
      if (before !== 0 && (before & (before - 1)) === 0)
        this.addresses.records.add(ints[row + FLOW.about]!, ADDRESS.contested, 1)
      const latency = (this.now[0]! - this.times[slot >> 1]!) | 0
      noteLatency(ints, row, latency)
      if (number < SAMPLED_FIRST || number % SAMPLED_LATER === 0) this.claims.sample(claim, latency)
    }
    if (this.ints[slot + SLOT.kept] !== 0) this.keepAnswer(slot, claim, frame)
  }

  private keepAnswer(slot: number, claim: number, frame: number): void {
    const afterMicros = this.now[0]! - this.times[slot >> 1]!
    this.kept[this.ints[slot + SLOT.kept]! - 1]!.answers.push({ mac: this.claims.mac(claim), afterMicros, frame })
  }

  /**
   * The exchange a reply belongs to, among those of its conversation that its sender has not answered yet:
   * the newest one when the reply came promptly; else a unicast request to the sender; else, because a proxy's answers
   * come so late that they overtake the next round, the one whose age is nearest to the last latency, and for a
   * sender's first answer the oldest that a proxy could still be answering.
   */
  private match(flow: Int32Array, row: number): number {
    const { ints, times } = this
    const [conversation, claim] = [flow[row + FLOW.conversation]!, flow[row + FLOW.claim]!]
    const bit = this.claims.seen[claim * SEEN.width + SEEN.bit]!
    const opened = this.opened[conversation]!
    const at = this.now[0]!
    const lastLatency = flow[row + FLOW.lastLatency]!
    let [best, bestScore, others] = [-1, Number.POSITIVE_INFINITY, -1]
    for (let back = 1; back <= RING && back <= opened; back++) {
      const slot = conversation * ROW + ((opened - back) & (RING - 1)) * SLOT.width
      const age = at - times[slot >> 1]!
      if (age < 0 || age > WINDOW_MICROS || (ints[slot + SLOT.answeredBy]! & bit) !== 0) continue
      const unicast = ints[slot + SLOT.mode] === MODE.unicast
      if (unicast && ints[slot + SLOT.askedClaim] !== claim + 1) {
        others = slot
        continue
      }
      if (age <= PROMPT_MICROS) return slot
      const score = unicast ? -WINDOW_MICROS - age : lastLatency === 0 ? unlikely(age) : Math.abs(age - lastLatency)
      if (score < bestScore) {
        best = slot
        bestScore = score
      }
    }
    return best >= 0 ? best : others
  }
}

/** A latency of nothing counts as one microsecond: 0 says that there was none. */
function noteLatency(ints: Int32Array, row: number, latency: number): void {
  const min = ints[row + FLOW.minLatency]!
  if (min === 0 || latency < min) ints[row + FLOW.minLatency] = Math.max(latency, 1)
  if (latency > ints[row + FLOW.maxLatency]!) ints[row + FLOW.maxLatency] = Math.max(latency, 1)
  ints[row + FLOW.lastLatency] = Math.max(latency, 1)
}

/** For a first answer: the older the likelier, until it is too old even for a proxy. */
function unlikely(age: Micros): number {
  return age <= LATE_MICROS ? LATE_MICROS - age : age
}
