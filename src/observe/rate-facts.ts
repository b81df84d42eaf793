import type { Addresses } from './addresses.js'
import * as LOUD from './columns/loud.js'
import * as REGION from './columns/regions.js'
import * as TOTAL from './columns/total.js'
import type { Core } from './core.js'
import type { RateFacts, RateKind, RateScope } from './model.js'
import type { VlanStacks } from './vlan-stacks.js'

const RATE_KINDS = ['requests', 'replies', 'gratuitous'] as const satisfies readonly RateKind[]
const SCOPES = ['sender', 'target', 'vlan'] as const satisfies readonly RateScope[]
/** Where the subjects of each scope begin among all. */
const FIRST_SUBJECT = [0, REGION.firstTarget, REGION.firstVlan] as const
const SENDER_KEYS = REGION.senderKeysAt / 4
const KEY_WORDS = 4

/** The senders, targets and VLAN stacks whose rate reached the lowest storm tier. */
export function rateFacts(core: Core, addresses: Addresses, stacks: VlanStacks): readonly RateFacts[] {
  const { ints, doubles } = core
  return SCOPES.flatMap((scope, at) => {
    const rows = Array.from({ length: core.total(TOTAL.loud + at) }, (_, number) => at * REGION.maxLoud + number)
    return rows.map((number) => {
      const row = REGION.loudAt / 8 + number * LOUD.width
      const place = doubles[row + LOUD.place]!
      const subject = Math.floor(place / REGION.rateKinds) - FIRST_SUBJECT[at]!
      const sender = SENDER_KEYS + subject * KEY_WORDS
      const stack = scope === 'sender' ? ints[sender]! : scope === 'target' ? addresses.stack(subject) : subject
      return {
        scope,
        mac: scope === 'sender' ? ints[sender + 1]! * 2 ** 32 + (ints[sender + 2]! >>> 0) : null,
        ip: scope === 'target' ? addresses.ip(subject) : null,
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
