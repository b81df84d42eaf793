import type { Labels, Named } from './model-common.js'

export interface Workload extends Named {
  readonly kind: 'DaemonSet' | 'Deployment'
  readonly labels: Labels
  readonly podLabels: Labels
  readonly containers: readonly Container[]
  readonly nodeSelector: Labels
  /** `requiredDuringSchedulingIgnoredDuringExecution` terms; one of them must match. Empty when there are none. */
  readonly requiredNodeAffinity: readonly NodeSelectorTerm[]
  readonly tolerations: readonly Toleration[]
  /** Desired and ready number of pods by its status. */
  readonly desired: number
  readonly ready: number
}

export interface Container {
  readonly name: string
  readonly image: string
  /** `command` followed by `args`. */
  readonly args: readonly string[]
  readonly env: readonly EnvVar[]
}

/** `from` names the source of a value that is not written out: `fieldRef:status.podIP`, `secretKeyRef:memberlist/secretkey`. */
export interface EnvVar {
  readonly name: string
  readonly value: string | null
  readonly from: string | null
}

export interface Toleration {
  readonly key: string
  readonly operator: string
  readonly value: string
  readonly effect: string
}

export interface NodeSelectorTerm {
  readonly matchExpressions: readonly MatchExpression[]
}

/** `operator`: In, NotIn, Exists, DoesNotExist (Gt and Lt too in node affinity). */
export interface MatchExpression {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

/** A `metav1.LabelSelector`; both parts empty matches everything. */
export interface LabelSelector {
  readonly matchLabels: Labels
  readonly matchExpressions: readonly MatchExpression[]
}

export interface Pod extends Named {
  readonly node: string | null
  /** Its controller: `DaemonSet/speaker`, `ReplicaSet/controller-5d…`, `Node/cp-1` for a static pod; null for a bare pod. */
  readonly owner: { readonly kind: string; readonly name: string } | null
  /** The Ready condition. */
  readonly ready: boolean
  readonly images: readonly string[]
  /** Containers in full for static and bare pods; empty where a workload holds the template. */
  readonly containers: readonly Container[]
}
