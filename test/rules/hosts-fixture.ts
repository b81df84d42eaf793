import { parse } from 'yaml'
import { known, unknown } from '../../src/known.js'
import type {
  BridgePort,
  Host,
  InterfaceAddress,
  Route,
  RoutingRule,
  SectionName,
  Sections,
} from '../../src/node/model.js'
import { type BareLink, withRoles } from '../../src/node/roles.js'
import { formatIpv6, parseIpv6 } from '../../src/wire/ipv6.js'
import { parseMac } from '../../src/wire/mac.js'
import { solicitedNodeOf } from '../../src/wire/write-discovery.js'

/**
 * `hosts.yaml` of a rule fixture: hosts in short hand, everything not said is what a quiet host shows.
 *
 *   - name: node-a
 *     release: 6.1.0-18-amd64
 *     sysctls: {all: {proxy_arp: 0}, eth0: {proxy_arp: 1}}   # net.ipv4.conf
 *     sysctls6: {all: {forwarding: 1}, eth0: {forwarding: 1}}   # net.ipv6.conf
 *     links: [{name: eth0}, {name: br0, kind: bridge}, {name: eth1, master: br0, bridgePort: {hairpin: true}}]
 *     addresses: [eth0 10.0.0.11/24, eth0 2001:db8::11/64 tentative dadfailed]   # of IPv6 with the group of each
 *     routes: [default dev eth0, 10.0.0.240/32 dev eth1, default dev eth1 table 100]
 *     rules: [from 10.0.0.0/24 table 100]
 *     unread: [kernelLog]          # sections nobody could read
 *   Any other key is a section of src/node/model.ts, given whole.
 */
export function loadHosts(text: string): Host[] {
  return (parse(text) as HostText[]).map(readHost)
}

interface HostText extends Partial<Omit<Sections, 'links' | 'addresses' | 'routes' | 'rules' | 'sysctls'>> {
  name: string
  release?: string
  sysctls?: Record<string, Record<string, number>>
  sysctls6?: Record<string, Record<string, number>>
  neigh?: Record<string, number>
  bridgeSysctls?: Record<string, number>
  links?: (Partial<Omit<BareLink, 'mac' | 'bridgePort'>> & {
    name: string
    mac?: string
    bridgePort?: Partial<BridgePort>
  })[]
  addresses?: string[]
  routes?: string[]
  rules?: string[]
  unread?: SectionName[]
}

function readHost(text: HostText, at: number): Host {
  const { name, release, sysctls, sysctls6, neigh, bridgeSysctls, links, addresses, routes, rules, ...more } = text
  const { unread = [], ...given } = more
  const held = (addresses ?? []).map(readAddress)
  const sections: Sections = {
    kernel: {
      release: release ?? '6.1.0-18-amd64',
      os: { prettyName: 'Debian 12' },
    },
    sysctls: {
      ipv4: sysctls ?? {},
      ipv6: sysctls6 ?? {},
      neigh4: { default: neigh ?? {} },
      neigh6: {},
      bridge: bridgeSysctls ?? {},
      ipForward: null,
    },
    links: withRoles(
      (links ?? [{ name: 'eth0' }]).map((link, position) => readLink(link, position, at)),
      held,
    ),
    addresses: held,
    routes: [...(routes ?? []).map(readRoute), ...groupRoutes(held)],
    rules: (rules ?? []).map(readRule),
    filterChains: { chains: [], unread: null },
    ipv6FilterChains: { chains: [], unread: null },
    programs: [],
    fdb: [],
    neighbours: [],
    proxyNeighbours: [],
    solicitedGroups: [...held, ...(given.proxyNeighbours ?? [])].flatMap(readGroup),
    bridgeVlans: [],
    bonding: [],
    keepalived: { running: false, instances: [], filters: [] },
    listeners: [],
    kernelLog: [],
    counters: { reversePathFilter: null },
    managers: [],
    owners: [],
    ...given,
  }
  const entries = Object.entries(sections).map(([section, value]) => [
    section,
    unread.includes(section as SectionName)
      ? unknown(`${name}: ${section}`, 'not read in this fixture')
      : known(value, 'fixture'),
  ])
  return { name, address: name, reached: true, sections: Object.fromEntries(entries) as Host['sections'] }
}

type LinkText = NonNullable<HostText['links']>[number]

function readLink(text: LinkText, position: number, host: number): BareLink {
  const { mac, bridgePort, ...given } = text
  return {
    index: position + 2,
    mac: parseMac(mac ?? `02:00:00:00:${String(host + 1).padStart(2, '0')}:${String(position).padStart(2, '0')}`),
    permanentMac: null,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    operstate: 'UP',
    mtu: 1500,
    master: null,
    parent: null,
    promiscuity: 0,
    promiscuousFlag: false,
    kind: null,
    wireless: false,
    bridge: null,
    bond: null,
    vlanId: null,
    macvlanMode: null,
    ...given,
    bridgePort: bridgePort ? readPort(text.master ?? 'br0', bridgePort) : null,
  }
}

function readPort(bridge: string, given: Partial<BridgePort>): BridgePort {
  return {
    bridge,
    state: 'forwarding',
    proxyArp: false,
    proxyArpWifi: false,
    neighSuppress: false,
    hairpin: false,
    learning: true,
    flood: true,
    multicastFlood: true,
    broadcastFlood: true,
    isolated: false,
    locked: false,
    ...given,
  }
}

function readAddress(text: string): InterfaceAddress {
  const [name = '', cidr = '', ...flags] = text.split(' ')
  const [ip = '', prefix = ''] = cidr.split('/')
  const family = ip.includes(':') ? 6 : 4
  const scope = ip.startsWith('fe80:') ? 'link' : 'global'
  const held = { interface: name, family, ip, prefix: Number(prefix), scope } as const
  return flags.length > 0 ? { ...held, flags: flags as NonNullable<InterfaceAddress['flags']> } : held
}

/** The kernel joins it with an address, and with a proxy entry. */
function readGroup({ interface: name, ip }: { readonly interface: string; readonly ip: string }) {
  const address = parseIpv6(ip)
  return address === null ? [] : [{ interface: name, group: formatIpv6(solicitedNodeOf(address)) }]
}

function readRoute(text: string): Route {
  const words = text.split(' ')
  const after = (word: string) => (words.includes(word) ? (words[words.indexOf(word) + 1] ?? null) : null)
  return {
    family: 4,
    table: after('table') ?? 'main',
    type: 'unicast',
    destination: words[0] === 'default' ? { ip: '0.0.0.0', length: 0 } : readPrefix(words[0] ?? ''),
    hops: [{ device: after('dev'), gateway: after('via') }],
    metric: 0,
    source: null,
    protocol: 'static',
  }
}

/** Those of multicast, one for each device with IPv6. */
function groupRoutes(held: readonly InterfaceAddress[]): Route[] {
  const devices = new Set(held.filter(({ family }) => family === 6).map((one) => one.interface))
  const destination = { ip: 'ff00::', length: 8 }
  const more = { family: 6, table: 'local', type: 'multicast', metric: 256, source: null, protocol: 'kernel' } as const
  return [...devices].map((device) => ({ ...more, destination, hops: [{ device, gateway: null }] }))
}

function readRule(text: string): RoutingRule {
  const [, from = '', , table = ''] = text.split(' ')
  return {
    family: 4,
    priority: 100,
    from: readPrefix(from),
    to: null,
    inputInterface: null,
    outputInterface: null,
    mark: null,
    table,
    other: false,
  }
}

function readPrefix(text: string): { ip: string; length: number } {
  const [ip = '', length = ''] = text.split('/')
  return { ip, length: Number(length) }
}
