import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'
import * as TIER from './columns/storm-tier.js'

/** Microseconds since the Unix epoch (an integer below 2^53). */
export type Micros = number

/** How a request was put: the kind decides who may answer it. */
export type RequestMode =
  /** to the broadcast MAC, with the asker's own address */
  | 'broadcast'
  /** to one MAC, with the asker's own address */
  | 'unicast'
  /** RFC 5227 probe: spa 0.0.0.0; a proxy never answers it */
  | 'probe'

export const REQUEST_MODES = ['broadcast', 'unicast', 'probe'] as const satisfies readonly RequestMode[]

/** Everything one capture (file or live) says, folded once. The value that wire rules read. */
export interface WireFacts {
  readonly capture: CaptureFacts
  /** The addresses asked for, and every other (VLAN stack, IP) that two or more MACs claim; all of them on request. */
  readonly addresses: readonly AddressFacts[]
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
  readonly frames: number
  readonly arp: number
  readonly requests: number
  readonly replies: number
  readonly gratuitous: number
  readonly probes: number
  readonly decodeFailures: Readonly<Record<string, number>>
  /** The file ends inside a frame or a block. */
  readonly truncatedFile: boolean
  readonly peakArpPerSecond: number
  /** Time of the first and last frame; null when there was none. */
  readonly firstAt: Micros | null
  readonly lastAt: Micros | null
}

/** One IPv4 address on one VLAN stack (outermost tag first; empty when untagged; VID 0 is not a tag). */
export interface AddressFacts {
  readonly ip: Ipv4
  readonly vlans: readonly number[]
  /** Named by the operator (or a VIP of the cluster), not merely noticed. */
  readonly asked: boolean
  /** Requests for this address, per mode: total, and how many got at least one answer. */
  readonly asks: Readonly<Record<RequestMode, { readonly sent: number; readonly answered: number }>>
  /** Broadcast rounds (mode `broadcast` or `probe`) that two or more MACs answered. */
  readonly contestedRounds: number
  readonly claims: readonly ClaimFacts[]
  /** Each time the claiming MAC differed from the one before (arpwatch's flip-flop), first 256; `changes` is the true count. */
  readonly transitions: readonly Transition[]
  readonly changes: number
  /** The exchanges themselves, oldest first, at most 1024 (for asked addresses; at most 64 for others). */
  readonly exchanges: readonly Exchange[]
}

/** A claim: this MAC was seen as the sender (sha) of an ARP packet with this address as spa. */
export interface ClaimFacts {
  readonly mac: Mac
  /** Packets with spa = the address, by opcode; `gratuitous` ones (spa = tpa) are counted in their opcode too. */
  readonly requests: number
  readonly replies: number
  readonly gratuitous: number
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

/** One request and the answers to it within the answer window (2 s). */
export interface Exchange {
  readonly at: Micros
  readonly frame: number
  readonly mode: RequestMode
  /** Ethernet source of the request. */
  readonly asker: Mac
  /** Ethernet destination of the request (the broadcast MAC, or one host). */
  readonly askedMac: Mac
  readonly answers: readonly { readonly mac: Mac; readonly afterMicros: number; readonly frame: number }[]
}

export type RateScope = 'sender' | 'target' | 'vlan'
export type RateKind = 'requests' | 'replies' | 'gratuitous'

/** Tiers in frames per second; `longest` is the longest run of consecutive whole seconds at or above the tier. */
export const STORM_TIERS = { info: TIER.info, warning: TIER.warning, error: TIER.error } as const

export interface RateFacts {
  readonly scope: RateScope
  /** A MAC for `sender`, an address for `target`, the VLAN stack for `vlan`. */
  readonly mac: Mac | null
  readonly ip: Ipv4 | null
  readonly vlans: readonly number[]
  readonly kind: RateKind
  readonly total: number
  readonly peakPerSecond: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  readonly longest: Readonly<Record<keyof typeof STORM_TIERS, number>>
}

/** Byte-identical broadcast ARP frames, far more often than a sender sends them by itself. */
export interface LoopFacts {
  readonly sender: Mac
  readonly target: Ipv4
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
  readonly addresses: readonly Ipv4[]
}

export interface ObserveOptions {
  /** Addresses asked for; they are reported even when nobody claims them. */
  readonly asked: readonly Ipv4[]
  /** Report every address seen, not only the asked and the contested ones. */
  readonly allAddresses: boolean
}
