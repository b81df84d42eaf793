import type { Ipv4 } from '../wire/ipv4.js'
import { enlarged, IdTable } from './id-table.js'
import { Records } from './records.js'

/** Distinct (VLAN stack, address) pairs that get a record; the addresses asked for always do. */
const MAX_ADDRESSES = 65_536
/** Exchanges listed in full. */
const KEPT_IF_ASKED = 1024
const KEPT = 64

/** Columns of an address. */
export const ADDRESS = {
  /** A claim's number plus one, 0 for none. */
  firstClaim: 0,
  claims: 1,
  /** 3 columns, in the order of REQUEST_MODES. */
  sent: 2,
  /** 3 columns. */
  answered: 5,
  contested: 8,
  changes: 9,
  /** Of the probes, those that went to one MAC. */
  probesToOne: 10,
  width: 11,
} as const

/** One record for each IPv4 address on each VLAN stack. */
export class Addresses {
  readonly records = new Records(ADDRESS.width)
  /** The claim seen last, its number plus one; apart from the records, because every frame looks here. */
  lastClaim = new Int32Array(64)
  /** How many more exchanges are to be listed in full. */
  keepLeft = new Int32Array(64)
  private readonly ids = new IdTable(MAX_ADDRESSES)
  private readonly asked: ReadonlySet<Ipv4>

  constructor(asked: ReadonlySet<Ipv4>) {
    this.asked = asked
  }

  get count(): number {
    return this.ids.count
  }

  /** The number of an address; -1 beyond the bound. */
  take(stack: number, ip: Ipv4): number {
    const known = this.ids.count
    const asked = this.asked.has(ip)
    const id = this.ids.take(stack, ip | 0, 0, 0, asked ? MAX_ADDRESSES + this.asked.size : 0)
    if (id === known) this.start(id, asked)
    return id
  }

  find(stack: number, ip: Ipv4): number {
    return this.ids.find(stack, ip | 0, 0, 0)
  }

  ip(id: number): Ipv4 {
    return this.ids.word(id, 1) >>> 0
  }

  stack(id: number): number {
    return this.ids.word(id, 0)
  }

  isAsked(id: number): boolean {
    return this.asked.has(this.ip(id))
  }

  private start(id: number, asked: boolean): void {
    this.records.ensure(id)
    if (id >= this.lastClaim.length) {
      this.lastClaim = enlarged(this.lastClaim, 2 * this.lastClaim.length)
      this.keepLeft = enlarged(this.keepLeft, 2 * this.keepLeft.length)
    }
    this.keepLeft[id] = asked ? KEPT_IF_ASKED : KEPT
  }
}
