import type { Sysctls, Values } from '../model.js'
import { pathValues } from './path-values.js'

const SCOPED = /^\/proc\/sys\/net\/(ipv4|ipv6)\/(conf|neigh)\/([^/]+)\/(\w+)$/
const BRIDGE = /^\/proc\/sys\/net\/bridge\/([\w-]+)$/
const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward'

type Growing = Record<string, Record<string, number>>

/** The values under /proc/sys/net; null when there is not one. */
export function parseSysctls(text: string): Sysctls | null {
  const scopes = { conf4: bare<Growing>(), conf6: bare<Growing>(), neigh4: bare<Growing>(), neigh6: bare<Growing>() }
  const bridge = bare<Record<string, number>>()
  let ipForward: number | null = null
  for (const [path, value] of pathValues(text)) {
    const number = Number(value)
    if (value === '' || !Number.isInteger(number)) continue
    const [, family, kind, scope, name] = SCOPED.exec(path) ?? []
    const bridgeName = BRIDGE.exec(path)?.[1]
    if (scope && name) put(scopes[`${kind}${family === 'ipv4' ? 4 : 6}` as keyof typeof scopes], scope, name, number)
    else if (bridgeName) bridge[bridgeName] = number
    else if (path === IP_FORWARD) ipForward = number
  }
  if (Object.keys(scopes.conf4).length === 0) return null
  return { ipv4: scopes.conf4, ipv6: scopes.conf6, neigh4: scopes.neigh4, neigh6: scopes.neigh6, bridge, ipForward }
}

function put(scopes: Growing, scope: string, name: string, value: number): void {
  scopes[scope] ??= bare<Record<string, number>>()
  scopes[scope][name] = value
}

/** An object whose keys the host chooses, so it must not inherit any. */
function bare<T extends Growing | Values>(): T {
  return Object.create(null) as T
}
