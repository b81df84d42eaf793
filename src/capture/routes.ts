import { isInSubnet } from '../probe/asking.js'
import { type Ip, parseIp } from '../wire/ip.js'

/** A subnet that is reached without a router. */
export interface OnLinkRoute {
  readonly ip: Ip
  readonly prefix: number
  readonly device: string
}

interface RouteEntry {
  dst?: string
  dev?: string
  type?: string
  gateway?: string
  via?: unknown
  nexthops?: unknown
}

/** Reads the output of `ip -j -6 route show`; what is no such JSON has no routes. */
export function parseOnLinkRoutes(json: string): OnLinkRoute[] {
  return listIn(json).flatMap((entry) => (entry === null || hasRouter(entry) ? [] : parseEntry(entry)))
}

function listIn(json: string): (RouteEntry | null)[] {
  try {
    const list = JSON.parse(json)
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

function hasRouter({ gateway, via, nexthops, type = 'unicast' }: RouteEntry): boolean {
  return type !== 'unicast' || [gateway, via, nexthops].some((one) => one !== undefined)
}

function parseEntry({ dst = '', dev }: RouteEntry): OnLinkRoute[] {
  const [address = '', length] = dst.split('/')
  const ip = parseIp(address)
  return ip === null || length === undefined || dev === undefined ? [] : [{ ip, prefix: Number(length), device: dev }]
}

/** The device of the longest subnet that holds the address; null where none does. */
export function routeTo(ip: Ip, routes: readonly OnLinkRoute[]): string | null {
  const holding = routes.filter((route) => isInSubnet(ip, route))
  return holding.sort((a, b) => b.prefix - a.prefix)[0]?.device ?? null
}
