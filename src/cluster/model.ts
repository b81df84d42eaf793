import type { Known } from '../known.js'
import type { Condition, Labels, Named } from './model-common.js'
import type { Pod, Workload } from './model-workloads.js'

/**
 * The cluster as we need it: our own words, no client types. Every list is sorted by `key` (or name), so that
 * the same cluster is the same value whatever it was read from. Addresses are text as Kubernetes prints them;
 * times are ISO 8601 in UTC. A member is unknown on its own: a 403 on one kind is a gap of that kind alone. An announcer
 * declares the members that are its own beside it (`announcers/<name>/objects.ts`).
 */
export interface ClusterSnapshot {
  /** When the cluster was read: lease freshness is judged against it, never against a clock. */
  readonly observedAt: string
  /** Where from, for people: the API server's URL or the files. */
  readonly source: string
  /**
   * Only under pseudonyms: for what an election hashes beside a node's name, the nodes in the order of their true digests.
   */
  readonly elections?: Readonly<Record<string, readonly string[]>> | undefined
  readonly nodes: Known<readonly ClusterNode[]>
  /** Services of type LoadBalancer and those with external IPs; no others. */
  readonly services: Known<readonly Service[]>
  /** Slices of the services above; no others. */
  readonly endpointSlices: Known<readonly EndpointSlice[]>
  /** All leases but the nodes' own heartbeats (kube-node-lease). */
  readonly leases: Known<readonly Lease[]>
  /** Events of the reasons that something reads. */
  readonly events: Known<readonly ClusterEvent[]>
  /** DaemonSets and Deployments of known announcers, kube-proxy and CNIs, by their images. */
  readonly workloads: Known<readonly Workload[]>
  /** Pods of announcers: speakers, kube-vip (static ones too), svclb; not kube-proxy's or a CNI's. */
  readonly pods: Known<readonly Pod[]>
  /** Config maps of the names that something reads, in whatever namespace. */
  readonly configMaps: Known<readonly ConfigMap[]>
}

/** The members of a snapshot that can be unknown on their own. */
export type ClusterKind = Exclude<keyof ClusterSnapshot, 'observedAt' | 'source' | 'elections'>

/** The items of one kind: `ItemOf<'nodes'>` is `ClusterNode`. */
export type ItemOf<K extends ClusterKind> = Extract<ClusterSnapshot[K], { known: true }>['value'][number]

export interface ClusterNode {
  readonly name: string
  readonly labels: Labels
  /** Only the arguments that k3s and RKE2 note. */
  readonly annotations: Labels
  readonly conditions: readonly Condition[]
  readonly internalIPs: readonly string[]
  readonly externalIPs: readonly string[]
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[]
  readonly kernelVersion: string
  readonly kubeletVersion: string
}

export interface Service extends Named {
  readonly type: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly selector: Labels
  readonly loadBalancerClass: string | null
  /** `spec.loadBalancerIP`; null when unset. */
  readonly loadBalancerIP: string | null
  readonly externalTrafficPolicy: 'Cluster' | 'Local'
  readonly ipFamilyPolicy: string | null
  readonly clusterIPs: readonly string[]
  readonly externalIPs: readonly string[]
  /** `status.loadBalancer.ingress`, in its order: the first address decides MetalLB's election. */
  readonly ingress: readonly Ingress[]
  /** Who wrote to it, by `metadata.managedFields`. */
  readonly managers: readonly Manager[]
  readonly createdAt: string | null
  /** Tells it from an earlier Service of the same name; null where the source has none. */
  readonly uid: string | null
}

export interface Ingress {
  readonly ip: string | null
  /** True when the entry carries `ports`: MetalLB never writes them, others do. */
  readonly hasPorts: boolean
}

export interface Manager {
  readonly name: string
  /** Whether it owns something of `status.loadBalancer`. */
  readonly writesStatus: boolean
}

export interface EndpointSlice extends Named {
  /** `namespace/name` of its Service. */
  readonly service: string
  /** `IPv4`, `IPv6` or `FQDN`; null where the source does not say. */
  readonly addressType: string | null
  readonly endpoints: readonly Endpoint[]
}

/** `ready` null counts as ready and `serving` null as `ready`, as the API documents; both are resolved here. */
export interface Endpoint {
  readonly node: string | null
  readonly ready: boolean
  readonly serving: boolean
}

export interface Lease extends Named {
  readonly holder: string | null
  readonly renewedAt: string | null
  readonly durationSeconds: number | null
  readonly transitions: number
  readonly createdAt: string | null
}

export interface ClusterEvent extends Named {
  readonly reason: string
  readonly message: string
  /** What it is about: kind, `namespace/name` (or the name alone), and the uid of that very object where the event has it. */
  readonly about: { readonly kind: string; readonly key: string; readonly uid: string | null }
  /** Who reported it: `metallb-speaker`, `metallb-controller` …; empty when unsaid. */
  readonly component: string
  readonly count: number
  readonly firstAt: string | null
  readonly lastAt: string | null
}

export interface ConfigMap extends Named {
  readonly data: Labels
}
