import { OUTCOME, OUTCOMES } from '../wire/arp-decoder.js'
import { isReadLinkType, linkTypeName } from '../wire/link-type.js'
import { addressFacts, listedAddresses } from './address-facts.js'
import type { Fold } from './fold.js'
import type { CaptureFacts, ObserveOptions, RateFacts, RateScope, WireFacts } from './model.js'
import { type LoudRate, longestRuns } from './rate-table.js'
import { senderFacts } from './sender-facts.js'

/** The value of everything that was folded. */
export function wireFacts(fold: Fold, options: ObserveOptions, truncatedFile: boolean): WireFacts {
  const { listed, unlisted } = listedAddresses(fold.tables, options)
  return {
    capture: captureFacts(fold, truncatedFile),
    addresses: listed.map((address) => addressFacts(fold, address)),
    rates: rateFacts(fold),
    loops: fold.tables.loops.finish(),
    wiresharkStorms: { count: fold.digest.storm.count, frames: fold.digest.storm.frames },
    senders: senderFacts(fold.tables),
    dropped: dropped(fold, unlisted),
  }
}

function captureFacts(fold: Fold, truncatedFile: boolean): CaptureFacts {
  const linkTypes = [...fold.linkTypes]
  const { outcomes } = fold
  return {
    linkTypes: [...new Set(linkTypes.map(([linkType]) => linkTypeName(linkType)))],
    unreadLinkTypes: linkTypes
      .filter(([linkType, frames]) => !isReadLinkType(linkType) && frames > 0)
      .map(([linkType, frames]) => ({ name: linkTypeName(linkType), frames })),
    frames: fold.frames,
    arp: outcomes[OUTCOME.arp]! + outcomes[OUTCOME.otherHardwareType]! + outcomes[OUTCOME.otherProtocolType]!,
    requests: fold.counts.requests,
    replies: fold.counts.replies,
    gratuitous: fold.counts.gratuitous,
    probes: fold.counts.probes,
    decodeFailures: decodeFailures(fold),
    truncatedFile,
    peakArpPerSecond: fold.digest.peak.peak,
    firstAt: fold.firstAt,
    lastAt: fold.lastAt,
  }
}

function decodeFailures({ outcomes, damages }: Fold): Record<string, number> {
  const refused = OUTCOMES.map((name, outcome) => [name, outcomes[outcome]!] as const)
  return Object.fromEntries([
    ...refused.slice(OUTCOME.truncatedEthernet).filter(([, frames]) => frames > 0),
    ...damages,
  ])
}

function rateFacts(fold: Fold): readonly RateFacts[] {
  const { rates, senders, addresses, stacks } = fold.tables
  const facts = (scope: RateScope, rate: LoudRate, stack: number, who: { mac?: number; ip?: number }): RateFacts => ({
    scope,
    mac: who.mac ?? null,
    ip: who.ip ?? null,
    vlans: stacks.list[stack] ?? [],
    kind: rate.kind,
    total: rate.total,
    peakPerSecond: rate.peakPerSecond,
    firstAt: rate.firstAt,
    lastAt: rate.lastAt,
    longest: longestRuns(rate),
  })
  return [
    ...rates.sender.finish().map((rate) => {
      const mac = senders.word(rate.subject, 1) * 2 ** 32 + (senders.word(rate.subject, 2) >>> 0)
      return facts('sender', rate, senders.word(rate.subject, 0), { mac })
    }),
    ...rates.target
      .finish()
      .map((rate) => facts('target', rate, addresses.stack(rate.subject), { ip: addresses.ip(rate.subject) })),
    ...rates.vlan.finish().map((rate) => facts('vlan', rate, rate.subject, {})),
  ]
}

/** What the bounds cost, in words; nothing for any ordinary capture. */
function dropped(fold: Fold, unlisted: number): readonly string[] {
  const { loops, rates } = fold.tables
  const loud = rates.sender.dropped + rates.target.dropped + rates.vlan.dropped
  const bounds: readonly (readonly [number, string])[] = [
    [
      fold.counts.unlistedClaims,
      'frames claim an address after 65536 pairs of address and MAC: counted, but not listed',
    ],
    [fold.unlistedStacks, 'ARP frames lie on VLAN stacks beyond the first 4096: counted, but not analysed'],
    [unlisted, 'more addresses qualify for the report: those with most MACs are listed'],
    [loops.dropped, 'seconds of looping frames beyond the first 256 such frames: not listed'],
    [loud, 'busy seconds of senders and targets beyond the first 4096 of a kind: not listed'],
  ]
  return bounds.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}
