import type { BridgePort, Host, Link, Route, RoutingRule, ScopedValues, Sysctls } from '../../node/model.js'
import { parseMac } from '../../wire/mac.js'
import { addAddress, deleteAddress, isSame, subnetRoutesOf, withoutDevice } from './addresses.js'
import { addAddress6, deleteAddress6, joined, parted, withAnycast, withLinkLocal, withoutIpv6 } from './addresses6.js'
import { addFilterRule, chainsOf, deleteFilterRule } from './filters.js'
import type { Change, PortFlag } from './model.js'
import { withSection } from './sections.js'

/** The host as it is after a change. Sections that were not read stay unread. */
export function apply(host: Host, change: Change): Host {
  switch (change.kind) {
    case 'sysctl':
      return setting(host, change.key, change.value)
    case 'address-add':
      return isIpv6(change.address.ip)
        ? addAddress6(host, change.address, change.device, change.nodad)
        : addAddress(host, change.address, change.device)
    case 'address-del':
      return (isIpv6(change.address.ip) ? deleteAddress6 : deleteAddress)(host, change.address, change.device)
    case 'route-add':
      return withSection(host, 'routes', (all) => [...all, change.route])
    case 'route-del':
      return withSection(host, 'routes', (all) => all.filter((route) => !isDeleted(route, change.route)))
    case 'rule-add':
      return withSection(host, 'rules', (all) => inOrder([...all, change.rule]))
    case 'rule-del':
      return withSection(host, 'rules', (all) => all.filter((rule) => !isSameRule(rule, change.rule)))
    case 'proxy-add':
    case 'proxy-del':
      return setProxy(host, change.ip, change.device, change.kind === 'proxy-add')
    case 'neighbour-add':
    case 'neighbour-del':
      return setNeighbour(host, change)
    case 'port':
      return withLink(host, change.device, (link) => withPort(link, change.flag, change.on))
    case 'link':
      return change.flag === 'up'
        ? setUp(host, change.device, change.on)
        : withFlag(host, change.device, 'NOARP', !change.on)
    case 'link-mac':
      return withLink(host, change.device, (link) => ({ ...link, mac: change.mac }))
    case 'filter-add':
      return withSection(host, chainsOf(change), (all) => addFilterRule(all, change))
    case 'filter-del':
      return withSection(host, chainsOf(change), (all) => deleteFilterRule(all, change))
  }
}

/** All changes, one after the other. */
export function applyAll(host: Host, changes: readonly Change[]): Host {
  return changes.reduce(apply, host)
}

/** The family, scope and name of a key: `net.ipv4.conf.eth0/7.arp_ignore` → conf, eth0.7, arp_ignore. */
export function keyParts(key: string): { area: string; scope: string; name: string } | null {
  const [, area, scope = '', name = ''] =
    /^net\.(ipv4\.conf|ipv6\.conf|ipv4\.neigh|ipv6\.neigh)\.(.+)\.(\w+)$/.exec(key) ?? []
  return area === undefined ? null : { area, scope: scope.replaceAll('/', '.'), name }
}

const AREAS = { 'ipv4.conf': 'ipv4', 'ipv6.conf': 'ipv6', 'ipv4.neigh': 'neigh4', 'ipv6.neigh': 'neigh6' } as const

export function areaOf(area: string): 'ipv4' | 'ipv6' | 'neigh4' | 'neigh6' {
  return AREAS[area as keyof typeof AREAS]
}

function setSysctl(sysctls: Sysctls, key: string, value: number): Sysctls {
  if (key === 'net.ipv4.ip_forward' || key === 'net.ipv4.conf.all.forwarding') return forwardAll(sysctls, value)
  const bridge = /^net\.bridge\.(.+)$/.exec(key)?.[1]
  if (bridge !== undefined) return { ...sysctls, bridge: { ...sysctls.bridge, [bridge]: value } }
  const parts = keyParts(key)
  if (parts === null) return sysctls
  if (parts.area === 'ipv6.conf' && parts.scope === 'all' && COPIED_6.includes(parts.name))
    return copied6(sysctls, parts.name, value)
  const area = areaOf(parts.area)
  const scope = { ...sysctls[area][parts.scope], [parts.name]: value }
  return { ...sysctls, [area]: { ...sysctls[area], [parts.scope]: scope } }
}

/** devinet_sysctl_forward(): a new value is copied to every device at that moment; the old one again changes nothing. */
function forwardAll(sysctls: Sysctls, value: number): Sysctls {
  if ((sysctls.ipv4['all']?.['forwarding'] ?? sysctls.ipForward) === value) return sysctls
  const ipv4 = Object.fromEntries(
    Object.entries(sysctls.ipv4).map(([scope, values]) => [scope, { ...values, forwarding: value }]),
  )
  return { ...sysctls, ipv4, ipForward: value }
}

function isIpv6(ip: string): boolean {
  return ip.includes(':')
}

function setting(host: Host, key: string, value: number): Host {
  const { sysctls } = host.sections
  const changed = withSection(host, 'sysctls', (all) => setSysctl(all, key, value))
  const parts = keyParts(key)
  if (parts?.area !== 'ipv6.conf' || !sysctls.known) return changed
  const before = sysctls.value.ipv6
  const scopes = Object.keys(before).filter(
    (scope) => !['all', 'default'].includes(scope) && isChanged(before, changed, scope, parts.name),
  )
  return scopes.reduce((now, device) => consequence(now, device, parts.name, value), changed)
}

function isChanged(before: ScopedValues, { sections: { sysctls } }: Host, scope: string, name: string): boolean {
  return sysctls.known && before[scope]?.[name] !== sysctls.value.ipv6[scope]?.[name]
}

/** addrconf_disable_change(), dev_forward_change(). */
function consequence(host: Host, device: string, name: string, value: number): Host {
  if (name === 'forwarding') return withAnycast(host, device)
  if (name !== 'disable_ipv6') return host
  return value === 0 ? withLinkLocal(host, device) : withoutIpv6(host, device)
}

/** addrconf_fixup_forwarding(), addrconf_disable_ipv6(): `all` is copied to every device where it changes. */
const COPIED_6: readonly string[] = ['forwarding', 'disable_ipv6']

function copied6(sysctls: Sysctls, name: string, value: number): Sysctls {
  if (name === 'forwarding' && sysctls.ipv6['all']?.[name] === value) return sysctls
  const ipv6 = Object.fromEntries(
    Object.entries(sysctls.ipv6).map(([scope, values]) => [scope, { ...values, [name]: value }]),
  )
  return { ...sysctls, ipv6 }
}

function isDeleted(route: Route, wanted: Route): boolean {
  const device = wanted.hops[0]?.device ?? null
  return device === null
    ? isSame({ ...route, hops: [] }, { ...wanted, hops: [] })
    : route.family === wanted.family && isSame(route, wanted)
}

/** Rules of one priority keep the order in which they came. */
function inOrder(rules: readonly RoutingRule[]): RoutingRule[] {
  return [...rules].sort((a, b) => a.family - b.family || a.priority - b.priority)
}

function isSameRule(a: RoutingRule, b: RoutingRule): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function setProxy(host: Host, ip: string, device: string, add: boolean): Host {
  const family = isIpv6(ip) ? 6 : 4
  const changed = withSection(host, 'proxyNeighbours', (all) => {
    const others = all.filter((entry) => entry.ip !== ip || entry.interface !== device)
    return add ? [...others, { family, ip, interface: device } as const] : others
  })
  if (family === 4) return changed
  return add ? joined(changed, device, ip) : parted(changed, device, ip)
}

function setNeighbour(host: Host, { kind, ip, mac, permanent, device }: NeighbourChange): Host {
  return withSection(host, 'neighbours', (all) => {
    const others = all.filter((entry) => entry.ip !== ip || entry.interface !== device)
    const states = [permanent ? 'PERMANENT' : 'STALE']
    return kind === 'neighbour-add'
      ? [...others, { family: isIpv6(ip) ? 6 : 4, ip, interface: device, mac: parseMac(mac), states } as const]
      : others
  })
}

type NeighbourChange = Extract<Change, { kind: 'neighbour-add' | 'neighbour-del' }>

function withLink(host: Host, device: string, change: (link: Link) => Link): Host {
  return withSection(host, 'links', (all) => all.map((link) => (link.name === device ? change(link) : link)))
}

const PORT_FIELDS = {
  proxy_arp: 'proxyArp',
  proxy_arp_wifi: 'proxyArpWifi',
  neigh_suppress: 'neighSuppress',
  isolated: 'isolated',
  bcast_flood: 'broadcastFlood',
  flood: 'flood',
  hairpin: 'hairpin',
  learning: 'learning',
} as const satisfies Record<PortFlag, keyof BridgePort>

function withPort(link: Link, flag: PortFlag, on: boolean): Link {
  return link.bridgePort === null ? link : { ...link, bridgePort: { ...link.bridgePort, [PORT_FIELDS[flag]]: on } }
}

function withFlag(host: Host, device: string, flag: string, on: boolean): Host {
  return withLink(host, device, (link) => {
    const others = link.flags.filter((one) => one !== flag)
    return { ...link, flags: on ? [...others, flag] : others }
  })
}

/** fib_sync_down_dev(), fib_add_ifaddr(): routes by a device go with it; only those of its subnets come back. Local ones stay. */
function setUp(host: Host, device: string, up: boolean): Host {
  const flagged = withFlag(withFlag(host, device, 'UP', up), device, 'LOWER_UP', up)
  const routes = subnetRoutesOf(flagged, device)
  const six = up ? withLinkLocal(flagged, device) : withoutIpv6(flagged, device)
  return withSection(six, 'routes', (all) => {
    const others = up ? all : withoutDevice(all, device, ({ type }) => type !== 'local')
    return up ? [...others, ...routes.filter((route) => !others.some((one) => isSame(one, route)))] : others
  })
}
