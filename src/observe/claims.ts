import type { Mac } from '../wire/mac.js'
import { ADDRESS, type Addresses } from './addresses.js'
import { enlarged, IdTable } from './id-table.js'
import type { Micros } from './model.js'
import { Records } from './records.js'

/** Distinct (address, MAC) pairs that get a record; those of addresses asked for have as many again. */
const MAX_CLAIMS = 65_536
/** Ethernet sources kept for a claim. */
const MAX_OTHER_SOURCES = 8
/** Latencies kept for a median; of more, every second one goes, again and again. */
const MAX_SAMPLES = 256
const MAX_ALL_SAMPLES = 1_000_000

/** Columns of what every frame needs of its claim, 32-bit words; `lastAt` is a double over two. */
export const SEEN = { address: 0, bit: 1, lastFrame: 2, lastAt: 4, width: 8 } as const

/** Columns of a claim; `next` is the next claim on the same address, plus one. */
export const CLAIM = {
  next: 0,
  requests: 1,
  replies: 2,
  gratuitous: 3,
  firstAt: 4,
  firstFrame: 5,
  /** 0 when there was none. */
  lastGratuitousAt: 6,
  /** 3 columns, in the order of REQUEST_MODES. */
  answered: 7,
  askedUnicast: 10,
  firstAnswers: 11,
  minLatency: 12,
  maxLatency: 13,
  /** How many latencies were offered for the median. */
  latencies: 14,
  /** Probes that went to this MAC alone. */
  askedProbe: 15,
  width: 16,
} as const

/** One record for each MAC that was seen as the sender, or asked as the owner, of an address. */
export class Claims {
  readonly records = new Records(CLAIM.width)
  /** Rows of SEEN. */
  seen = new Int32Array(64 * SEEN.width)
  seenTimes = new Float64Array(this.seen.buffer)
  private readonly ids = new IdTable(MAX_CLAIMS)
  private readonly samples: (number[] | undefined)[] = []
  private sampled = 0
  private readonly sources = new Map<number, Mac[]>()
  private readonly addresses: Addresses

  constructor(addresses: Addresses) {
    this.addresses = addresses
  }

  /** The number of a claim; -1 beyond the bound, or when the address is. */
  take(address: number, mac: Mac): number {
    if (address < 0) return -1
    const reserve = this.addresses.isAsked(address) ? MAX_CLAIMS : 0
    const count = this.ids.count
    const id = this.ids.take(address, Math.floor(mac / 2 ** 32), mac | 0, 0, reserve)
    if (id === count) this.link(id, address)
    return id
  }

  get count(): number {
    return this.ids.count
  }

  /** The number of the address which is claimed. */
  address(id: number): number {
    return this.seen[id * SEEN.width + SEEN.address]!
  }

  lastFrame(id: number): number {
    return this.seen[id * SEEN.width + SEEN.lastFrame]!
  }

  lastAt(id: number): Micros {
    return this.seenTimes[(id * SEEN.width + SEEN.lastAt) >> 1]!
  }

  mac(id: number): Mac {
    return this.ids.word(id, 1) * 2 ** 32 + (this.ids.word(id, 2) >>> 0)
  }

  /** The claims on an address, in the order of their first appearance. */
  of(address: number): number[] {
    const claims: number[] = []
    let next = this.addresses.records.get(address, ADDRESS.firstClaim)
    for (; next > 0; next = this.records.get(next - 1, CLAIM.next)) claims.push(next - 1)
    return claims.reverse()
  }

  /** The MAC was at the other end of a frame's Ethernet header than sha said. */
  noteSource(claim: number, source: Mac): void {
    const known = this.sources.get(claim) ?? []
    if (known.includes(source) || known.length === MAX_OTHER_SOURCES) return
    known.push(source)
    this.sources.set(claim, known)
  }

  otherSources(claim: number): readonly Mac[] {
    return this.sources.get(claim) ?? []
  }

  /** One latency, in microseconds, for the median. */
  sample(claim: number, micros: number): void {
    const number = this.records.data[claim * CLAIM.width + CLAIM.latencies]!++
    const stride = number < MAX_SAMPLES ? 1 : 1 << (32 - Math.clz32(number / MAX_SAMPLES))
    if ((number & (stride - 1)) !== 0) return
    this.samples[claim] ??= []
    const samples = this.samples[claim]
    if (this.sampled >= MAX_ALL_SAMPLES && samples.length > 0) return
    if (samples.length === MAX_SAMPLES) {
      for (let index = 0; index < MAX_SAMPLES / 2; index++) samples[index] = samples[2 * index]!
      samples.length = MAX_SAMPLES / 2
      this.sampled -= MAX_SAMPLES / 2
    }
    samples.push(micros)
    this.sampled++
  }

  /** null when nothing was answered. */
  medianLatency(claim: number): number | null {
    const sorted = (this.samples[claim] ?? []).toSorted((one, other) => one - other)
    if (sorted.length === 0) return null
    const middle = sorted.length >> 1
    return sorted.length % 2 === 1 ? sorted[middle]! : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2)
  }

  private link(id: number, address: number): void {
    this.records.ensure(id)
    if ((id + 1) * SEEN.width > this.seen.length) {
      this.seen = enlarged(this.seen, 2 * this.seen.length)
      this.seenTimes = new Float64Array(this.seen.buffer)
    }
    const { records } = this.addresses
    this.seen[id * SEEN.width + SEEN.address] = address
    this.seen[id * SEEN.width + SEEN.bit] = 1 << Math.min(records.get(address, ADDRESS.claims), 31)
    this.records.set(id, CLAIM.next, records.get(address, ADDRESS.firstClaim))
    records.set(address, ADDRESS.firstClaim, id + 1)
    records.add(address, ADDRESS.claims, 1)
  }
}
