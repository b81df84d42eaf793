import { type BaselineFacts, type Binding, bindingsOf, type StoredBaseline } from '../facts/baseline.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { baselineIn, type HistoryFacts } from '../facts/history.js'
import { type Known, mapKnown, unknown, valueOr } from '../known.js'

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
  const { whole, expected } = view.value
  return mapKnown(whole.services, (services) => ({
    at: whole.observedAt,
    bindings: bindingsOf(services, expected),
  }))
}

/** Where the view was narrowed to some addresses: the Services that have one of them, or had. */
export function concerning(asked: readonly string[], { cluster, whole, expected }: ClusterView, facts: BaselineFacts) {
  const kept = valueOr(cluster.services, [])
  if (kept.length === valueOr(whole.services, []).length) return facts
  const isAsked = (ip: string) => asked.includes(ip) || expected.has(ip)
  const had = facts.previous.filter(({ ips }) => ips.some(isAsked))
  const services = new Set([...kept.map(({ key }) => key), ...had.map(({ service }) => service)])
  const isMeant = ({ service }: Binding) => services.has(service)
  return { ...facts, previous: facts.previous.filter(isMeant), current: facts.current.filter(isMeant) }
}

/** What the history of a watch knows of the bindings, beside those of this run. */
export function compareWithHistory(history: HistoryFacts, current: Known<StoredBaseline>): Known<BaselineFacts> {
  return mapKnown(current, (now) => baselineIn(history, now))
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
