import type { Family, Route, RouteHop } from '../model.js'
import { fromJsonList, isJson, type JsonObject, numberOf, objectsOf, textOf, textsOf } from './json.js'
import { parsePrefix } from './prefix.js'
import { lines, words } from './words.js'

/** RTN_* names that `ip route` prints before the destination; a unicast route has none. */
const TYPES = new Set([
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
])
const DEFAULT_TABLE = 'main'

/** `ip [-j] route show table all` of one family; null when the text is neither. */
export function parseRoutes(text: string, family: Family): Route[] | null {
  if (!isJson(text)) return joinNexthops(lines(text)).flatMap((line) => fromLine(line, family))
  return fromJsonList(text, (object) => fromObject(object, family))
}

function fromObject(object: JsonObject, family: Family): Route[] {
  const destination = parsePrefix(textOf(object, 'dst') ?? '', family)
  if (!destination) return []
  const nexthops = objectsOf(object, 'nexthops')
  return [
    {
      family,
      table: textOf(object, 'table') ?? DEFAULT_TABLE,
      type: textOf(object, 'type') ?? 'unicast',
      destination,
      hops: (nexthops.length > 0 ? nexthops : [object]).map(hop).filter(leadsSomewhere),
      metric: numberOf(object, 'metric') ?? 0,
      source: textOf(object, 'prefsrc'),
      protocol: textOf(object, 'protocol') ?? '',
      ...tosOf(textOf(object, 'tos')),
    },
  ]
}

/** An IPv4 route by an IPv6 gateway has `via: {family, host}`. */
function hop(object: JsonObject): Route['hops'][number] {
  const via = object['via'] as JsonObject | undefined
  const gateway = textOf(object, 'gateway') ?? (via ? textOf(via, 'host') : null)
  return { device: textOf(object, 'dev'), gateway, ...stateOf(textsOf(object, 'flags')) }
}

function stateOf(flags: readonly string[]): Pick<RouteHop, 'dead' | 'linkDown'> {
  return { ...(flags.includes('dead') && { dead: true }), ...(flags.includes('linkdown') && { linkDown: true }) }
}

function tosOf(tos: string | null): Pick<Route, 'tos'> {
  return tos === null || Number(tos) === 0 ? {} : { tos }
}

function fromLine(line: string, family: Family): Route[] {
  const { all, after } = words(line)
  const type = TYPES.has(all[0] ?? '') ? all[0]! : 'unicast'
  const destination = parsePrefix((type === 'unicast' ? all[0] : all[1]) ?? '', family)
  if (!destination) return []
  return [
    {
      family,
      table: after('table') ?? DEFAULT_TABLE,
      type,
      destination,
      hops: hopsOfLine(line),
      metric: Number(after('metric')) || 0,
      source: after('src'),
      protocol: after('proto') ?? '',
      ...tosOf(after('tos')),
    },
  ]
}

function hopsOfLine(line: string): Route['hops'] {
  const [first = '', ...nexthops] = line.split(/\bnexthop\b/)
  return (nexthops.length > 0 ? nexthops : [first])
    .map(words)
    .map(({ all, after }) => ({ device: after('dev'), gateway: after('via'), ...stateOf(all) }))
    .filter(leadsSomewhere)
}

function leadsSomewhere({ device, gateway }: Route['hops'][number]): boolean {
  return device !== null || gateway !== null
}

/** A multipath route continues on indented `nexthop` lines; with -o a backslash joins them. */
function joinNexthops(all: readonly string[]): string[] {
  const joined: string[] = []
  for (const line of all) {
    if (/^\s+nexthop\b/.test(line) && joined.length > 0) joined[joined.length - 1] += ` ${line.trim()}`
    else joined.push(line.replaceAll('\\', ' '))
  }
  return joined
}
