import type { OwnNeighbour } from '../probe/own-neighbour.js'
import { type Ip, parseIp } from '../wire/ip.js'
import { parseMac } from '../wire/mac.js'
import type { NetworkInterface } from './interfaces.js'

interface NeighEntry {
  dst?: string
  dev?: string
  lladdr?: string
  state?: string[]
}

/** Reads the output of `ip -j neigh show`: entries that name a MAC. Null for an `ip` that prints no JSON. */
export function parseOwnNeighbours(json: string): OwnNeighbour[] | null {
  const entries = parseList(json)
  return entries?.flatMap((entry) => (entry === null ? [] : parseEntry(entry))) ?? null
}

/** An empty table is no text at all for some versions of ip. */
function parseList(json: string): (NeighEntry | null)[] | null {
  if (json.trim() === '') return []
  try {
    const list = JSON.parse(json)
    return Array.isArray(list) ? list : null
  } catch {
    return null
  }
}

function parseEntry({ dst, dev, lladdr, state }: NeighEntry): OwnNeighbour[] {
  const [ip, mac] = [parseIp(dst ?? ''), parseMac(lladdr ?? '')]
  if (ip === null || mac === null || dev === undefined) return []
  return [{ ip, mac, interface: dev, states: Array.isArray(state) ? state : [] }]
}

/**
 * The entries that decide where frames for these addresses go, when they leave by this interface: its own, and those of the bridge
 * or bond that it is a port of. All addresses, where none is named.
 */
export function entriesFor(
  all: readonly OwnNeighbour[],
  vips: readonly Ip[],
  { name, portOf, related }: Pick<NetworkInterface, 'name' | 'portOf' | 'related'>,
): OwnNeighbour[] {
  const devices = portOf === null ? [name] : [name, ...related.slice(0, 1)]
  return all.filter((one) => devices.includes(one.interface) && (vips.length === 0 || vips.includes(one.ip)))
}
