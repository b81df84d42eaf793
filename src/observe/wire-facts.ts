import { OUTCOME, OUTCOMES } from '../wire/arp-decoder.js'
import { DISCOVERIES, DISCOVERY } from '../wire/discovery-decoder.js'
import { isReadLinkType, linkTypeName } from '../wire/link-type.js'
import { addressFacts, listedAddresses } from './address-facts.js'
import * as REGION from './columns/region.js'
import * as TOTAL from './columns/total.js'
import type { Core } from './core.js'
import type { Fold } from './fold.js'
import { loopFacts } from './loop-facts.js'
import type { CaptureFacts, ObserveOptions, WireFacts } from './model.js'
import { rateFacts } from './rate-facts.js'
import { senderFacts } from './sender-facts.js'
import { Unanswered } from './unanswered.js'

/** What only the reader of the capture knows. */
type Reading = Pick<CaptureFacts, 'truncatedFile' | 'copies'>

/** The value of everything that was folded. */
export function wireFacts(fold: Fold, options: ObserveOptions, reading: Reading): WireFacts {
  const { core, addresses, stacks } = fold.tables
  const { listed, unlisted } = listedAddresses(fold.tables, options)
  const isInOrder = core.total(TOTAL.stepsBack) === 0 && fold.lastAt !== null
  const unanswered = isInOrder ? new Unanswered(fold.tables, fold.lastAt) : null
  return {
    capture: captureFacts(fold, reading),
    addresses: listed.map((address) => addressFacts(fold.tables, address, unanswered)),
    rates: rateFacts(core, addresses, stacks),
    loops: loopFacts(core, stacks),
    wiresharkStorms: wiresharkStorms(core),
    senders: senderFacts(fold.tables),
    dropped: dropped(fold, unlisted),
  }
}

function captureFacts(fold: Fold, { truncatedFile, copies }: Reading): CaptureFacts {
  const linkTypes = [...fold.linkTypes]
  const { outcomes } = fold
  const { core } = fold.tables
  return {
    linkTypes: [...new Set(linkTypes.map(([linkType]) => linkTypeName(linkType)))],
    unreadLinkTypes: linkTypes
      .filter(([linkType, frames]) => !isReadLinkType(linkType) && frames > 0)
      .map(([linkType, frames]) => ({ name: linkTypeName(linkType), frames })),
    notJudged: fold.notJudged(),
    frames: core.total(TOTAL.frames),
    copies,
    arp: outcomes[OUTCOME.arp]! + outcomes[OUTCOME.otherHardwareType]! + outcomes[OUTCOME.otherProtocolType]!,
    requests: core.total(TOTAL.requests),
    replies: core.total(TOTAL.replies),
    gratuitous: core.total(TOTAL.gratuitous),
    ordinaryReplies: core.total(TOTAL.ordinaryReplies),
    probes: core.total(TOTAL.probes),
    nd: discoveryCounts(fold),
    decodeFailures: decodeFailures(fold),
    truncatedFile,
    peakArpPerSecond: core.total(TOTAL.peak),
    firstAt: fold.firstAt,
    lastAt: fold.lastAt,
    timeRunsBackwards: timeRunsBackwards(core),
    vrrp: fold.vrrp.facts(),
    listeners: fold.listeners.facts((stack) => fold.tables.stacks.list[stack] ?? [], fold.lastAt),
  }
}

function discoveryCounts({ discoveries, tables: { core } }: Fold): CaptureFacts['nd'] {
  return {
    routerSolicitations: discoveries[DISCOVERY.routerSolicitation]!,
    routerAdvertisements: discoveries[DISCOVERY.routerAdvertisement]!,
    neighborSolicitations: core.total(TOTAL.solicitations),
    neighborAdvertisements: core.total(TOTAL.advertisements),
    redirects: discoveries[DISCOVERY.redirect]!,
    dad: core.total(TOTAL.dad),
    unsolicited: core.total(TOTAL.unsolicited),
  }
}

function timeRunsBackwards(core: Core): CaptureFacts['timeRunsBackwards'] {
  const times = core.total(TOTAL.stepsBack)
  if (times === 0) return null
  return { times, firstFrame: core.total(TOTAL.firstStepBack), longestMicros: core.total(TOTAL.longestStepBack) }
}

function decodeFailures({ outcomes, discoveries, damages }: Fold): Record<string, number> {
  const refused = OUTCOMES.map((name, outcome) => [name, outcomes[outcome]!] as const)
  const messages = DISCOVERIES.map((name, discovery) => [name, discoveries[discovery]!] as const)
  return Object.fromEntries([
    ...refused.slice(OUTCOME.truncatedEthernet).filter(([, frames]) => frames > 0),
    ...messages.slice(DISCOVERY.truncated).filter(([, frames]) => frames > 0),
    ...damages,
  ])
}

function wiresharkStorms(core: Core): WireFacts['wiresharkStorms'] {
  const count = core.total(TOTAL.storms)
  const first = REGION.stormFramesAt / 4
  return { count, frames: [...core.ints.subarray(first, first + Math.min(count, REGION.maxStormFrames))] }
}

/** What the bounds cost, in words; nothing for any ordinary capture. */
function dropped(fold: Fold, unlisted: number): readonly string[] {
  const { core } = fold.tables
  const bounds: readonly (readonly [number, string])[] = [
    [
      core.total(TOTAL.unlistedClaims),
      'frames claim an address after 65536 pairs of address and MAC: counted, but not listed',
    ],
    [core.total(TOTAL.unlistedIps), 'frames name an IPv6 address beyond the first 262144: counted, but not analysed'],
    [fold.unlistedStacks, 'frames lie on VLAN stacks beyond the first 4096: counted, but not analysed'],
    [unlisted, 'more addresses qualify for the report: those with most MACs are listed'],
    [core.total(TOTAL.unlistedLoops), 'seconds of looping frames beyond the first 256 such frames: not listed'],
    [core.total(TOTAL.unlistedLoud), 'busy seconds of senders and targets beyond the first 4096 of a kind: not listed'],
    ...fold.vrrp.dropped(),
  ]
  return bounds.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}
