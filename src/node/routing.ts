import ipaddr from 'ipaddr.js'
import { once } from '../once.js'
import { formatIpv4, parseIpv4 } from '../wire/ipv4.js'
import { routesByTable, rulesByTable } from './lookups.js'
import type { Family, InterfaceAddress, Prefix, Route, RoutingRule } from './model.js'

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
  const { tables, certain } = lookupOrder(rules)[family]
  for (const table of tables) {
    const route = longestMatch(routesByTable(routes, `${family} ${table}`), ip)
    if (route) return { route, devices: devicesOf(route), certain }
  }
  return null
}

/** The tables that a lookup goes through, each once, and whether they are all that there is to it. */
const lookupOrder = once((rules: readonly RoutingRule[]) => {
  const order = (family: Family) => {
    const ours = rules.filter((rule) => rule.family === family)
    const plain = ours.filter((rule) => rule.table !== null && selectsAll(rule))
    const tables = ours.length > 0 ? plain.map(({ table }) => table) : ['local', 'main', 'default']
    return { tables: [...new Set(tables)], certain: plain.length === ours.length }
  }
  return { 4: order(4), 6: order(6) }
})

/** Whether a rule for one of these IPv4 sources looks into a table whose default route leaves by this device. */
export function isSentBackBy(
  device: string,
  sources: readonly InterfaceAddress[],
  routes: readonly Route[],
  rules: readonly RoutingRule[],
): boolean {
  const tables = [...(defaultTables(routes).get(device) ?? [])]
  if (tables.length === 0) return false
  const from = new PrefixSet(tables.flatMap((table) => rulesByTable(rules, table).flatMap(({ from }) => from ?? [])))
  return sources.some(({ ip }) => from.longest(ip) !== null)
}

/** The tables with a default route, by its devices. */
const defaultTables = once((routes: readonly Route[]) => {
  const tables = new Map<string, Set<string>>()
  for (const { destination, table, hops } of routes) {
    if (destination.length !== 0) continue
    for (const { device } of hops) {
      if (device !== null) tables.set(device, (tables.get(device) ?? new Set()).add(table))
    }
  }
  return tables
})

/** Whether an address lies in a prefix of its own family; false for text that is no address. */
export function contains(prefix: Prefix, ip: string): boolean {
  const [four, base] = [parseIpv4(ip), parseIpv4(prefix.ip)]
  if (four !== null && base !== null) {
    const size = 2 ** (32 - prefix.length)
    return Math.floor(four / size) === Math.floor(base / size)
  }
  if (!ipaddr.isValid(ip) || !ipaddr.isValid(prefix.ip)) return false
  const [address, network] = [ipaddr.parse(ip), ipaddr.parse(prefix.ip)]
  return address.kind() === network.kind() && address.match(network, prefix.length)
}

/** Prefixes by what they cover, so that an address finds its longest one in as many steps as there are lengths. */
export class PrefixSet {
  readonly #texts = new Set<string>()
  readonly #lengths: readonly number[]

  constructor(prefixes: readonly Prefix[]) {
    const lengths = new Set<number>()
    for (const { ip, length } of prefixes) {
      const network = networkOf(ip, length)
      if (network === null) continue
      this.#texts.add(network)
      lengths.add(length)
    }
    this.#lengths = [...lengths].sort((a, b) => b - a)
  }

  /** As `networkOf` writes it; null when none covers the address. */
  longest(ip: string): string | null {
    for (const length of this.#lengths) {
      const network = networkOf(ip, length)
      if (network !== null && this.#texts.has(network)) return network
    }
    return null
  }
}

/** `10.0.0.0/8` of 10.1.2.3 and 8; null for what is no address, or is too short for the prefix. */
export function networkOf(ip: string, length: number): string | null {
  const four = parseIpv4(ip)
  if (four !== null)
    return length > 32 ? null : `${formatIpv4(Math.floor(four / 2 ** (32 - length)) * 2 ** (32 - length))}/${length}`
  return ip.includes(':') && ipaddr.isValid(ip)
    ? `${ipaddr.IPv6.networkAddressFromCIDR(`${ip}/${length}`)}/${length}`
    : null
}

interface Destinations {
  readonly prefixes: PrefixSet
  readonly best: ReadonlyMap<string, Route>
}

/** For each network the route of the least metric, the first of several. */
const destinations = once((routes: readonly Route[]): Destinations => {
  const best = new Map<string, Route>()
  for (const route of routes) {
    const network = networkOf(route.destination.ip, route.destination.length)
    const before = network === null ? undefined : best.get(network)
    if (network !== null && (!before || route.metric < before.metric)) best.set(network, route)
  }
  return { prefixes: new PrefixSet([...best.values()].map(({ destination }) => destination)), best }
})

function longestMatch(routes: readonly Route[], ip: string): Route | undefined {
  const { prefixes, best } = destinations(routes)
  const network = prefixes.longest(ip)
  return network === null ? undefined : best.get(network)
}

function selectsAll({ from, to, inputInterface, outputInterface, mark, other }: RoutingRule): boolean {
  return !from && !to && !inputInterface && !outputInterface && !mark && !other
}

function devicesOf(route: Route): string[] {
  return route.hops.flatMap(({ device }) => (device === null ? [] : [device]))
}
