import { confKey, type Effective } from '../node/effective.js'
import { addressesByInterface } from '../node/lookups.js'
import type { Family, InterfaceAddress, Link } from '../node/model.js'
import { once } from '../once.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import { formatIpv4 } from '../wire/ipv4.js'
import type { Evidence, HostFix } from './define.js'
import type { HostIdentity } from './define-host-rule.js'
import { type ShellCommand, sh } from './shell.js'

/** What host rules share: evidence and the fix of a sysctl. */

export function commandEvidence(host: HostIdentity, command: ShellCommand, output: string): Evidence {
  return { kind: 'command', host: host.name, command, output }
}

/** An address as `ip address show to` takes it, without the rest of its subnet: of IPv6 /32 would be a whole network. */
export function alone(ip: string): string {
  return `${ip}/${ip.includes(':') ? 128 : 32}`
}

const SHOWN_LINES = 50

/** Lines for evidence. A host may hold its VIPs, or whatever else it lists, by the thousand. */
export function shownLines(all: readonly string[]): string {
  const more = all.length - SHOWN_LINES
  return (more > 0 ? [...all.slice(0, SHOWN_LINES), `… and ${more} more`] : all).join('\n')
}

/** Both inputs and what the kernel makes of them. */
export function sysctlEvidence(host: HostIdentity, { key, allKey, all, own, value, combine }: Effective): Evidence {
  const inputs = all === null ? [`${key} = ${own}`] : [`${allKey} = ${all}`, `${key} = ${own}`]
  const joined = all === null ? [] : [`effective: ${value} (the kernel takes the ${COMBINED[combine]})`]
  return commandEvidence(host, sh`sysctl ${all === null ? key : [allKey, key]}`, [...inputs, ...joined].join('\n'))
}

const COMBINED: Record<Effective['combine'], string> = {
  max: 'larger of the two',
  or: 'OR of the two',
  and: 'AND of the two',
  interface: 'value of the interface alone',
}

/** Interfaces with an IP layer of their own that are up and reach the segment: what answers ARP for addresses of the host. */
export const segmentInterfaces = once((links: readonly Link[]): readonly Link[] =>
  links.filter(
    ({ facesSegment, role, flags }) =>
      facesSegment && role !== 'bridge-port' && role !== 'bond-member' && flags.includes('UP'),
  ),
)

/** Global addresses of one interface, of IPv4 unless said otherwise. */
export function globalAddresses(
  addresses: readonly InterfaceAddress[],
  name: string,
  wanted: Family = 4,
): InterfaceAddress[] {
  return addressesByInterface(addresses, name).filter(({ family, scope }) => family === wanted && scope === 'global')
}

/** What CNIs and kube-proxy leave on every node, whatever else runs there. */
const CLUSTER_DEVICE =
  /^(?:kube-|cali[0-9a-f]|vxlan[-.](?:calico|v6)|cilium_|lxc[0-9a-f]{8,}$|lxc_health$|cni\d+$|cbr0$|flannel|weave|nodelocaldns$|ovn-k8s-|antrea-gw|genev_sys|gke)/

/**
 * Pods, a device of a CNI or of kube-proxy: this machine is a Kubernetes node, not just any Linux host. Ends of virtual
 * machines, and of containers on a bridge of Docker, Podman or LXC, are none; a veth outside of any bridge is a pod's.
 */
export const looksLikeClusterNode = once((links: readonly Link[]): boolean =>
  links.some(
    ({ name, role, kind, master }) =>
      role === 'ipvs' || CLUSTER_DEVICE.test(name) || (role === 'cni-veth' && kind === 'veth' && master === null),
  ),
)

/** Those of IPv4: what a rule about ARP, or about the IPv4 side of a host, has to do with. */
export function vipTexts(vips: readonly Ip[]): string[] {
  return vips.filter(isIpv4).map(formatIpv4)
}

export interface SysctlChange extends Omit<HostFix, 'changes'> {
  /** An interface, or `all`; each in turn. */
  readonly scopes: readonly string[]
  readonly name: string
  readonly value: number
}

/** A setting of `net.ipv4.conf`, now and for the next boot. Existing interfaces ignore `conf.default`, so it is left alone. */
export function sysctlFix({ scopes, name, value, ...fix }: SysctlChange): HostFix {
  return { ...fix, changes: scopes.map((scope) => ({ kind: 'sysctl', key: confKey(scope, name), value })) }
}

/** The scopes to change so that the effective value of an interface falls: whichever of `all` and its own raises it. */
export function raisingScopes({ all, own, interface: name }: Effective, above = 0): string[] {
  return [...(all !== null && all > above ? ['all'] : []), ...(own > above ? [name] : [])]
}
