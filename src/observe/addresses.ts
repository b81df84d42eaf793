import type { Ipv4 } from '../wire/ipv4.js'
import { IdTable } from './id-table.js'
import { Records } from './records.js'

/** Distinct (VLAN stack, address) pairs that get a record; the addresses asked for always do. */
const MAX_ADDRESSES = 65_536

/** Columns of an address. `firstClaim` and `lastClaim` are a claim's number plus one, 0 for none. */
export const ADDRESS = {
  firstClaim: 0,
  claims: 1,
  /** 3 columns, in the order of REQUEST_MODES. */
  sent: 2,
  /** 3 columns. */
  answered: 5,
  contested: 8,
  changes: 9,
  keptExchanges: 10,
  lastClaim: 11,
  width: 12,
} as const

/** One record for each IPv4 address on each VLAN stack. */
export class Addresses {
  readonly records = new Records(ADDRESS.width)
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
    const id = this.ids.take(stack, ip | 0, 0, 0, this.asked.has(ip) ? MAX_ADDRESSES + this.asked.size : 0)
    if (id >= 0) this.records.ensure(id)
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
}
