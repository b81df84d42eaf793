import { parseMac } from '../../wire/mac.js'
import type { Neighbour, ProxyNeighbour } from '../model.js'
import { fromJsonList, isJson, textOf, textsOf } from './json.js'
import { familyOf } from './prefix.js'
import { lines, words } from './words.js'

const STATES = new Set(['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'INCOMPLETE', 'PERMANENT', 'NOARP', 'NONE'])

/** `ip [-j] neigh`; null when the text is neither. */
export function parseNeighbours(text: string): Neighbour[] | null {
  return parseEntries(text)
}

/** `ip [-j] neigh show proxy`. In plain text each line ends in `proxy`: without it they are ordinary entries, so null. */
export function parseProxyNeighbours(text: string): ProxyNeighbour[] | null {
  if (!isJson(text) && !lines(text).every((line) => words(line).has('proxy'))) return null
  const entries = parseEntries(text)
  return entries === null
    ? null
    : entries.map(({ family, ip, interface: device }) => ({ family, ip, interface: device }))
}

function parseEntries(text: string): Neighbour[] | null {
  if (!isJson(text)) {
    return lines(text).flatMap((line) => {
      const { all, after } = words(line)
      return entry(
        all[0] ?? null,
        after('dev'),
        after('lladdr'),
        all.filter((word) => STATES.has(word)),
      )
    })
  }
  return fromJsonList(text, (object) =>
    entry(textOf(object, 'dst'), textOf(object, 'dev'), textOf(object, 'lladdr'), textsOf(object, 'state')),
  )
}

function entry(ip: string | null, device: string | null, mac: string | null, states: readonly string[]): Neighbour[] {
  const family = ip === null ? null : familyOf(ip)
  if (ip === null || family === null || device === null) return []
  return [{ family, ip, interface: device, mac: mac === null ? null : parseMac(mac), states }]
}
