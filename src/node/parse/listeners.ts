import type { Listener } from '../model.js'
import { pathValues } from './path-values.js'

/** TCP_LISTEN and the state of an unconnected UDP socket (include/net/tcp_states.h). */
const LISTENING = { tcp: '0A', udp: '07' } as const
const ENTRY = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /

/** Lines of /proc/net/{tcp,tcp6,udp,udp6} as `grep -H` prints them. */
export function parseListeners(text: string): Listener[] {
  return [...pathValues(text)].flatMap(({ path, value }): Listener[] => {
    const protocol = path.includes('/udp') ? 'udp' : 'tcp'
    const [, address, port, state] = ENTRY.exec(value) ?? []
    if (address === undefined || port === undefined || state !== LISTENING[protocol]) return []
    return [{ protocol, address: readAddress(address), port: Number.parseInt(port, 16) }]
  })
}

/** The kernel prints each 32-bit word in the byte order of the machine; every Kubernetes platform but s390x is little endian. */
function readAddress(hex: string): string {
  const bytes = [...hex.matchAll(/../g)].map(([pair]) => Number.parseInt(pair, 16))
  const inOrder = bytes.map((_, at) => bytes[at - (at % 4) + 3 - (at % 4)]!)
  if (inOrder.every((byte) => byte === 0)) return '*'
  return inOrder.length === 4 ? inOrder.join('.') : groups(inOrder)
}

function groups(bytes: readonly number[]): string {
  return Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(':')
}
