import type { Ipv4 } from '../wire/ipv4.js'
import { Addresses } from './addresses.js'
import { Claims } from './claims.js'
import { Exchanges } from './exchanges.js'
import { Flows } from './flows.js'
import { IdTable } from './id-table.js'
import { LoopTable } from './loop-table.js'
import { RateTable } from './rate-table.js'
import { VlanStacks } from './vlan-stacks.js'

/** Distinct (VLAN stack, Ethernet source) pairs whose rates are kept. */
const MAX_SENDERS = 65_536

/** Everything the fold remembers; each table has a bound of its own. */
export class Tables {
  readonly stacks = new VlanStacks()
  readonly addresses: Addresses
  readonly claims: Claims
  /** Keys: VLAN stack, MAC in two words. */
  readonly senders = new IdTable(MAX_SENDERS)
  readonly flows = new Flows()
  /** Those about the addresses asked for live apart, so that no storm can push them out. */
  readonly askedExchanges: Exchanges
  readonly otherExchanges: Exchanges
  readonly rates = { sender: new RateTable(), target: new RateTable(), vlan: new RateTable() }
  readonly loops = new LoopTable()

  /** `now` holds the time of the frame at hand, in microseconds. */
  constructor(asked: ReadonlySet<Ipv4>, now: Float64Array) {
    this.addresses = new Addresses(asked)
    this.claims = new Claims(this.addresses)
    this.askedExchanges = new Exchanges(this.addresses, this.claims, now)
    this.otherExchanges = new Exchanges(this.addresses, this.claims, now)
  }
}
