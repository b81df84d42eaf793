import { OUTCOME, OUTCOMES } from '../wire/arp-decoder.js'
import { isReadLinkType, linkTypeName } from '../wire/link-type.js'
import { addressFacts, listedAddresses } from './address-facts.js'
import * as REGION from './columns/regions.js'
import type { Core } from './core.js'
import type { Fold } from './fold.js'
import type { CaptureFacts, ObserveOptions, WireFacts } from './model.js'
import { rateFacts } from './rate-facts.js'
import { senderFacts } from './sender-facts.js'

/** The value of everything that was folded. */
export function wireFacts(fold: Fold, options: ObserveOptions, truncatedFile: boolean): WireFacts {
  const { core, addresses, stacks, loops } = fold.tables
  const { listed, unlisted } = listedAddresses(fold.tables, options)
  return {
    capture: captureFacts(fold, truncatedFile),
    addresses: listed.map((address) => addressFacts(fold.tables, address)),
    rates: rateFacts(core, addresses, stacks),
    loops: loops.finish(),
    wiresharkStorms: wiresharkStorms(core),
    senders: senderFacts(fold.tables),
    dropped: dropped(fold, unlisted),
  }
}

function captureFacts(fold: Fold, truncatedFile: boolean): CaptureFacts {
  const linkTypes = [...fold.linkTypes]
  const { outcomes } = fold
  const { run } = fold.tables.core
  return {
    linkTypes: [...new Set(linkTypes.map(([linkType]) => linkTypeName(linkType)))],
    unreadLinkTypes: linkTypes
      .filter(([linkType, frames]) => !isReadLinkType(linkType) && frames > 0)
      .map(([linkType, frames]) => ({ name: linkTypeName(linkType), frames })),
    frames: run.frames.value,
    arp: outcomes[OUTCOME.arp]! + outcomes[OUTCOME.otherHardwareType]! + outcomes[OUTCOME.otherProtocolType]!,
    requests: run.requests.value,
    replies: run.replies.value,
    gratuitous: run.gratuitous.value,
    probes: run.probes.value,
    decodeFailures: decodeFailures(fold),
    truncatedFile,
    peakArpPerSecond: run.peak(),
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

function wiresharkStorms({ run, ints }: Core): WireFacts['wiresharkStorms'] {
  const count = run.storms.value
  const first = REGION.stormFramesAt / 4
  return { count, frames: [...ints.subarray(first, first + Math.min(count, REGION.maxStormFrames))] }
}

/** What the bounds cost, in words; nothing for any ordinary capture. */
function dropped(fold: Fold, unlisted: number): readonly string[] {
  const { loops, core } = fold.tables
  const bounds: readonly (readonly [number, string])[] = [
    [
      core.run.unlistedClaims.value,
      'frames claim an address after 65536 pairs of address and MAC: counted, but not listed',
    ],
    [fold.unlistedStacks, 'ARP frames lie on VLAN stacks beyond the first 4096: counted, but not analysed'],
    [unlisted, 'more addresses qualify for the report: those with most MACs are listed'],
    [loops.dropped, 'seconds of looping frames beyond the first 256 such frames: not listed'],
    [core.run.unlistedLoud.value, 'busy seconds of senders and targets beyond the first 4096 of a kind: not listed'],
  ]
  return bounds.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}
