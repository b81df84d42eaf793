import type { Gap, Known } from '../../known.js'
import type { ClusterKind, ClusterSnapshot, Service } from '../model.js'
import type { Reads } from '../reads.js'
import type { ForPeople } from './for-people.js'

/**
 * Software that answers for VIPs: all that is special to it but its rules, which are in `src/rules/<name>`. Its functions are
 * pure: the same snapshot gives the same answers.
 */
export interface Announcer extends Traits {
  /** `metallb`, `kube-vip`, `cilium`, `openelb`, `purelb`, `k3s-servicelb`. */
  readonly name: string
  /** What is read of a cluster for its sake. */
  readonly reads: Reads
  readonly people: ForPeople
  /** Whether it is there; null when it is known to be absent, unknown when what would show it could not be read. */
  detect(cluster: ClusterSnapshot): Known<Presence | null>
  /** One answer per address that is its to announce. Called only where `detect` found it. */
  vips(cluster: ClusterSnapshot, presence: Presence): VipAnswers
  /** How it answers for them. */
  manner(cluster: ClusterSnapshot): MannerOf
  /** Which kinds of object matter to it. */
  concern(cluster: ClusterSnapshot): Concern
  /** The load-balancer classes that it serves. Called only where its workloads are known. */
  classes(cluster: ClusterSnapshot): readonly string[]
  /** The pools that its controller assigns from. */
  pools?(cluster: ClusterSnapshot): readonly AddressPoolOf[]
  /** By which object an address of a Service is announced by BGP. */
  byBgp?(cluster: ClusterSnapshot): FindBgp
}

export type WayToFail =
  /** Its speaker sees no other one, and they do not see it: it elects itself wherever it is a candidate. */
  | 'alone'
  /** Its announcer hangs or does not reach the wire: silent wherever it is in charge, and nobody takes over. */
  | 'silent'
  /** It answers also where another node has taken over: an address kept, an older configuration. */
  | 'kept'

export interface Concern {
  /** False: what is its own says nothing here. Null: nobody can say. */
  readonly there: boolean | null
  /** The kinds without which a verdict on its addresses could be another; none where it is not there. */
  readonly decisive: readonly ClusterKind[]
  /** Kinds of its own that the installed version does not read any more, or not yet. */
  readonly retired?: readonly ClusterKind[]
}

export interface AddressPoolOf {
  /** `IPAddressPool/metallb-system/pool`. */
  readonly object: string
  /** CIDRs and ranges as written. */
  readonly addresses: readonly string[]
}

/** The object that says so; null where none does. */
export type FindBgp = (service: Service, ip: string) => string | null

export interface Presence {
  /** Semantic version without `v`, e.g. `0.14.9`; null when the image does not tell. */
  readonly version: string | null
  /** The object that shows it: `DaemonSet/metallb-system/speaker`. */
  readonly object: string
}

/** The answers, and what could not be read to give more or better ones. */
export interface VipAnswers {
  readonly answers: readonly VipAnswer[]
  readonly gaps: readonly Gap[]
}

/** What one announcer's objects say about one address. */
export interface VipAnswer {
  readonly ip: string
  /** `namespace/name`; null for an address without Service, such as kube-vip's control-plane VIP. */
  readonly service: string | null
  /** Every node it was asked about, with the reason when it cannot be the one; of a large cluster a list to go through only once. */
  readonly candidates: readonly Candidate[]
  /** Who should answer, one entry a source, best source first; two nodes here disagree. Empty: nobody will answer. */
  readonly expected: readonly ExpectedNode[]
  /** Where the sources contradict each other, in words for a person. */
  readonly disagreements: readonly string[]
  /** Something that decides and could not be read, so that no expected node does not mean nobody; absent when all of it is known. */
  readonly undecided?: Gap | undefined
  /** The lease that decides, also one that nobody renews or holds any more; absent where there is none. */
  readonly lease?: LeaseState | undefined
  /** Whether a node is an eligible candidate, or nobody could be asked; the same as going through `candidates`, but at once. */
  mayAnnounce?(node: string): boolean
  /** The winner among those candidates that some speaker sees; absent where the announcer holds no election. */
  electAmong?(isSeen: (node: string) => boolean): string | null
}

/** A lease as the cluster was read. Expired: whoever held it has stopped to renew it or gave it up, and nobody has taken it since. */
export interface LeaseState {
  /** `Lease/kube-system/plndr-svcs-lock`. */
  readonly object: string
  /** Null: given up. */
  readonly holder: string | null
  /** ISO 8601; null where the lease does not tell. */
  readonly renewedAt: string | null
  readonly durationSeconds: number | null
  readonly expired: boolean
  /** Whole seconds between the last renewal and the moment the cluster was read; null where the lease does not tell. */
  readonly age: number | null
}

export interface Candidate {
  readonly node: string
  readonly eligible: boolean
  /** Why not, one reason an entry (`label node.kubernetes.io/exclude-from-external-load-balancers`); empty when eligible. */
  readonly because: readonly string[]
}

/** `address`: it is the node's own; `election`: computed as the announcer computes it; `lease`, `status`, `event`: an object names the node; `adverts`: it advertises the address by VRRP. */
export type ExpectedFrom = 'election' | 'lease' | 'status' | 'event' | 'annotation' | 'address' | 'adverts'

export interface ExpectedNode {
  readonly node: string
  readonly from: ExpectedFrom
  /** The object or the sum that says so: `Lease/kube-system/plndr-svcs-lock`, `sha256 0a382492`. */
  readonly detail: string
}

/** The kinds of request that an announcer answers; null: not known. `broadcast` is multicast for an IPv6 address. */
export interface AnsweredKinds {
  readonly broadcast: boolean | null
  readonly unicast: boolean | null
  readonly probe: boolean | null
}

/** How an announcer answers for an address on the node that announces it. */
export interface Manner {
  /** It puts the address on an interface: the kernel answers, and every sysctl counts. Else a socket or program of its own, and none does. */
  readonly kernelHasASay: boolean
  readonly answers: AnsweredKinds
  /** It makes an interface for the address, with this MAC (lower case, colons); null: no object says which. Absent: on those of the node. */
  readonly ownMac?: string | null
  /** How solicitations of IPv6 get to it: by a raw socket behind the kernel's input (absent too), or by an eBPF program before the kernel. */
  readonly hearing?: 'socket' | 'program'
  /** Another node takes over within this time; null: not known. */
  readonly failoverSeconds: number | null
  /** Called for the nodes that announce only. */
  interfacesOn(node: string): InterfaceChoice
}

/** The interfaces of one node that an announcer is told to use. */
export type InterfaceChoice =
  /** Every one that faces the segment; `objects` could restrict it to some, and name none. */
  | { readonly kind: 'all'; readonly objects?: readonly string[]; readonly path?: string }
  | ({ readonly kind: 'names'; readonly names: readonly string[] } & Settled)
  /** Regular expressions of Go over the names; one match is enough. */
  | ({ readonly kind: 'patterns'; readonly patterns: readonly string[] } & Settled)
  /** Something that decides was not read. */
  | { readonly kind: 'unknown' }

/** The objects that say so, `L2Advertisement/metallb-system/l2`, and where in them. */
interface Settled {
  readonly objects: readonly string[]
  readonly path: string
}

/** Null where the answer is none of this announcer's. */
export type MannerOf = (answer: Pick<VipAnswer, 'ip' | 'service'>) => Manner | null

/** What is true of an announcer in every cluster. */
export interface Traits {
  /** It announces with a lease only: without one nobody answers. */
  readonly byLease: boolean
  /** It has no addresses of its own, and publishes those of the nodes. */
  readonly publishesNodes?: true
  /** In which simple ways one node of it can fail. */
  readonly fails: readonly WayToFail[]
}

/** One announcer as rules and reports see it. */
export interface AnnouncerView {
  readonly name: string
  /** Null: known to be absent. */
  readonly presence: Known<Presence | null>
  readonly answers: readonly VipAnswer[]
  readonly gaps: readonly Gap[]
  /** How it answers for its addresses in this cluster. */
  readonly mannerOf: MannerOf
  readonly traits: Traits
}
