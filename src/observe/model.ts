import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import * as STORM_TIER from './columns/storm-tier.js'
import type { Micros } from './micros.js'
import type { VrrpFacts } from './vrrp/model.js'

export type { Micros } from './micros.js'

/** How a request was put: the kind decides who may answer it. */
export type RequestMode =
  /** to the broadcast MAC (IPv6: to a group), with the asker's own address */
  | 'broadcast'
  /** to one MAC, with the asker's own address */
  | 'unicast'
  /** RFC 5227 probe: spa 0.0.0.0, and a proxy never answers it; IPv6: a solicitation from ::, as for duplicate address detection */
  | 'probe'

export const REQUEST_MODES = ['broadcast', 'unicast', 'probe'] as const satisfies readonly RequestMode[]

/** Everything one capture (file or live) says, folded once. The value that wire rules read. */
export interface WireFacts {
  readonly capture: CaptureFacts
  /** The addresses asked for, and every other (VLAN stack, IP) that two or more MACs claim, or of IPv6 that a host looked for and another denied it; all of them on request. */
  readonly addresses: readonly AddressFacts[]
  /** The capture of each address that another place saw than the one whose counts `capture` has; absent: one place was looked from. */
  readonly captures?: ReadonlyMap<AddressFacts, CaptureFacts>
  /** Senders, targets and VLANs whose rate reached the lowest storm tier at least once. */
  readonly rates: readonly RateFacts[]
  /** Identical broadcast frames seen again and again. */
  readonly loops: readonly LoopFacts[]
  /** Frames at which Wireshark's own detector (30 requests in 100 ms) would speak, first 100 of them. */
  readonly wiresharkStorms: { readonly count: number; readonly frames: readonly number[] }
  /** MACs that claim more than one address, the ones with most addresses first (at most 100). */
  readonly senders: readonly SenderFacts[]
  /** What a bound made us drop, in words; empty for any ordinary capture. */
  readonly dropped: readonly string[]
}

/** Counts as design.md §6 defines them. */
export interface CaptureFacts {
  readonly linkTypes: readonly string[]
  /** Link types met that we do not read, with the number of their frames: a gap, never "healthy". */
  readonly unreadLinkTypes: readonly { readonly name: string; readonly frames: number }[]
  /** Frames that may show who answers for an address and that are counted only; `about`: addresses asked for in them. */
  readonly notJudged: readonly { readonly what: string; readonly frames: number; readonly about: readonly Ip[] }[]
  readonly frames: number
  /** Of them, copies of the same frame, of a mirror port or at other interfaces: counted nowhere else. */
  readonly copies: number
  readonly arp: number
  readonly requests: number
  readonly replies: number
  readonly gratuitous: number
  /** Replies that are not gratuitous. */
  readonly ordinaryReplies: number
  readonly probes: number
  readonly nd: DiscoveryCounts
  readonly decodeFailures: Readonly<Record<string, number>>
  /** The file ends inside a frame or a block. */
  readonly truncatedFile: boolean
  readonly peakArpPerSecond: number
  /** Time of the first and last frame; null when there was none. */
  readonly firstAt: Micros | null
  readonly lastAt: Micros | null
  /**
   * How often time ran backwards by more than a second, where first (a frame's number), and by how much at most: the clock was
   * set back, or captures were put together. Times of frames on both sides of a step must not be subtracted. Null: never.
   */
  readonly timeRunsBackwards: {
    readonly times: number
    readonly firstFrame: number
    readonly longestMicros: number
  } | null
  /** Who says that it is master of which virtual router. */
  readonly vrrp: VrrpFacts
  readonly listeners: ListenerFacts
}

/** Multicast listener discovery (MLD): who listens to the groups that solicitations go to. */
export interface ListenerFacts {
  /** General queries, and reports of any kind. */
  readonly queries: number
  readonly reports: number
  /** Of each VLAN stack the last general query whose answers all had time to come. */
  readonly answers: readonly ListenerQuery[]
  /** The last 24 bits of each solicited-node group that somebody joined, and the frame that showed it first. */
  readonly joined: readonly { readonly vlans: readonly number[]; readonly groups: ReadonlyMap<number, number> }[]
  /** False: there were more groups than a bound allows. */
  readonly isWhole: boolean
}

export interface ListenerQuery {
  readonly vlans: readonly number[]
  readonly frame: number
  readonly at: Micros
  readonly querier: Mac
  /** Who reported all of its groups then. */
  readonly hosts: readonly { readonly mac: Mac; readonly frame: number; readonly at: Micros }[]
}

/**
 * Messages of neighbour discovery (RFC 4861 section 4) that a host would take; `dad`: solicitations without a sender, `unsolicited`:
 * advertisements that no solicitation asked for.
 */
export interface DiscoveryCounts {
  readonly routerSolicitations: number
  readonly routerAdvertisements: number
  readonly neighborSolicitations: number
  readonly neighborAdvertisements: number
  readonly redirects: number
  readonly dad: number
  readonly unsolicited: number
}

/** One address of either family on one VLAN stack (outermost tag first; empty when untagged; VID 0 is not a tag). */
export interface AddressFacts {
  readonly ip: Ip
  readonly vlans: readonly number[]
  /** Named by the operator (or a VIP of the cluster), not merely noticed. */
  readonly asked: boolean
  /**
   * Requests for this address, per mode: total, and how many got at least one answer. A probe of a machine that itself claims
   * the address is none unless another one answered it: nobody has to.
   */
  readonly asks: Readonly<Record<RequestMode, { readonly sent: number; readonly answered: number }>>
  /** Broadcast rounds (mode `broadcast` or `probe`) that two or more MACs answered. */
  readonly contestedRounds: number
  readonly claims: readonly ClaimFacts[]
  /** Each time the claiming MAC differed from the one before (arpwatch's flip-flop), first 256; `changes` is the true count. */
  readonly transitions: readonly Transition[]
  readonly changes: number
  /** The exchanges themselves, oldest first, at most 1024 (for asked addresses; at most 64 for others). */
  readonly exchanges: readonly Exchange[]
  /** Of an address asked for: whose broadcasts for it got no answer although answers to that machine reach the capture; absent: nobody's. */
  readonly unanswered?: UnansweredAsker
}

/** A machine that asked for an address again and again, and got answers for others only (unanswered.ts). */
export interface UnansweredAsker {
  readonly asker: Mac
  /**
   * All that goes to one machine is to it or from it: elsewhere, as on a link between two switches or on a host that is only asked,
   * answers to others go past.
   */
  readonly isThere: boolean
  /** So it is, two machines or more answered it for others, and nothing in the capture says that the address is alive. */
  readonly isAlone: boolean
  /** Its broadcasts in a row, each put again as if there had been no answer. */
  readonly requests: readonly Exchange[]
  /** Answers to it for other addresses within a minute of these, by time: the first of each of two machines. */
  readonly answers: readonly { readonly ip: Ip; readonly mac: Mac; readonly at: Micros; readonly frame: number }[]
}

/**
 * A claim: this MAC was seen as the sender (sha) of an ARP packet with this address as spa; or as the one that an advertisement of
 * the address, or a solicitation from it, names (TLLA, SLLA), or else sent the advertisement.
 */
export interface ClaimFacts {
  readonly mac: Mac
  /** Packets with spa = the address, by opcode (IPv6: solicitations, advertisements, and of these the unsolicited); `gratuitous` ones (spa = tpa) are counted in their opcode too. */
  readonly requests: number
  readonly replies: number
  readonly gratuitous: number
  /** Of advertisements (IPv6), those with the O flag, which make a neighbour forget another MAC; and of those the solicited ones. */
  readonly overriding: number
  readonly solicitedOverriding: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  /** 1-based numbers of the first and last frame, as Wireshark shows them. */
  readonly firstFrame: number
  readonly lastFrame: number
  /** Requests that this MAC answered, per mode, and how many it could have (unicast: those sent to it). */
  readonly answered: Readonly<Record<RequestMode, { readonly asked: number; readonly answered: number }>>
  /** From request to this MAC's first answer, broadcast rounds only; null when it answered none. */
  readonly latency: { readonly minMicros: number; readonly medianMicros: number; readonly maxMicros: number } | null
  /** Broadcast rounds in which this MAC answered before any other. */
  readonly firstAnswers: number
  /** Ethernet sources other than `mac` under which this claim was sent (at most 8). */
  readonly otherEthSources: readonly Mac[]
  /** Whether a frame that made the claim came from `mac` itself. */
  readonly isEthSource: boolean
  /** Whether the newest gratuitous packet precedes all answers after a change (see Transition). */
  readonly lastGratuitousAt: Micros | null
}

/** The address changed hands between two packets. */
export interface Transition {
  readonly at: Micros
  readonly frame: number
  readonly from: Mac
  readonly to: Mac
  /** The packet that showed the change was gratuitous. */
  readonly announced: boolean
}

/** One request and the answers to it within the answer window (2 s), or a later one (up to 10 s) that can belong to no newer request. */
export interface Exchange {
  readonly at: Micros
  readonly frame: number
  readonly mode: RequestMode
  /** Ethernet source of the request. */
  readonly asker: Mac
  /** The sender's address in the request; 0: a probe. */
  readonly askerIp: Ip
  /** Ethernet destination of the request (the broadcast MAC, or one host; 0 where a cooked header tells no host, and none answered). */
  readonly askedMac: Mac
  readonly answers: readonly { readonly mac: Mac; readonly afterMicros: number; readonly frame: number }[]
}

export type RateScope = 'sender' | 'target' | 'vlan'
export type RateKind = 'requests' | 'replies' | 'gratuitous'

/** Tiers in frames per second; `longest` is the longest run of consecutive whole seconds at or above the tier. */
export const STORM_TIERS = { info: STORM_TIER.info, warning: STORM_TIER.warning, error: STORM_TIER.error } as const

export interface RateFacts {
  readonly scope: RateScope
  /** 4: ARP; 6: neighbour discovery. */
  readonly family: 4 | 6
  /** A MAC for `sender`, an address for `target`, the VLAN stack for `vlan`. */
  readonly mac: Mac | null
  readonly ip: Ip | null
  readonly vlans: readonly number[]
  readonly kind: RateKind
  readonly total: number
  readonly peakPerSecond: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  readonly longest: Readonly<Record<keyof typeof STORM_TIERS, number>>
}

/** Byte-identical frames of ARP or neighbour discovery to a group, far more often than a sender sends them by itself. */
export interface LoopFacts {
  readonly sender: Mac
  readonly target: Ip
  readonly vlans: readonly number[]
  readonly copies: number
  readonly peakPerSecond: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  readonly firstFrame: number
}

export interface SenderFacts {
  readonly mac: Mac
  /** How many distinct addresses it claims; `addresses` holds at most 32 of them. */
  readonly count: number
  readonly addresses: readonly Ip[]
}

export interface ObserveOptions {
  /** Addresses asked for; they are reported even when nobody claims them. */
  readonly asked: readonly Ip[]
  /** Report every address seen, not only the asked and the contested ones. */
  readonly allAddresses: boolean
}
