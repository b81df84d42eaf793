import type { Route } from '../node/model.js'
import { type Ip, parseIp } from '../wire/ip.js'
import { network } from '../wire/subnet.js'
import { isLoopback, widthOf } from './addresses.js'

type Hop = Route['hops'][number]

/** The outcome of a search in one table: a route, a refusal (`blackhole` …), or nothing (null: the next rule is tried). */
export type Found = { readonly route: Route; readonly hops: readonly Hop[] } | { readonly refusal: Route } | null

/** Route types that end the search with an error (fib_props in net/ipv4/fib_semantics.c). */
const REFUSALS = new Set(['blackhole', 'unreachable', 'prohibit', 'nat', 'xresolve'])

/** fib6_is_reject(): IPv6 makes a refusal of a route by lo too, where it is not local. */
function refuses({ family, type, hops }: Route): boolean {
  if (REFUSALS.has(type)) return true
  return family === 6 && type !== 'local' && hops.length > 0 && hops.every(({ device }) => device === 'lo')
}

interface Entry {
  readonly route: Route
  /** The usable next hops. */
  readonly hops: readonly Hop[]
}

/** One routing table of one family, searched as fib_table_lookup and fib6_lookup do: the longest prefix with a usable next hop. */
export class Table {
  private readonly byLength = new Map<number, Map<Ip, Entry[]>>()
  private lengths: number[] = []

  /** `skipsLinkDown`: ignore_routes_with_linkdown of a device. */
  constructor(routes: readonly Route[], skipsLinkDown: (device: string) => boolean) {
    for (const route of routes) this.add(route, skipsLinkDown)
    this.lengths = [...this.byLength.keys()].sort((a, b) => b - a)
    for (const ofLength of this.byLength.values())
      for (const entries of ofLength.values()) if (entries.length > 1) entries.sort(inOrder)
  }

  /** `by`: only next hops by this device count; `strictly`: a refusal is by lo, and does not count either (rt6_score_route). */
  find(ip: Ip, by: string | null = null, strictly = false): Found {
    for (const length of this.lengths) {
      for (const { route, hops } of this.byLength.get(length)!.get(network(ip, length)) ?? []) {
        if (strictly && (route.type === 'throw' || refuses(route))) continue
        if (route.type === 'throw') return null
        if (refuses(route)) return { refusal: route }
        const usable = by === null ? hops : hops.filter(({ device }) => device === by)
        if (usable.length > 0) return { route, hops: usable }
      }
    }
    return null
  }

  /** Whether a route of this prefix length, other than a host route, is of type local. */
  get hasLocalNetworks(): boolean {
    return this.lengths.some((length) =>
      [...this.byLength.get(length)!].some(
        ([net, entries]) =>
          length < widthOf(net) && !isLoopback(net) && entries.some(({ route }) => route.type === 'local'),
      ),
    )
  }

  /** The addresses with a local route of their own. */
  localHosts(): Set<Ip> {
    const hosts = [...(this.byLength.get(32) ?? []), ...(this.byLength.get(128) ?? [])]
    const whole = hosts.filter(([ip, [entry]]) => entry?.route.destination.length === widthOf(ip))
    return new Set(whole.flatMap(([ip, entries]) => (entries.some(({ route }) => route.type === 'local') ? [ip] : [])))
  }

  private add(route: Route, skipsLinkDown: (device: string) => boolean): void {
    const ip = parseIp(route.destination.ip)
    // a request has no TOS, so a route for one is never taken
    if (ip === null || route.tos) return
    const { length } = route.destination
    const ofLength = this.byLength.get(length) ?? new Map<Ip, Entry[]>()
    this.byLength.set(length, ofLength)
    const entry = { route, hops: route.hops.filter((hop) => isUsable(hop, skipsLinkDown)) }
    const net = network(ip, length)
    const before = ofLength.get(net)
    if (before) before.push(entry)
    else ofLength.set(net, [entry])
  }
}

function isUsable({ device, dead, linkDown }: Hop, skipsLinkDown: (device: string) => boolean): boolean {
  return !dead && !(linkDown && device !== null && skipsLinkDown(device))
}

/** Of one prefix the local table comes before main where the kernel keeps both in one trie, then the metric decides. */
function inOrder(a: Entry, b: Entry): number {
  const [first, second] = [Number(b.route.table === 'local'), Number(a.route.table === 'local')]
  return first - second || a.route.metric - b.route.metric
}
