import { anyIp, anyMac, entry, isListWith, portEntry, wholeSeconds } from '../fields.js'
import type { EntryKind, Format, Row } from '../model.js'

/** States in which the kernel has no MAC to send to, or needs none (`ip-neighbour(8)`). */
const DEAD = ['FAILED', 'INCOMPLETE', 'NONE']
const STATE = /^(?:PERMANENT|NOARP|REACHABLE|STALE|NONE|INCOMPLETE|DELAY|PROBE|FAILED)$/

/**
 * `ip neigh`, `ip -6 neigh` and `ip -s neigh` as iproute2 prints them (`ip/ipneigh.c`), with or without `-j`, and `bridge fdb`
 * (`bridge/fdb.c`).
 */
export const linux: Format = {
  id: 'linux',
  sections: [
    { heading: null, row: neighbour },
    { heading: null, row: bridgePort },
  ],
  json: (value) => (isListWith(value, 'dst', 'dev') ? value.map(fromJson).filter((row) => row !== null) : null),
}

/** `10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 ref 1 used 20/15/5 probes 1 STALE`. */
function neighbour(line: string): Row | null {
  const words = line.split(/\s+/)
  const device = after(words, 'dev')
  const states = words.filter((word) => STATE.test(word))
  if (words.includes('proxy') || device === null || (states.length === 0 && after(words, 'lladdr') === null))
    return null
  const confirmed = /^\d+\/(\d+)\/\d+$/.exec(after(words, 'used') ?? '')?.[1]
  return entryOf({ dst: words[0], dev: device, lladdr: after(words, 'lladdr') ?? undefined, state: states, confirmed })
}

/** `02:00:00:00:00:02 dev eth3 vlan 10 master br0`; what stands there for the bridge itself, or for all addresses, is no port. */
function bridgePort(line: string): Row | null {
  const words = line.split(/\s+/)
  const device = after(words, 'dev')
  if (device === null || !words.includes('master')) return null
  const kind = words.includes('permanent') || words.includes('static') ? 'static' : 'dynamic'
  return portEntry(anyMac(words[0] ?? ''), after(words, 'vlan') ?? '', device, kind)
}

function after(words: readonly string[], name: string): string | null {
  const at = words.indexOf(name)
  return at < 0 ? null : (words[at + 1] ?? null)
}

interface NeighJson {
  readonly dst?: unknown
  readonly dev?: unknown
  readonly lladdr?: unknown
  readonly state?: unknown
  /** Seconds since it was confirmed, of `ip -s`. */
  readonly confirmed?: unknown
}

function fromJson(given: NeighJson): Row | null {
  return entryOf(given)
}

function entryOf({ dst, dev, lladdr, state, confirmed }: NeighJson): Row | null {
  const states = Array.isArray(state) ? state.filter((one) => typeof one === 'string') : []
  const isDead = states.some((one) => DEAD.includes(one))
  const mac = typeof lladdr === 'string' && !isDead ? anyMac(lladdr) : null
  const seconds = typeof confirmed === 'number' || typeof confirmed === 'string' ? wholeSeconds(confirmed) : null
  return entry({
    ip: typeof dst === 'string' ? anyIp(dst) : null,
    mac,
    kind: kindOf(states, mac !== null),
    interface: typeof dev === 'string' ? dev : null,
    age: seconds === null ? null : { atLeast: seconds, atMost: seconds },
    states,
  })
}

function kindOf(states: readonly string[], hasMac: boolean): EntryKind {
  if (!hasMac) return 'incomplete'
  return states.includes('PERMANENT') ? 'static' : 'dynamic'
}
