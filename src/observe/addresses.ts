import { type Ip, isIpv4 } from '../wire/ip.js'
import * as ADDRESS from './columns/address.js'
import * as ADDRESS_SEEN from './columns/address-seen.js'
import * as FLOW_KEY from './columns/flow-key.js'
import * as ID_TABLE from './columns/id-table.js'
import * as REGION from './columns/region.js'
import type { Core } from './core.js'

const KEYS = REGION.addressKeysAt / 4

/** The records of addresses, one for each address on each VLAN stack. */
export class Addresses {
  private readonly core: Core
  private readonly asked: ReadonlySet<Ip>

  constructor(core: Core, asked: ReadonlySet<Ip>) {
    this.core = core
    this.asked = asked
  }

  get count(): number {
    return this.core.run.addressCount()
  }

  /** The number of an address, or -1. */
  find(stack: number, ip: Ip): number {
    if (isIpv4(ip)) return this.core.run.findAddress(stack, ip)
    this.core.putTarget(ip)
    const number = this.core.run.numberOfIp()
    return number < 0 ? -1 : this.core.run.findAddress(stack | FLOW_KEY.six, number)
  }

  ip(address: number): Ip {
    return this.ipOf(address, this.core.ints[KEYS + address * ID_TABLE.keyWords + 1]!)
  }

  /** An address of the same family as another one, as the core has it: IPv4 itself, or the number of an IPv6 address. */
  ipOf(address: number, word: number): Ip {
    return this.isSix(address) ? this.core.ip6(word) : word >>> 0
  }

  stack(address: number): number {
    return this.core.ints[KEYS + address * ID_TABLE.keyWords]! & ~FLOW_KEY.six
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
    return this.core.ints[REGION.addressesSeenAt / 4 + address * ADDRESS_SEEN.width + ADDRESS_SEEN.firstKept]!
  }

  private isSix(address: number): boolean {
    return (this.core.ints[KEYS + address * ID_TABLE.keyWords]! & FLOW_KEY.six) !== 0
  }
}
