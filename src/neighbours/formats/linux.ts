import { anyIp, anyMac, entry, isListWith, LEADS_NOWHERE, portEntry, wholeSeconds } from '../fields.js'
import type { EntryKind, Format, PortEntry, Row } from '../model.js'
import { netTools } from './net-tools.js'

/** States in which the kernel has no MAC to send to, or needs none (`ip-neighbour(8)`). */
const DEAD = ['FAILED', 'INCOMPLETE', 'NONE']
const EXTERNAL = 'extern_learn'
const STATE = /^(?:PERMANENT|NOARP|REACHABLE|STALE|NONE|INCOMPLETE|DELAY|PROBE|FAILED)$/

/**
 * `ip neigh`, `ip -6 neigh` and `ip -s neigh` as iproute2 prints them (`ip/ipneigh.c`), with or without `-j`, and `bridge fdb`
 * (`bridge/fdb.c`), likewise. What a control plane put there (`extern_learn`) no request of the kernel has learnt, and no ageing removes
 * (net/core/neighbour.c, neigh_forced_gc; net/bridge/br_fdb.c, br_fdb_cleanup).
 */
export const linux: Format = {
  id: 'linux',
  sections: [
    { heading: null, row: neighbour },
    { heading: null, row: bridgePort },
    { heading: /^Address\s+Interface\s+Link layer address\s+State/i, row: vyos },
    ...netTools,
  ],
  json: (value) => {
    // routes have a destination too, and no state
    if (isListWith(value, 'dst') && value.every((one) => 'state' in one || 'proxy' in one))
      return value.map(fromJson).filter((row) => row !== null)
    return isListWith(value, 'mac', 'ifname') ? value.map(portFromJson).filter((row) => row !== null) : null
  },
}

/**
 * `10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 ref 1 used 20/15/5 probes 1 STALE`; where one device was asked for, without it. iproute2 6.1
 * prints `20/15/5probes 1`.
 */
function neighbour(line: string): Row | null {
  const words = line.split(/\s+/)
  const device = after(words, 'dev')
  const states = words.filter((word) => STATE.test(word))
  const address = after(words, 'lladdr')
  if (words.includes('proxy') || (states.length === 0 && address === null)) return null
  if (device === null && address === null && !words.slice(1).every((word) => STATE.test(word) || word === 'managed'))
    return null
  const [, confirmed, updated] = /^\d+\/(\d+)\/(\d+)(?:probes)?$/.exec(after(words, 'used') ?? '') ?? []
  return entryOf({
    dst: words[0],
    dev: device ?? undefined,
    lladdr: address ?? undefined,
    state: states,
    confirmed,
    updated,
    isRemote: words.includes(EXTERNAL),
  })
}

/** `10.0.0.240  eth1  02:00:00:00:00:02  REACHABLE`: `show arp` of VyOS (vyos-1x, `src/op_mode/neighbor.py`). */
function vyos(line: string): Row | null {
  const words = line.split(/\s+/)
  const state = words.at(-1) ?? ''
  if (words.length < 3 || !STATE.test(state)) return null
  return entryOf({ dst: words[0], dev: words[1], lladdr: words.length > 3 ? words[2] : undefined, state: [state] })
}

/** `02:00:00:00:00:02 dev eth3 vlan 10 master br0`; what stands there for the bridge itself, or for all addresses, is no port. */
function bridgePort(line: string): Row | null {
  const words = line.split(/\s+/)
  const device = after(words, 'dev')
  const mac = anyMac(words[0] ?? '')
  if (mac === null || words[1] !== 'dev' || device === null) return null
  if (!words.includes('master')) return LEADS_NOWHERE
  return portEntry(mac, after(words, 'vlan') ?? '', device, portKindOf(words))
}

function portKindOf(words: readonly unknown[]): PortEntry['kind'] {
  if (words.includes(EXTERNAL)) return 'remote'
  return words.includes('permanent') || words.includes('static') ? 'static' : 'dynamic'
}

/** `{"mac": "02:…", "ifname": "eth3", "vlan": 10, "flags": [], "master": "br0", "state": ""}`. */
function portFromJson(given: Readonly<Record<string, unknown>>): Row | null {
  const { mac, ifname, vlan, flags, master, state } = given
  if (typeof mac !== 'string' || typeof ifname !== 'string' || typeof master !== 'string') return null
  const words = [state, ...(Array.isArray(flags) ? flags : [])]
  return portEntry(anyMac(mac), typeof vlan === 'number' ? `${vlan}` : '', ifname, portKindOf(words))
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
  /**
   * Seconds since it was confirmed, and since its state or MAC changed, of `ip -s`. One that was learnt and never confirmed counts as
   * confirmed twice base_reachable_time before it was made (net/core/neighbour.c, __neigh_update and ___neigh_create).
   */
  readonly confirmed?: unknown
  readonly updated?: unknown
  /** A control plane put it there. */
  readonly isRemote?: boolean
}

function fromJson(given: NeighJson & Readonly<Record<string, unknown>>): Row | null {
  return 'proxy' in given ? null : entryOf({ ...given, isRemote: EXTERNAL in given })
}

function entryOf({ dst, dev, lladdr, state, confirmed, updated, isRemote = false }: NeighJson): Row | null {
  const states = Array.isArray(state) ? state.filter((one) => typeof one === 'string') : []
  const isDead = states.some((one) => DEAD.includes(one))
  const mac = typeof lladdr === 'string' && !isDead ? anyMac(lladdr) : null
  // a device without ARP needs no MAC
  if (mac === null && states.includes('NOARP')) return null
  const [confirmedAt, updatedAt] = [secondsOf(confirmed), secondsOf(updated)]
  return entry({
    ip: typeof dst === 'string' ? anyIp(dst) : null,
    mac,
    kind: mac === null ? 'incomplete' : kindOf(states, isRemote),
    interface: typeof dev === 'string' ? dev : null,
    age:
      confirmedAt === null ? null : { atLeast: Math.min(confirmedAt, updatedAt ?? confirmedAt), atMost: confirmedAt },
    states,
  })
}

function secondsOf(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'string' ? wholeSeconds(value) : null
}

function kindOf(states: readonly string[], isRemote: boolean): EntryKind {
  if (isRemote) return 'remote'
  return states.includes('PERMANENT') || states.includes('NOARP') ? 'static' : 'dynamic'
}
