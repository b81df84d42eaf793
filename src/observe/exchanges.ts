import { macAt } from '../wire/decode-frame.js'
import type { Mac } from '../wire/mac.js'
import { ADDRESS, type Addresses } from './addresses.js'
import { CLAIM, type Claims } from './claims.js'
import { enlarged, IdTable } from './id-table.js'
import type { Exchange, Micros } from './model.js'
import { REQUEST_MODES } from './model.js'

/** Open exchanges of one conversation; rounds come every 300 ms at the fastest, and an answer counts for 2 s. */
const RING = 8
const WINDOW_MICROS = 2_000_000
/** An answer within this belongs to the request just before it, whatever is still open. */
const PROMPT_MICROS = 10_000
/** Linux delays a proxy's answer by at most `proxy_delay`, 0.8 s (net/ipv4/arp.c, pneigh_enqueue). */
const LATE_MICROS = 1_000_000
/** Conversations that are remembered at once; their exchanges last 2 s, so forgetting all of them costs little. */
const MAX_CONVERSATIONS = 8192
const KEPT_IF_ASKED = 1024
const KEPT = 64
const MAX_KEPT = 32_768

/** The place of a mode in REQUEST_MODES. */
export const MODE = { broadcast: 0, unicast: 1, probe: 2 } as const

type KeptExchange = Exchange & { readonly answers: { mac: Mac; afterMicros: number; frame: number }[] }

/**
 * Joins requests with their answers. A conversation is one asker (MAC and spa) and one address; a probe's spa is 0.0.0.0
 * and its answers carry that back, so probes never blur with other requests.
 */
export class Exchanges {
  private readonly ids = new IdTable(MAX_CONVERSATIONS)
  private next = new Int32Array(64)
  private times = new Float64Array(64 * RING)
  /** Who answered: one bit for the ordinal of each claim on the address, the last bit for all further ones. */
  private answeredBy = new Int32Array(64 * RING)
  private modes = new Int32Array(64 * RING)
  /** The claim (number plus one) that a unicast request went to. */
  private askedClaims = new Int32Array(64 * RING)
  private readonly kept: (KeptExchange | undefined)[] = []
  private readonly lists = new Map<number, KeptExchange[]>()
  private keptForOthers = 0
  private readonly addresses: Addresses
  private readonly claims: Claims

  constructor(addresses: Addresses, claims: Claims) {
    this.addresses = addresses
    this.claims = claims
  }

  /** The number of a conversation; -1 when there is no room for one more until `forget`. */
  conversation(address: number, asker: Mac, askerIp: number): number {
    const id = this.ids.take(address, Math.floor(asker / 2 ** 32), asker | 0, askerIp | 0)
    if (id >= this.next.length) {
      const size = 2 * this.next.length
      this.next = enlarged(this.next, size)
      this.times = enlarged(this.times, size * RING)
      this.answeredBy = enlarged(this.answeredBy, size * RING)
      this.modes = enlarged(this.modes, size * RING)
      this.askedClaims = enlarged(this.askedClaims, size * RING)
    }
    return id
  }

  /** Drops all conversations and with them the open exchanges. */
  forget(): void {
    this.ids.clear()
    this.next.fill(0)
    this.times.fill(0)
    this.kept.length = 0
  }

  of(address: number): readonly Exchange[] {
    return this.lists.get(address) ?? []
  }

  /** A request: `askedClaim` is the claim that a unicast one went to, else -1. */
  open(conversation: number, address: number, mode: number, askedClaim: number, at: Micros): number {
    const slot = conversation * RING + (this.next[conversation]!++ & (RING - 1))
    this.times[slot] = at
    this.answeredBy[slot] = 0
    this.modes[slot] = mode
    this.askedClaims[slot] = askedClaim + 1
    this.addresses.records.data[address * ADDRESS.width + ADDRESS.sent + mode]!++
    this.kept[slot] = undefined
    return slot
  }

  /** Whether an exchange of this address is still to be listed in full. */
  wantsDetails(address: number): boolean {
    const count = this.addresses.records.get(address, ADDRESS.keptExchanges)
    if (count < KEPT && this.keptForOthers < MAX_KEPT) return true
    return count < KEPT_IF_ASKED && this.addresses.isAsked(address)
  }

  keep(slot: number, address: number, at: Micros, frame: number, words: Int32Array): void {
    const [askedMac, asker] = [macAt(words, 0, false), macAt(words, 1, true)]
    const exchange = { at, frame, mode: REQUEST_MODES[this.modes[slot]!]!, asker, askedMac, answers: [] }
    this.kept[slot] = exchange
    this.addresses.records.add(address, ADDRESS.keptExchanges, 1)
    if (!this.addresses.isAsked(address)) this.keptForOthers++
    const list = this.lists.get(address)
    if (list) list.push(exchange)
    else this.lists.set(address, [exchange])
  }

  /** A reply: counts for the exchange it most likely answers, if any. */
  answer(conversation: number, claim: number, at: Micros, frame: number): void {
    const { data, width } = this.claims.records
    const bit = 1 << Math.min(data[claim * width + CLAIM.ordinal]!, 31)
    const slot = this.match(conversation, claim, bit, at)
    if (slot < 0) return
    const mode = this.modes[slot]!
    const before = this.answeredBy[slot]!
    this.answeredBy[slot] = before | bit
    const address = data[claim * width + CLAIM.address]! * ADDRESS.width
    const numbers = this.addresses.records.data
    data[claim * width + CLAIM.answered + mode]!++
    if (before === 0) numbers[address + ADDRESS.answered + mode]!++
    if (mode !== MODE.unicast) {
      if (before === 0) data[claim * width + CLAIM.firstAnswers]!++
      else if ((before & (before - 1)) === 0) numbers[address + ADDRESS.contested]!++
      this.claims.addLatency(claim, at - this.times[slot]!)
    }
    this.kept[slot]?.answers.push({ mac: this.claims.mac(claim), afterMicros: at - this.times[slot]!, frame })
  }

  /**
   * The exchange a reply belongs to, among those of its conversation that its sender has not answered yet:
   * the newest one when the reply came promptly; else a unicast request to the sender; else, because a proxy's answers
   * come so late that they overtake the next round, the one whose age is nearest to the sender's last latency, and for a
   * sender's first answer the oldest that a proxy could still be answering.
   */
  private match(conversation: number, claim: number, bit: number, at: Micros): number {
    const first = conversation * RING
    const newest = this.next[conversation]! - 1
    const lastLatency = this.lastLatency(claim)
    let [best, bestScore, others] = [-1, Number.POSITIVE_INFINITY, -1]
    for (let back = 0; back < RING; back++) {
      const slot = first + ((newest - back) & (RING - 1))
      const age = at - this.times[slot]!
      if (age < 0 || age > WINDOW_MICROS || (this.answeredBy[slot]! & bit) !== 0) continue
      const unicast = this.modes[slot] === MODE.unicast
      if (unicast && this.askedClaims[slot] !== claim + 1) {
        others = slot
        continue
      }
      if (age <= PROMPT_MICROS) return slot
      const score = unicast ? -WINDOW_MICROS - age : lastLatency < 0 ? unlikely(age) : Math.abs(age - lastLatency)
      if (score < bestScore) {
        best = slot
        bestScore = score
      }
    }
    return best >= 0 ? best : others
  }

  /** Of the claim's broadcast rounds; -1 when it answered none yet. */
  private lastLatency(claim: number): number {
    const { data, width } = this.claims.records
    return data[claim * width + CLAIM.latencies]! > 0 ? data[claim * width + CLAIM.lastLatency]! : -1
  }
}

/** For a first answer: the older the likelier, until it is too old even for a proxy. */
function unlikely(age: Micros): number {
  return age <= LATE_MICROS ? LATE_MICROS - age : age
}
