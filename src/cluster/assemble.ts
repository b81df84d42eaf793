import { type Known, mapKnown } from '../known.js'
import { CLUSTER_KINDS } from './kinds.js'
import type { ClusterKind, ClusterSnapshot, EndpointSlice } from './model.js'

/** What a reader gathered of each kind, in any order and with repetitions. */
export type Gathered = { readonly [K in ClusterKind]: Known<readonly unknown[]> }

/** The one way into a snapshot: sorted, each object once, slices of the services kept. */
export function assembleSnapshot(gathered: Gathered, observedAt: string, source: string): ClusterSnapshot {
  const kinds = CLUSTER_KINDS.map((kind) => [kind, mapKnown(gathered[kind] as Known<readonly Item[]>, tidy)])
  const snapshot = { observedAt, source, ...Object.fromEntries(kinds) } as ClusterSnapshot
  return { ...snapshot, endpointSlices: mapKnown(snapshot.endpointSlices, (slices) => ofKept(slices, snapshot)) }
}

interface Item {
  readonly kind?: string
  readonly key?: string
  readonly name: string
}

function tidy(items: readonly Item[]): Item[] {
  const byIdentity = new Map(items.map((item) => [identity(item), item]))
  return [...byIdentity.keys()].sort().map((id) => byIdentity.get(id)!)
}

function identity({ kind, key, name }: Item): string {
  return `${key ?? name} ${kind ?? ''}`
}

function ofKept(slices: readonly EndpointSlice[], { services }: ClusterSnapshot): readonly EndpointSlice[] {
  if (!services.known) return slices
  const kept = new Set(services.value.map(({ key }) => key))
  return slices.filter(({ service }) => kept.has(service))
}
