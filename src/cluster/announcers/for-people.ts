import { type ShellCommand, sh } from '../../shell.js'

/** What people read of an announcer, and how they look at it. */
export interface ForPeople {
  /** `MetalLB`. */
  readonly title: string
  /** What runs on a node: `MetalLB speaker`. */
  readonly agent: string
  /** What the names of these pods begin with. */
  readonly pods: string
  /** A DaemonSet makes them, whatever object shows that it is there: one word more, so that `cilium-operator-…` is not meant. */
  readonly ofDaemonSet?: true
  /** What marks its lines in `kubectl get pods -A`; absent where its pods run in every cluster that has it as its network. */
  readonly listedAs?: string
  /** How to look at the objects that decide who answers; `object` is the one that shows that it is there. */
  looks(object: string): readonly Look[]
  /** How an object of its own restricts it to one interface of a node; absent where none can. */
  readonly restricts?: Restriction
  /** How to leave a Service to another announcer. */
  readonly classes: string
}

export interface Restriction {
  /** The value of the object's `.spec.interfaces` for one interface. */
  valueFor(name: string): string
  /** Where a version cannot, and the field that a later one has: `L2Advertisement.spec.interfaces`, `0.13.6`. */
  readonly since?: { readonly field: string; readonly version: string }
}

export interface Look {
  readonly text: string
  readonly run: ShellCommand
}

/** How people look who holds a lease; `pattern` is what its name holds, a regular expression for grep -E. */
export function leaseLook(title: string, pattern: string): Look {
  return { text: `${title}: who holds the lease?`, run: sh`kubectl get leases -A | grep -E ${pattern}` }
}
