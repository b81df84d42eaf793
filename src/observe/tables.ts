import type { Ip } from '../wire/ip.js'
import { Addresses } from './addresses.js'
import { Claims } from './claims.js'
import type { Core } from './core.js'
import { VlanStacks } from './vlan-stacks.js'

/** Everything the fold remembers, as it lies in the core's memory or here; each table has a bound of its own. */
export class Tables {
  readonly stacks = new VlanStacks()
  readonly addresses: Addresses
  readonly claims: Claims
  readonly core: Core

  constructor(core: Core, asked: ReadonlySet<Ip>) {
    this.core = core
    this.addresses = new Addresses(core, asked)
    this.claims = new Claims(core, this.addresses)
  }
}
