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
  return addresses.filter(({ ip }) => ips.includes(ip))
}

function roleOf(link: BareLink, links: ReadonlyMap<string, BareLink>, addresses: readonly InterfaceAddress[]): Role {
  if (link.name === 'lo' || link.flags.includes('LOOPBACK')) return 'loopback'
  if (link.name === 'kube-ipvs0') return 'ipvs'
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
    link.name.startsWith('cali') || !addresses.some((held) => held.interface === link.name && held.scope === 'global')
  )
}

function roleByKind(kind: string | null): Role {
  if (kind === null || kind === 'veth' || kind === 'hsr' || kind === 'team') return 'uplink'
  if (kind === 'bridge' || kind === 'bond' || kind === 'dummy') return kind
  return VLAN_LIKE[kind] ?? (TUNNELS.has(kind) ? 'tunnel' : 'other')
}

/** Spreads from the NICs to what stands on them, until nothing new is found. */
function facingSegment(links: readonly BareLink[], roles: ReadonlyMap<string, Role>): Set<string> {
  const facing = new Set<string>()
  for (const link of links) if (isNic(link, roles)) facing.add(link.name)
  for (let before = -1; before !== facing.size; ) {
    before = facing.size
    for (const { name, kind, parent, master } of links) {
      if (kind !== null && kind in VLAN_LIKE && parent !== null && facing.has(parent)) facing.add(name)
      if (master !== null && facing.has(name)) facing.add(master)
    }
  }
  return facing
}

/** The NICs of a bond and of a bridge are NICs still. */
function isNic(link: BareLink, roles: ReadonlyMap<string, Role>): boolean {
  const role = roles.get(link.name)
  return role === 'uplink' || ((role === 'bond-member' || role === 'bridge-port') && roleByKind(link.kind) === 'uplink')
}
