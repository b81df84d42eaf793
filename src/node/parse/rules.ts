import type { Family, Prefix, RoutingRule, RuleDetails } from '../model.js'
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
      ...beyond(UNDERSTOOD, object),
    },
  ]
}

const NEVER = [
  'ipproto',
  'sport',
  'sport_mask',
  'sport_start',
  'dport',
  'dport_mask',
  'dport_start',
  'tun_id',
  'tos',
  'dsfield',
  'dscp',
]
/** Parts of a selector named above, and what selects nothing. */
const SILENT = ['sport_end', 'dport_end', 'flow_to', 'flow_from', 'flow', 'unresolved']

/** What the plain fields do not say. */
function beyond(plain: readonly string[], object: JsonObject): Pick<RoutingRule, 'other' | 'details'> {
  const keys = Object.keys(object).filter((key) => !plain.includes(key))
  if (keys.length === 0) return { other: false }
  const known = ['not', 'l3mdev', 'action', 'goto', 'nop', 'suppress_prefixlen', ...NEVER, ...SILENT]
  const details: RuleDetails = {
    inverted: keys.includes('not'),
    vrf: keys.includes('l3mdev'),
    action: keys.includes('nop') ? 'nop' : textOf(object, 'action'),
    goto: numberOf(object, 'goto'),
    suppressLength: numberOf(object, 'suppress_prefixlen'),
    never: keys.some((key) => NEVER.includes(key)),
    unread: keys.filter((key) => !known.includes(key)),
  }
  return { other: true, details }
}

const PAIRS = new Set(['from', 'to', 'iif', 'oif', 'fwmark', 'lookup', 'proto'])

/** `32766:	from all lookup main` */
function fromLine(line: string, family: Family): RoutingRule[] {
  const [, priority, rest = ''] = /^(\d+):\s+(.*)$/.exec(line) ?? []
  if (priority === undefined) return []
  // `lookup [l3mdev-table]` names no table of its own
  const { all, after } = words(rest.replace('lookup [l3mdev-table]', '[l3mdev-table]'))
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
      ...beyondLine(all),
    },
  ]
}

const ACTIONS = ['blackhole', 'unreachable', 'prohibit', 'nop']

/** Words of a plain line that are no pairs of `PAIRS`; those of iproute2 for what `details` holds are understood. */
function beyondLine(all: readonly string[]): Pick<RoutingRule, 'other' | 'details'> {
  const rest = all.filter((word, at) => !PAIRS.has(word) && !PAIRS.has(all[at - 1] ?? ''))
  if (rest.length === 0) return { other: false }
  const number = (key: string) => (rest.includes(key) ? Number(rest[rest.indexOf(key) + 1]) : null)
  const action = ACTIONS.find((word) => rest.includes(word)) ?? null
  const understood = ['not', '[l3mdev-table]', 'goto', 'suppress_prefixlength', ...ACTIONS]
  const values = [number('goto'), number('suppress_prefixlength')].map(String)
  const details: RuleDetails = {
    inverted: rest.includes('not'),
    vrf: rest.includes('[l3mdev-table]'),
    action,
    goto: number('goto'),
    suppressLength: number('suppress_prefixlength'),
    never: rest.some((word) => NEVER.includes(word)),
    unread: rest.filter((word) => !understood.includes(word) && !values.includes(word) && !NEVER.includes(word)),
  }
  return { other: true, details }
}

function selector(ip: string | null, length: number | null, family: Family): Prefix | null {
  if (ip === null || ip === 'all') return null
  return parsePrefix(length === null ? ip : `${ip}/${length}`, family)
}
