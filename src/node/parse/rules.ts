import type { Family, Prefix, RoutingRule } from '../model.js'
import { fromJsonList, isJson, type JsonObject, numberOf, textOf } from './json.js'
import { parsePrefix } from './prefix.js'
import { lines, words } from './words.js'

/** `ip [-j] rule` of one family, in the order they are tried; null when the text is neither. */
export function parseRules(text: string, family: Family): RoutingRule[] | null {
  if (!isJson(text)) return lines(text).flatMap((line) => fromLine(line, family))
  return fromJsonList(text, (object) => fromObject(object, family))
}

const UNDERSTOOD = ['priority', 'src', 'srclen', 'dst', 'dstlen', 'iif', 'oif', 'fwmark', 'fwmask', 'table', 'protocol']

function fromObject(object: JsonObject, family: Family): RoutingRule[] {
  const priority = numberOf(object, 'priority')
  if (priority === null) return []
  return [
    {
      family,
      priority,
      from: selector(textOf(object, 'src'), numberOf(object, 'srclen'), family),
      to: selector(textOf(object, 'dst'), numberOf(object, 'dstlen'), family),
      inputInterface: textOf(object, 'iif'),
      outputInterface: textOf(object, 'oif'),
      mark: textOf(object, 'fwmark'),
      table: textOf(object, 'table'),
      other: Object.keys(object).some((key) => !UNDERSTOOD.includes(key)),
    },
  ]
}

const PAIRS = new Set(['from', 'to', 'iif', 'oif', 'fwmark', 'lookup', 'proto'])

/** `32766:	from all lookup main` */
function fromLine(line: string, family: Family): RoutingRule[] {
  const [, priority, rest = ''] = /^(\d+):\s+(.*)$/.exec(line) ?? []
  if (priority === undefined) return []
  const { all, after } = words(rest)
  return [
    {
      family,
      priority: Number(priority),
      from: selector(after('from'), null, family),
      to: selector(after('to'), null, family),
      inputInterface: after('iif'),
      outputInterface: after('oif'),
      mark: after('fwmark'),
      table: after('lookup'),
      other: all.some((word, at) => at % 2 === 0 && !PAIRS.has(word)),
    },
  ]
}

function selector(ip: string | null, length: number | null, family: Family): Prefix | null {
  if (ip === null || ip === 'all') return null
  return parsePrefix(length === null ? ip : `${ip}/${length}`, family)
}
