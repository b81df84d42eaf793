import type { Gap, Known } from '../../known.js'
import type { ClusterSnapshot } from '../model.js'

/** Software that answers for VIPs, seen through one cluster snapshot. Pure: the same snapshot gives the same answers. */
export interface Announcer {
  /** `metallb`, `kube-vip`, `cilium`, `openelb`, `purelb`, `k3s-servicelb`. */
  readonly name: string
  /** Whether it is there; null when it is known to be absent, unknown when what would show it could not be read. */
  detect(cluster: ClusterSnapshot): Known<Presence | null>
  /** One answer per address that is its to announce. Called only where `detect` found it. */
  vips(cluster: ClusterSnapshot, presence: Presence): VipAnswers
}

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
  /** Every node it was asked about, with the reason when it cannot be the one. */
  readonly candidates: readonly Candidate[]
  /** Who should answer, one entry a source, best source first; two nodes here disagree. Empty: nobody will answer. */
  readonly expected: readonly ExpectedNode[]
  /** Where the sources contradict each other, in words for a person. */
  readonly disagreements: readonly string[]
}

export interface Candidate {
  readonly node: string
  readonly eligible: boolean
  /** Why not, one reason an entry (`label node.kubernetes.io/exclude-from-external-load-balancers`); empty when eligible. */
  readonly because: readonly string[]
}

/** `election`: computed as the announcer computes it; `lease`, `status`, `event`: an object names the node. */
export type ExpectedFrom = 'election' | 'lease' | 'status' | 'event' | 'annotation'

export interface ExpectedNode {
  readonly node: string
  readonly from: ExpectedFrom
  /** The object or the sum that says so: `Lease/kube-system/plndr-svcs-lock`, `sha256 0a382492`. */
  readonly detail: string
}

/** One announcer as rules and reports see it. */
export interface AnnouncerView {
  readonly name: string
  /** Null: known to be absent. */
  readonly presence: Known<Presence | null>
  readonly answers: readonly VipAnswer[]
  readonly gaps: readonly Gap[]
}
