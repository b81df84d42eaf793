import ipaddr from 'ipaddr.js'
import type { Family, Prefix, Route, RoutingRule } from './model.js'

/** Where a packet to an address would go. */
export interface Lookup {
  readonly route: Route
  /** Devices of its next hops. */
  readonly devices: readonly string[]
  /** Policy rules with selectors exist that this lookup could not weigh: the answer is likely, not certain. */
  readonly certain: boolean
}

/** The kernel's lookup for a destination as far as destination alone decides it; null when no route matches. */
export function routeTo(routes: readonly Route[], rules: readonly RoutingRule[], ip: string): Lookup | null {
  const family: Family = ip.includes(':') ? 6 : 4
  const ours = rules.filter((rule) => rule.family === family)
  const plain = ours.filter((rule) => rule.table !== null && selectsAll(rule))
  const tables = ours.length > 0 ? plain.map(({ table }) => table) : ['local', 'main', 'default']
  const certain = plain.length === ours.length
  for (const table of tables) {
    const route = longestMatch(
      routes.filter((route) => route.family === family && route.table === table && contains(route.destination, ip)),
    )
    if (route) return { route, devices: devicesOf(route), certain }
  }
  return null
}

/** Whether an address lies in a prefix of its own family; false for text that is no address. */
export function contains(prefix: Prefix, ip: string): boolean {
  if (!ipaddr.isValid(ip) || !ipaddr.isValid(prefix.ip)) return false
  const [address, network] = [ipaddr.parse(ip), ipaddr.parse(prefix.ip)]
  return address.kind() === network.kind() && address.match(network, prefix.length)
}

function longestMatch(routes: readonly Route[]): Route | undefined {
  return [...routes].sort((a, b) => b.destination.length - a.destination.length || a.metric - b.metric)[0]
}

function selectsAll({ from, to, inputInterface, outputInterface, mark, other }: RoutingRule): boolean {
  return !from && !to && !inputInterface && !outputInterface && !mark && !other
}

function devicesOf(route: Route): string[] {
  return route.hops.flatMap(({ device }) => (device === null ? [] : [device]))
}
