import { type BaselineFacts, bindingsOf, type StoredBaseline } from '../facts/baseline.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { type Known, mapKnown, unknown } from '../known.js'

/** The file of `--baseline`. */
export interface BaselineStore {
  readonly name: string
  /** Null when there is none yet. */
  read(): Promise<StoredBaseline | null>
  write(baseline: StoredBaseline): Promise<void>
}

/** Unknown with the cluster, or with its Services: nothing can then be said of any VIP. */
export function bindingsNow(view: Known<ClusterView>): Known<StoredBaseline> {
  if (!view.known) return view
  const { cluster, expected } = view.value
  return mapKnown(cluster.services, (services) => ({
    at: cluster.observedAt,
    bindings: bindingsOf(services, expected),
  }))
}

/** The bindings of the last run beside those of this one. */
export async function compareBindings(
  store: BaselineStore,
  current: Known<StoredBaseline>,
): Promise<Known<BaselineFacts>> {
  const previous = await store.read()
  if (previous === null)
    return unknown(store.name, 'there is no baseline yet', 'this run writes it, the next one compares')
  return mapKnown(current, ({ bindings }) => ({
    previousAt: previous.at,
    previous: previous.bindings,
    current: bindings,
  }))
}
