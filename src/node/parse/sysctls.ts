import type { Sysctls, Values } from '../model.js'
import { pathValues } from './path-values.js'

const ROOT = '/proc/sys/net/'
const IP_FORWARD = `${ROOT}ipv4/ip_forward`

type Growing = Record<string, Record<string, number>>

/** The values under /proc/sys/net; null when there is not one. */
export function parseSysctls(text: string): Sysctls | null {
  const [ipv4, ipv6, neigh4, neigh6] = [bare<Growing>(), bare<Growing>(), bare<Growing>(), bare<Growing>()]
  const scopes = new Map([
    ['ipv4/conf', ipv4],
    ['ipv6/conf', ipv6],
    ['ipv4/neigh', neigh4],
    ['ipv6/neigh', neigh6],
  ])
  const bridge = bare<Record<string, number>>()
  let ipForward: number | null = null
  for (const { path, value } of pathValues(text)) {
    const number = Number(value)
    if (value === '' || !Number.isInteger(number) || !path.startsWith(ROOT)) continue
    const words = path.slice(ROOT.length).split('/')
    if (words.length === 4) put(scopes.get(`${words[0]}/${words[1]}`), words[2]!, words[3]!, number)
    else if (words.length === 2 && words[0] === 'bridge') bridge[words[1]!] = number
    else if (path === IP_FORWARD) ipForward = number
  }
  if (Object.keys(ipv4).length === 0) return null
  return { ipv4, ipv6, neigh4, neigh6, bridge, ipForward }
}

function put(scopes: Growing | undefined, scope: string, name: string, value: number): void {
  if (!scopes) return
  // reading asks for own keys only (`scoped`), and a plain object takes a fifth of the room of one without a prototype
  scopes[scope] ??= {}
  scopes[scope][name] = value
}

/** An object whose keys the host chooses, so it must not inherit any. */
function bare<T extends Growing | Values>(): T {
  return Object.create(null) as T
}
