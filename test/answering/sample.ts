import { known, unknown } from '../../src/known.js'
import type { Host, Link, SectionName, Sections } from '../../src/node/model.js'
import { parseAddresses } from '../../src/node/parse/addresses.js'
import { parseRoutes } from '../../src/node/parse/routes.js'
import { parseRules } from '../../src/node/parse/rules.js'
import { withRoles } from '../../src/node/roles.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { bareLink } from '../node/sample.js'

/** A host in the words of `ip`. Local and subnet routes of the addresses are made, as the kernel makes them. */
export interface SampleHost {
  /** eth0 with MAC …:01, eth1 with …:02 and lo, if not told. */
  readonly links?: readonly (Partial<Link> & { readonly name: string })[]
  /** `10.0.0.1/24 eth0` */
  readonly addresses?: readonly string[]
  /** Further routes, as `ip route show table all` prints them. */
  readonly routes?: readonly string[]
  /** Rules instead of the kernel's three. */
  readonly rules?: readonly string[]
  /** `eth0.arp_ignore`: 1 */
  readonly conf?: Readonly<Record<string, number>>
  readonly proxyDelay?: Readonly<Record<string, number>>
  readonly kernel?: string
  readonly more?: Partial<{ [N in SectionName]: Host['sections'][N] }>
}

export const MAC0 = 0x02_00_00_00_00_01
export const MAC1 = 0x02_00_00_00_00_02

const ALL_NAMES = [
  'accept_local',
  'arp_filter',
  'arp_ignore',
  'drop_gratuitous_arp',
  'forwarding',
  'ignore_routes_with_linkdown',
  'medium_id',
  'promote_secondaries',
  'proxy_arp',
  'proxy_arp_pvlan',
  'route_localnet',
  'rp_filter',
  'send_redirects',
]

export const DEFAULT_RULES = [
  '0: from all lookup local',
  '32766: from all lookup main',
  '32767: from all lookup default',
]

export function sampleHost(sample: SampleHost = {}): Host {
  const links = (
    sample.links ?? [{ name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 }, { name: 'eth0' }, { name: 'eth1', mac: MAC1 }]
  ).map(({ name, ...more }, at) => bareLink(name, { index: at + 1, ...more }))
  const addresses = (sample.addresses ?? ['127.0.0.1/8 lo', '10.0.0.1/24 eth0', '10.1.0.1/24 eth1']).flatMap(
    (text, at) => {
      const [address, device] = text.split(' ')
      const scope = address!.startsWith('127.') ? 'host' : 'global'
      return parseAddresses(`${at + 1}: ${device}    inet ${address} scope ${scope} ${device}`) ?? []
    },
  )
  const made = addresses.flatMap(({ ip, prefix, interface: device }) => routesOf(ip, prefix, device))
  const conf: Record<string, Record<string, number>> = {}
  for (const scope of ['all', 'default', ...links.map(({ name }) => name)]) {
    conf[scope] = Object.fromEntries(ALL_NAMES.map((name) => [name, name === 'send_redirects' ? 1 : 0]))
  }
  for (const [key, value] of Object.entries(sample.conf ?? {})) {
    const dot = key.lastIndexOf('.')
    conf[key.slice(0, dot)]![key.slice(dot + 1)] = value
  }
  const neigh4 = Object.fromEntries(links.map(({ name }) => [name, { proxy_delay: sample.proxyDelay?.[name] ?? 80 }]))
  const release = sample.kernel ?? '6.18.0'
  const sections: Sections = {
    kernel: { release, os: { prettyName: '' } },
    sysctls: { ipv4: conf, ipv6: {}, neigh4, neigh6: {}, bridge: {}, ipForward: 0 },
    links: withRoles(links, addresses),
    addresses,
    routes: [...made, ...(sample.routes ?? [])].flatMap((line) => parseRoutes(line, 4) ?? []),
    rules: (sample.rules ?? DEFAULT_RULES).flatMap((line) => parseRules(line, 4) ?? []),
    neighbours: [],
    proxyNeighbours: [],
    solicitedGroups: [],
    bridgeVlans: [],
    bonding: [],
    listeners: [],
    kernelLog: [],
    filterChains: { chains: [], unread: null },
    ipv6FilterChains: { chains: [], unread: null },
    programs: [],
    fdb: [],
    counters: { reversePathFilter: null },
    managers: [],
    owners: [],
    keepalived: { running: false, instances: [], filters: [] },
  }
  const all = Object.fromEntries(Object.entries(sections).map(([name, value]) => [name, known(value, 'sample')]))
  return { name: 'node-a', address: 'node-a', reached: true, sections: { ...all, ...sample.more } as Host['sections'] }
}

export function unread(section: string) {
  return unknown(`node-a: ${section}`, 'permission denied')
}

export function ip(text: string): number {
  const parsed = parseIpv4(text)
  if (parsed === null) throw new Error(`${text} is no address`)
  return parsed
}

function routesOf(address: string, length: number, device: string): string[] {
  const local = `local ${address} dev ${device} table local proto kernel scope host src ${address}`
  if (length === 32) return [local]
  const bits = ip(address)
  const mask = (-1 << (32 - length)) >>> 0
  const text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
  const [net, last] = [(bits & mask) >>> 0, (bits | ~mask) >>> 0]
  const subnet =
    device === 'lo'
      ? `local ${text(net)}/${length} dev lo table local proto kernel`
      : `${text(net)}/${length} dev ${device} proto kernel scope link src ${address}`
  return [local, subnet, `broadcast ${text(last)} dev ${device} table local proto kernel scope link src ${address}`]
}
