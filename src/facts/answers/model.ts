import type { Prediction, Reason, Reply } from '../../answering/model.js'
import type { NeighbourEntry, NeighbourTable } from '../../neighbours/model.js'
import type { AddressFacts, ClaimFacts, RequestMode } from '../../observe/model.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import type { MacOwner } from '../attribution.js'
import type { Charge } from './charge.js'

/**
 * For one address on one VLAN: who answered, beside who answers by the model of each host that was read. What both agree on is
 * explained; everything else is a row of its own, and what was not read is what the table leaves open.
 */
export interface AnswerTable {
  readonly ip: Ip
  /** Outermost tag first; empty: untagged, or no capture. */
  readonly vlans: readonly number[]
  /** Null without a capture: then only the predicted half is filled. */
  readonly seen: AddressFacts | null
  /** The kinds of request that were compared; without a capture, those that a client of the subnet makes. */
  readonly put: readonly PutQuestion[]
  /** Who should answer, and who says so. Null: nobody says. */
  readonly rightful: Rightful | null
  /** What each host that was read does with each request, on each interface that it reaches. */
  readonly predicted: readonly HostAnswer[]
  readonly responders: readonly Responder[]
  /** Answers that are sure by the model and did not come, one entry a host. */
  readonly broken: readonly BrokenPath[]
  /** Holders that answer by the model, and in whose place only machines that nobody knows answer. */
  readonly replaced: readonly Replaced[]
  /** Hosts that should answer and by the model do not. */
  readonly silent: readonly SilentHost[]
  /** Entries of neighbour tables that name a machine which does not answer. */
  readonly stale: readonly StaleEntry[]
  /** What the tables of routers and switches say, beside it. */
  readonly upstream: readonly UpstreamEntry[]
  /** Nodes of the cluster, and hosts named, whose interfaces were not read. */
  readonly unread: readonly string[]
}

/** A kind of request, as the capture shows it. */
export interface PutQuestion {
  readonly mode: RequestMode
  /** Null: a probe. */
  readonly asker: Ip | null
  /** Null: no frame shows it. */
  readonly askerMac: Mac | null
  /** Null: broadcast. */
  readonly to: Mac | null
  /** How often it was put; 0: it is assumed, no capture shows any. */
  readonly sent: number
  /** How many of them anybody answered. */
  readonly answered: number
}

export type Rightful =
  /** `--expect-mac`. */
  | { readonly by: 'operator'; readonly macs: readonly Mac[] }
  /** An address of these nodes themselves: they answer, and nobody takes it from them. */
  | { readonly by: 'node'; readonly nodes: readonly string[] }
  | { readonly by: 'announcer'; readonly nodes: readonly string[]; readonly charges: readonly Charge[] }

export interface HostAnswer {
  readonly host: string
  readonly on: string
  readonly put: PutQuestion
  readonly prediction: Prediction
}

export interface Responder {
  readonly mac: Mac
  readonly claim: ClaimFacts
  /** Empty: unexplained. More than one: several hosts, or several interfaces, would answer with this MAC. */
  readonly explanations: readonly Explanation[]
  /** A bond had this MAC while another member was its active one, and answers under another now. */
  readonly isFormerOfBond: boolean
  /** The host whose bond has lost this MAC, and whose announcer goes on with it; null: none. */
  readonly lostBy: string | null
  /** Hosts that were read and have this MAC, though by the model they do not answer. */
  readonly against: readonly HostAnswer[]
  /** Who has this MAC by other sources. */
  readonly owners: readonly MacOwner[]
  /** Nodes of which a MAC was asked by unicast, and this one came back: the node answers under a MAC that it has no more. */
  readonly behind: readonly string[]
}

export interface Explanation {
  readonly host: string
  readonly on: string
  readonly reply: Reply
  /** False: something that was not read could prevent the reply. */
  readonly sure: boolean
  readonly because: readonly Reason[]
  readonly missing: readonly string[]
  readonly assumed: readonly string[]
}

export interface BrokenPath {
  readonly host: string
  /** Null: the host was not read, only the announcer's word says that it answers. */
  readonly explanation: Explanation | null
  readonly charge: Charge | null
  /** How many requests should have been answered. */
  readonly sent: number
}

/** A host on the segment that holds the address, or should announce it, of which no answer came while an unknown machine answered. */
export interface Replaced {
  readonly host: string
  readonly explanation: Explanation
  /** How many requests it should have answered. */
  readonly sent: number
}

export interface SilentHost {
  readonly host: string
  readonly on: string
  readonly put: PutQuestion
  /** Whether somebody says that it should answer, or it only holds the address. */
  readonly expected: boolean
  readonly charge: Charge | null
  readonly deciding: Reason
  readonly because: readonly Reason[]
  readonly missing: readonly string[]
  readonly assumed: readonly string[]
}

export interface StaleEntry {
  /** Null: the machine that asked. */
  readonly host: string | null
  readonly interface: string
  readonly mac: Mac
  readonly states: readonly string[]
  /** Who answers. */
  readonly answering: readonly Mac[]
  /** The host it leads to, which has the address or should, while no machine that answers is known: the entry may be right. */
  readonly rightTo: string | null
  /** No machine that answers is known, so that the one of the entry may be the right one. */
  readonly open: boolean
}

/**
 * `agrees`: it leads to a machine that answers, or that should; `stale`: to another one, learnt before; `elsewhere`: to another one that
 * the device has heard since the machine that answers here was first seen; `unresolved`: the device asked and heard nobody.
 */
export type UpstreamVerdict = 'agrees' | 'stale' | 'elsewhere' | 'unresolved' | 'unjudged'

/** An entry for the address in the table of a router or switch. */
export interface UpstreamEntry {
  readonly table: Pick<NeighbourTable, 'name' | 'format'>
  readonly entry: NeighbourEntry
  readonly says: UpstreamVerdict
  /** Why it is not judged; null where it is. */
  readonly because: string | null
  /** The machines it is held beside: those that answer on the wire, or else should. Empty: none is known. */
  readonly beside: readonly Mac[]
  readonly basis: 'wire' | 'announcer'
  /** The node or host that has the entry's MAC, where one is known. */
  readonly leadsTo: string | null
  /** It leads to the machine that has the address or should, or to a known one while none that answers is known: the entry may be right. */
  readonly mayBeRight: boolean
  /** No machine that answers is known, so that the one of the entry may be the right one. */
  readonly open: boolean
  /** The device has it for longer than the wire was looked at, by its age at the time when the table was saved. */
  readonly outlastsLook: boolean
  /** For how many addresses the table has its MAC, where no machine of it is known: a proxy's for many. */
  readonly sharedBy: number
  /** Of another segment: the table has the address on several interfaces, or is of several routing tables (VRF) and this is not the default one. */
  readonly mayBeOfAnother: boolean
  /** The device has the address itself: the MAC is that of another address of its own. */
  readonly isItsOwn: boolean
}
