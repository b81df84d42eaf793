import type { Ipv4 } from '../wire/ipv4.js'
import * as ADDRESS from './columns/address.js'
import * as SEEN from './columns/address-seen.js'
import * as REGION from './columns/regions.js'
import type { Core } from './core.js'

const KEYS = REGION.addressKeysAt / 4
const KEY_WORDS = 4

/** The records of IPv4 addresses, one for each address on each VLAN stack. */
export class Addresses {
  private readonly core: Core
  private readonly asked: ReadonlySet<Ipv4>

  constructor(core: Core, asked: ReadonlySet<Ipv4>) {
    this.core = core
    this.asked = asked
  }

  get count(): number {
    return this.core.run.addressCount()
  }

  /** The number of an address, or -1. */
  find(stack: number, ip: Ipv4): number {
    return this.core.run.findAddress(stack, ip)
  }

  ip(address: number): Ipv4 {
    return this.core.ints[KEYS + address * KEY_WORDS + 1]! >>> 0
  }

  stack(address: number): number {
    return this.core.ints[KEYS + address * KEY_WORDS]!
  }

  isAsked(address: number): boolean {
    return this.asked.has(this.ip(address))
  }

  /** A column of columns/address.ts. */
  get(address: number, column: number): number {
    return this.core.doubles[REGION.addressesAt / 8 + address * ADDRESS.width + column]!
  }

  /** The first exchange kept in full, its number plus one. */
  firstKept(address: number): number {
    return this.core.ints[REGION.addressesSeenAt / 4 + address * SEEN.width + SEEN.firstKept]!
  }
}
