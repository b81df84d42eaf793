import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** One request, as it reaches a host: of ARP for an IPv4 address, a neighbour solicitation for an IPv6 address. */
export interface Question {
  /** The address asked for. */
  readonly target: Ip
  /** The sender's address, of the same family; null: a probe (RFC 5227; a solicitation from ::, RFC 4862 section 5.4.3). */
  readonly asker: Ip | null
  /** The Ethernet destination; null: broadcast, or the solicited-node group of the target. */
  readonly to: Mac | null
  /** The interface that the frame arrives on, the one that faces the wire: the port, not its bridge. */
  readonly on: string
  /** The VLAN tag on the frame; null or absent: none. */
  readonly vlan?: number | null
  /** What a solicitation is like where it is unlike those of a client. */
  readonly solicitation?: Partial<Solicitation>
}

/** Parts of a neighbour solicitation that decide whether it is answered. */
export interface Solicitation {
  readonly hopLimit: number
  /** It carries the asker's link-layer address; by default all but probes do. */
  readonly sourceLinkAddress: boolean
  /** Behind a fragment header. */
  readonly fragment: boolean
}

/** What made a reply. Any other path is named by what answers in the kernel's place. */
export type Path =
  | 'local'
  | 'proxy_arp'
  | 'proxy_arp_pvlan'
  | 'proxy-neighbour'
  | 'anycast'
  | 'bridge-suppress'
  | 'bridge-proxy-arp'
  | 'vxlan-proxy'
  | 'ebtables-arpreply'
  | 'announcer'

export interface Reply {
  /** The MAC that the reply carries; null where the snapshot cannot tell it (a bond of mode balance-alb picks one for each asker). */
  readonly mac: Mac | null
  /** The device whose answer it is; it leaves by the interface that the question arrived on. */
  readonly interface: string
  readonly path: Path
  /** The reply comes within this time; 0: at once. */
  readonly delayMs: number
  /** The announcer's name; only with path `announcer`. */
  readonly announcer?: string
  /** Of a neighbour advertisement: the O flag, by which it replaces the MAC of an entry. */
  readonly override?: boolean
}

/** One check that the host makes, with what it read. */
export interface Reason {
  /** `arp_ignore`, `rp_filter`, `local address` … */
  readonly check: string
  /** `passes`: goes on to the next check. `doubt`: what is missing could change the outcome. */
  readonly outcome: 'passes' | 'stops' | 'answers' | 'doubt'
  /** The setting's name: `net.ipv4.conf.eth0.arp_ignore`, an address, a route, a rule. */
  readonly setting: string
  readonly value: string
  /** Where it was read: a path below /proc/sys, or the command that shows it. */
  readonly from: string
  /** One sentence that says what it means here. */
  readonly text: string
}

/** What a host does with a question. */
export interface Prediction {
  /** `unknown`: something named in `missing` decides it. */
  readonly answers: 'yes' | 'no' | 'unknown'
  /** The replies that are sure to come. */
  readonly replies: readonly Reply[]
  /** The replies that come if what is missing does not prevent them. */
  readonly possible: readonly Reply[]
  /** The checks that decided it, in the kernel's order. */
  readonly because: readonly Reason[]
  /** Inputs without which the answer stays open. */
  readonly missing: readonly string[]
  /** Inputs that were not read and count as the kernel's default: what rests on them is likely at most. */
  readonly assumed: readonly string[]
}

/** The kinds of request that software answers; null: not known. `broadcast` is multicast in neighbour discovery. */
export interface AnsweredKinds {
  readonly broadcast: boolean | null
  readonly unicast: boolean | null
  readonly probe: boolean | null
}

/** `socket`: a raw ICMPv6 socket, behind the kernel's IPv6 input. `program`: eBPF on the device, before the kernel. */
export type Hearing = 'socket' | 'program'

/** What software answers for an address without, or beside, the kernel. */
export interface Announcement {
  readonly ip: Ip
  /** The host's name in its snapshot. */
  readonly host: string
  /** Null: every interface that faces the segment; `unknown`: some of those, and nobody can say which. */
  readonly interfaces: readonly string[] | 'unknown' | null
  /** Null or absent: the MAC of the interface that answers. */
  readonly mac?: Mac | null
  readonly answers: AnsweredKinds
  /** How solicitations get to it; ARP is always read from the wire. Absent: by a socket. */
  readonly hearing?: Hearing
  /** It puts the address on an interface, so the snapshot shows the outcome and the kernel answers, not the announcer. */
  readonly kernelHasASay: boolean
  /** `MetalLB`, `Cilium` … */
  readonly name: string
}
