import { addressesByInterface, addressesByIp, linksByName, linksByParent } from './lookups.js'
import type { InterfaceAddress, Link, Role } from './model.js'

/** What decides a role; `Link` without what is decided here. */
export type BareLink = Omit<Link, 'role' | 'facesSegment'>

/** Host ends of pods and containers: Calico, Cilium, Docker and CNI bridge veths, OpenStack taps, OVN, AWS, GKE. */
const POD_END = /^(?:cali|lxc|lxd|cilium_|veth|tap|vnet|nodelocaldns|eni[0-9a-f]{11}|gke|ovn-k8s|podman)/
/** Bridges that container software makes for its own pods. */
const POD_BRIDGE = /^(?:cni|docker|br-[0-9a-f]{12}$|cbr|kube-bridge|virbr|podman|lxcbr|lxdbr|nerdctl|weave|flannel)/
const TUNNELS = new Set([
  'vxlan',
  'geneve',
  'ipip',
  'sit',
  'gre',
  'gretap',
  'ip6tnl',
  'ip6gre',
  'wireguard',
  'vti',
  'tun',
  'xfrm',
])
const VLAN_LIKE: Readonly<Record<string, Role>> = {
  vlan: 'vlan',
  macvlan: 'macvlan',
  macvtap: 'macvlan',
  ipvlan: 'macvlan',
}

/** Gives every link its role and says whether it faces the segment outside. */
export function withRoles(links: readonly BareLink[], addresses: readonly InterfaceAddress[]): Link[] {
  const byName = new Map(links.map((link) => [link.name, link]))
  const roles = new Map(links.map((link) => [link.name, roleOf(link, byName, addresses)]))
  const facing = facingSegment(links, roles)
  return links.map((link) => ({ ...link, role: roles.get(link.name)!, facesSegment: facing.has(link.name) }))
}

/** The interfaces that hold one of these addresses, each with the address. */
export function holders(addresses: readonly InterfaceAddress[], ips: readonly string[]): InterfaceAddress[] {
  return ips.flatMap((ip) => addressesByIp(addresses, ip))
}

function roleOf(link: BareLink, links: ReadonlyMap<string, BareLink>, addresses: readonly InterfaceAddress[]): Role {
  if (link.name === 'lo' || link.flags.includes('LOOPBACK')) return 'loopback'
  if (serviceProxyOf(link.name) !== null) return 'ipvs'
  const master = link.master === null ? undefined : links.get(link.master)
  if (master?.kind === 'bond') return 'bond-member'
  if (isPodEnd(link, addresses)) return 'cni-veth'
  if (link.bridgePort || master?.kind === 'bridge') return 'bridge-port'
  return roleByKind(link.kind)
}

/** A veth of an unsuspicious name (eth0 of a node that is itself a container) stands for a NIC, unless it joins a pod bridge. */
function isPodEnd(link: BareLink, addresses: readonly InterfaceAddress[]): boolean {
  if (link.kind !== 'veth' && link.kind !== 'tun' && link.kind !== null) return false
  if (link.master !== null && POD_BRIDGE.test(link.master)) return true
  if (!POD_END.test(link.name)) return false
  return (
    link.name.startsWith('cali') || !addressesByInterface(addresses, link.name).some(({ scope }) => scope === 'global')
  )
}

function roleByKind(kind: string | null): Role {
  if (kind === null || kind === 'veth' || kind === 'hsr' || kind === 'team') return 'uplink'
  if (kind === 'bridge' || kind === 'bond' || kind === 'dummy') return kind
  return VLAN_LIKE[kind] ?? (TUNNELS.has(kind) ? 'tunnel' : 'other')
}

/** Spreads from the NICs to what stands on them: each link is come by once, however deep they are stacked. */
function facingSegment(links: readonly BareLink[], roles: ReadonlyMap<string, Role>): Set<string> {
  const facing = new Set(links.flatMap((link) => (isNic(link, roles) ? [link.name] : [])))
  // a Set hands over what is added to it while it is gone through
  const switches = switchDevices(links)
  for (const name of facing) for (const upper of standingOn(name, links, switches)) facing.add(upper)
  return facing
}

/**
 * The devices of Open vSwitch's bridges by their MAC, which is that of a port. The datapath, of which the ports are members,
 * is no interface of any segment.
 */
function switchDevices(links: readonly BareLink[]): ReadonlyMap<number | null, readonly string[]> {
  const datapaths = new Set(links.flatMap(({ kind, master }) => (kind === OVS || master === null ? [] : [master])))
  const devices = new Map<number | null, string[]>()
  for (const { name, kind, mac } of links) {
    if (kind !== OVS || datapaths.has(name)) continue
    const known = devices.get(mac)
    if (known) known.push(name)
    else devices.set(mac, [name])
  }
  return devices
}

const OVS = 'openvswitch'

/** VLANs and macvlans on top of it, and the master that took its place. */
function standingOn(
  name: string,
  links: readonly BareLink[],
  switches: ReadonlyMap<number | null, readonly string[]>,
): readonly string[] {
  const uppers = linksByParent(links, name).filter(({ kind }) => kind !== null && Object.hasOwn(VLAN_LIKE, kind))
  const masters = linksByName(links, name).flatMap(({ master, mac }) => {
    if (master === null) return []
    return linksByName(links, master)[0]?.kind === OVS ? (switches.get(mac) ?? []) : [master]
  })
  return [...uppers.map((upper) => upper.name), ...masters]
}

/** The NICs of a bond and of a bridge are NICs still. */
function isNic(link: BareLink, roles: ReadonlyMap<string, Role>): boolean {
  const role = roles.get(link.name)
  return role === 'uplink' || ((role === 'bond-member' || role === 'bridge-port') && roleByKind(link.kind) === 'uplink')
}

/** Whether a host bridges frames. */
export function hasBridge(links: readonly Pick<Link, 'role'>[]): boolean {
  return links.some(({ role }) => role === 'bridge' || role === 'bridge-port')
}

/** The devices on which a service proxy in IPVS mode holds every address of every Service on each node. */
const IPVS_HOLDERS: ReadonlyMap<string, string> = new Map([
  ['kube-ipvs0', 'kube-proxy'],
  ['kube-dummy-if', 'kube-router'],
])

/** The service proxy whose device this is; null: an ordinary device. */
export function serviceProxyOf(device: string): string | null {
  return IPVS_HOLDERS.get(device) ?? null
}
