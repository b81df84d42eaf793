import { isIpv6 } from '../wire/ip.js'
import type { Addresses } from './addresses.js'
import * as FLOW_KEY from './columns/flow-key.js'
import * as ID_TABLE from './columns/id-table.js'
import * as LOUD from './columns/loud.js'
import * as REGION from './columns/region.js'
import * as TOTAL from './columns/total.js'
import type { Core } from './core.js'
import type { RateFacts, RateKind, RateScope } from './model.js'
import type { VlanStacks } from './vlan-stacks.js'

const RATE_KINDS = ['requests', 'replies', 'gratuitous'] as const satisfies readonly RateKind[]
const SCOPES = ['sender', 'target', 'vlan'] as const satisfies readonly RateScope[]
/** Where the subjects of each scope begin among all. */
const FIRST_SUBJECT = [0, REGION.firstTarget, REGION.firstVlan] as const
const SENDER_KEYS = REGION.senderKeysAt / 4

/** The senders, targets and VLAN stacks whose rate reached the lowest storm tier. */
export function rateFacts(core: Core, addresses: Addresses, stacks: VlanStacks): readonly RateFacts[] {
  const { ints, doubles } = core
  return SCOPES.flatMap((scope, at) => {
    const rows = Array.from({ length: core.total(TOTAL.loud + at) }, (_, number) => at * REGION.maxLoud + number)
    return rows.map((number) => {
      const row = REGION.loudAt / 8 + number * LOUD.width
      const place = doubles[row + LOUD.place]!
      const subject = Math.floor(place / REGION.rateKinds) - FIRST_SUBJECT[at]!
      const sender = SENDER_KEYS + subject * ID_TABLE.keyWords
      const ip = scope === 'target' ? addresses.ip(subject) : null
      const key = scope === 'sender' ? ints[sender]! : 0
      const isSix =
        scope === 'sender' ? (key & FLOW_KEY.six) !== 0 : ip === null ? subject >= REGION.maxStacks : isIpv6(ip)
      const stack =
        scope === 'sender' ? key & ~FLOW_KEY.six : ip === null ? subject % REGION.maxStacks : addresses.stack(subject)
      return {
        scope,
        family: isSix ? 6 : 4,
        mac: scope === 'sender' ? ints[sender + 1]! * 2 ** 32 + (ints[sender + 2]! >>> 0) : null,
        ip,
        vlans: stacks.list[stack] ?? [],
        kind: RATE_KINDS[place % REGION.rateKinds]!,
        total: ints[REGION.rateTotalsAt / 4 + place]!,
        peakPerSecond: doubles[row + LOUD.peak]!,
        firstAt: doubles[row + LOUD.firstSecond]! * 1_000_000,
        lastAt: (doubles[row + LOUD.newestSecond]! + 1) * 1_000_000,
        longest: {
          info: doubles[row + LOUD.longest]!,
          warning: doubles[row + LOUD.longest + 1]!,
          error: doubles[row + LOUD.longest + 2]!,
        },
      }
    })
  })
}
