import type { OwnKinds } from './kind-spec.js'

/**
 * What is read from a cluster for the sake of one program: an announcer, kube-proxy, a CNI. What nothing names is not asked
 * for, or not kept, and `deploy/rbac.yaml` has no permission for it. An absent member: nothing of the sort.
 */
export interface Reads {
  /** The kinds of object that are its own. */
  readonly kinds?: OwnKinds
  /** Parts of the names of its images, wherever they are mirrored: its DaemonSets and Deployments are kept. */
  readonly images?: readonly string[]
  /** Names of its containers, where a distribution's images do not bear its name: those are kept too. */
  readonly containers?: readonly string[]
  /** Its pods matter one by one: where they run, and whether they are ready. */
  readonly pods?: boolean
  /** Labels by which its own manifests and charts mark its Deployments and pods, with their values; none: it marks pods alone, by any value. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
  /** Config maps by their names, and what is kept of them under redaction. */
  readonly configMaps?: Readonly<Record<string, ConfigMapReads>>
  /** Reasons of events that say who announces what. */
  readonly events?: readonly EventReads[]
  /** Variables and flags of its containers that something reads: passwords and tokens stand in any of the rest. */
  readonly variables?: readonly string[]
  readonly flags?: readonly string[]
  /** Flags that a word need not follow; they are kept as well. */
  readonly switches?: readonly string[]
  /** Where the annotations of Services begin that something reads: `metallb.io/`. */
  readonly annotations?: readonly string[]
  /** The annotations by which a Service asks for addresses: a comma list. */
  readonly wanted?: readonly string[]
  /** Words of its own that tell nothing of whose cluster it is: names of objects, images, settings, messages; divided by space. */
  readonly words?: string
  /** What it puts before the name of a Service or node to name an object of its own: `kubevip-`. */
  readonly derives?: readonly string[]
}

export interface ConfigMapReads {
  /** The entries that something reads. */
  readonly keys: RegExp
  /** What is read of such an entry, if not all of it. */
  only?(text: string): string
}

export interface EventReads {
  readonly reason: string
  /** Only of objects of this kind. */
  readonly of?: string
}
