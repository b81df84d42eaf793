import { type Gap, valueOr } from '../known.js'
import type { Family, Host, Link, Route, RoutingRule, SectionName } from '../node/model.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { type Ipv4, parseIpv4 } from '../wire/ipv4.js'
import { type Ipv6, parseIpv6 } from '../wire/ipv6.js'
import { type Held, heldAddresses, heldAddresses6, isTentative } from './addresses.js'
import { Table } from './fib.js'

/** What a host has of one family, indexed for questions. */
export interface FamilyView<A extends Ip> {
  readonly held: readonly Held<A>[]
  readonly heldBy: ReadonlyMap<string, readonly Held<A>[]>
  readonly holders: ReadonlyMap<A, readonly Held<A>[]>
  /** Rules in the order they are tried. */
  readonly rules: readonly RoutingRule[]
  /** Rules beyond the three that every kernel has; only then are `local` and `main` apart (fib_unmerge). */
  readonly customRules: boolean
  /** A `local` route, in whatever table, that the kernel did not make itself. */
  readonly customLocalRoutes: boolean
  readonly tables: ReadonlyMap<string, Table>
  /** Proxy neighbour entries: the devices of each address. */
  readonly proxied: ReadonlyMap<A, readonly string[]>
}

/** A snapshot, indexed for questions: its IPv4 half, and its IPv6 half as `six`. Nothing in it depends on a question. */
export interface HostView extends FamilyView<Ipv4> {
  readonly host: Host
  readonly links: ReadonlyMap<string, Link>
  /** VLANs, macvlans and tunnels, by the device that they stand on. */
  readonly children: ReadonlyMap<string, readonly Link[]>
  /** Made when it is first asked for. */
  readonly six: FamilyView<Ipv6>
  /** Why a section is missing; null: it was read. */
  gapOf(section: SectionName): Gap | null
}

const views = new WeakMap<Host, HostView>()

/** The index of a host, made once. */
export function viewOf(host: Host): HostView {
  const view = views.get(host) ?? build(host)
  views.set(host, view)
  return view
}

/** Main and local in one table, as the kernel keeps them until the first rule is added. */
export const MERGED = 'local and main'

function build(host: Host): HostView {
  const { sections } = host
  const links = valueOr(sections.links, [])
  let six: FamilyView<Ipv6> | null = null
  return {
    host,
    links: new Map(links.map((link) => [link.name, link])),
    children: group(
      links.filter(({ parent }) => parent !== null),
      ({ parent }) => parent!,
    ),
    ...familyView(host, 4, heldAddresses(valueOr(sections.addresses, [])), parseIpv4),
    get six() {
      six ??= familyView(host, 6, heldAddresses6(valueOr(sections.addresses, [])), parseIpv6)
      return six
    },
    gapOf: (section) => {
      const value = sections[section]
      return value.known ? null : value.gap
    },
  }
}

function familyView<A extends Ip>(
  host: Host,
  family: Family,
  held: readonly Held<A>[],
  parse: (text: string) => A | null,
): FamilyView<A> {
  const { sections } = host
  const all = valueOr(sections.routes, []).filter((route) => route.family === family)
  const routes = withLocal(all, family, held)
  const rules = valueOr(sections.rules, []).filter((rule) => rule.family === family)
  const defaults = DEFAULT_RULES[family]
  const customRules =
    rules.some((rule) => isCustom(rule, defaults)) || (rules.length > 0 && rules.length < defaults.length)
  return {
    held,
    heldBy: group(held, ({ device }) => device),
    holders: group(held, ({ ip }) => ip),
    rules,
    customRules,
    customLocalRoutes: routes.some(({ type, protocol }) => type === 'local' && protocol !== 'kernel'),
    // IPv6 keeps its tables apart at all times
    tables: tablesOf(routes, customRules || family === 6, skipsLinkDown(host, family)),
    proxied: proxiesOf(host, family, parse),
  }
}

/** Where not one local route is shown, the table was not; the kernel has one for each address (fib_add_ifaddr). */
function withLocal(routes: readonly Route[], family: Family, held: readonly Held<Ip>[]): readonly Route[] {
  if (routes.some(({ type }) => type === 'local')) return routes
  const local = held
    .filter((one) => !isTentative(one))
    .map(({ ip, device }) => localRoute(family, formatIp(ip), device))
  return [...routes, ...local]
}

function localRoute(family: Family, ip: string, device: string): Route {
  const hops = [{ device, gateway: null }]
  const destination = { ip, length: family === 4 ? 32 : 128 }
  return { family, table: 'local', type: 'local', destination, hops, metric: 0, source: ip, protocol: 'kernel' }
}

const DEFAULT_RULES: Readonly<Record<Family, readonly string[]>> = {
  4: ['0 local', '32766 main', '32767 default'],
  6: ['0 local', '32766 main'],
}

function isCustom(
  { priority, table, from, to, inputInterface, outputInterface, mark, other }: RoutingRule,
  defaults: readonly string[],
): boolean {
  const selects = from ?? to ?? inputInterface ?? outputInterface ?? mark
  return selects !== null || other || !defaults.includes(`${priority} ${table}`)
}

function tablesOf(routes: readonly Route[], apart: boolean, skips: (device: string) => boolean): Map<string, Table> {
  const nameOf = ({ table }: Route) => (!apart && (table === 'local' || table === 'main') ? MERGED : table)
  return new Map([...group(routes, nameOf)].map(([name, routes]) => [name, new Table(routes, skips)]))
}

/** Read lazily: only a next hop without carrier asks. */
function skipsLinkDown({ sections: { sysctls } }: Host, family: Family): (device: string) => boolean {
  const area = family === 4 ? 'ipv4' : 'ipv6'
  const on = (scope: string) => sysctls.known && sysctls.value[area][scope]?.['ignore_routes_with_linkdown'] === 1
  return (device) => on('all') || on(device)
}

function proxiesOf<A extends Ip>(
  { sections: { proxyNeighbours } }: Host,
  family: Family,
  parse: (text: string) => A | null,
): Map<A, string[]> {
  const proxied = new Map<A, string[]>()
  for (const entry of valueOr(proxyNeighbours, [])) {
    const ip = entry.family === family ? parse(entry.ip) : null
    if (ip !== null) proxied.set(ip, [...(proxied.get(ip) ?? []), entry.interface])
  }
  return proxied
}

function group<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) {
    const key = keyOf(value)
    const before = groups.get(key)
    if (before) before.push(value)
    else groups.set(key, [value])
  }
  return groups
}
