import { once } from '../once.js'
import type { BridgeVlan, InterfaceAddress, Link, Route, RoutingRule } from './model.js'

/**
 * Lists of a host by what rules look up in them. Each list is grouped once, however many rules and interfaces ask: a host
 * chooses how many links, addresses and routes it has, so no rule may go through one list for each item of another.
 */
export const addressesByInterface = grouped((held: InterfaceAddress) => held.interface)
export const addressesByIp = grouped((held: InterfaceAddress) => held.ip)
export const linksByName = grouped((link: Pick<Link, 'name'>) => link.name)
export const linksByMaster = grouped((link: Pick<Link, 'master'>) => link.master)
export const linksByParent = grouped((link: Pick<Link, 'parent'>) => link.parent)
export const vlansByInterface = grouped((entry: BridgeVlan) => entry.interface)
export const routesByTable = grouped((route: Route) => `${route.family} ${route.table}`)
export const rulesByTable = grouped((rule: RoutingRule) => rule.table)

const NONE: readonly never[] = []

/** The items of a list that have this key, in their order. */
function grouped<T, K>(keyOf: (item: T) => K): <U extends T>(list: readonly U[], key: K) => readonly U[] {
  // what it knows of a list of U are items of that list, whatever U is
  const groupsOf = once(group) as <U extends T>(list: readonly U[]) => ReadonlyMap<K, readonly U[]>
  return (list, key) => groupsOf(list).get(key) ?? NONE

  function group<U extends T>(list: readonly U[]): ReadonlyMap<K, readonly U[]> {
    const groups = new Map<K, U[]>()
    for (const item of list) {
      const key = keyOf(item)
      const items = groups.get(key)
      if (items) items.push(item)
      else groups.set(key, [item])
    }
    return groups
  }
}
