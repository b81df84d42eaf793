import type { Known } from '../known.js'
import type { Mac } from '../wire/mac.js'

/**
 * Our own model of a host. Every section was read on its own, so a missing tool or a refused read is a gap of that
 * section alone. Addresses are text as `ip` prints them; the whole value is plain JSON data.
 */
export interface Host {
  /** As the operator (or the cluster) names it. */
  readonly name: string
  /** Where it was read: what SSH was told to reach, `local`, or the snapshot's own word. */
  readonly address: string
  /** False when nothing could be read: every section is then the same gap. */
  readonly reached: boolean
  readonly sections: { readonly [N in SectionName]: Known<Sections[N]> }
}

/** What a host can tell, by section. */
export interface Sections {
  kernel: Kernel
  sysctls: Sysctls
  links: readonly Link[]
  addresses: readonly InterfaceAddress[]
  /** All tables. */
  routes: readonly Route[]
  /** Policy routing rules in the order they are tried. */
  rules: readonly RoutingRule[]
  neighbours: readonly Neighbour[]
  /** `ip neigh show proxy`: addresses this host answers for by explicit order. */
  proxyNeighbours: readonly ProxyNeighbour[]
  /** One entry for each VLAN id on each bridge port and on the bridge itself. */
  bridgeVlans: readonly BridgeVlan[]
  /** /proc/net/bonding: empty without bonds. */
  bonding: readonly Bonding[]
  /** Sockets that listen on MetalLB's memberlist port 7946. */
  listeners: readonly Listener[]
  /** Kernel log lines that bear on layer 2, oldest first. */
  kernelLog: readonly string[]
  /** Rules of nftables, ebtables and arptables that see ARP. Empty: none. */
  firewall: readonly ArpFilter[]
  counters: Counters
  /** What configures this host's network, so that a persistent fix names the right file. Empty: none recognised. */
  managers: readonly NetworkManagerName[]
}

export type SectionName = keyof Sections

export interface Kernel {
  /** `uname -r`, e.g. `6.8.0-57-generic`. */
  readonly release: string
  /** /proc/version_signature, e.g. `Ubuntu 6.8.0-57.59-generic 6.8.12`; null where the kernel has none. */
  readonly versionSignature: string | null
  readonly machine: string
  /** os-release; fields are empty when the file lacks them. */
  readonly os: { readonly id: string; readonly versionId: string; readonly prettyName: string }
}

/** Raw values as the kernel shows them; what holds for an interface is `effective` (effective.ts). */
export interface Sysctls {
  /** `net.ipv4.conf.<scope>.<name>`, scope `all`, `default` or an interface. */
  readonly ipv4: ScopedValues
  readonly ipv6: ScopedValues
  /** `net.ipv4.neigh.<scope>.<name>`: gc_thresh1…3 in scope `default`, proxy_delay … per interface. */
  readonly neigh4: ScopedValues
  readonly neigh6: ScopedValues
  /** `net.bridge.*`; empty when br_netfilter is not loaded. */
  readonly bridge: Values
  /** `net.ipv4.ip_forward`. */
  readonly ipForward: number | null
}

export type Values = Readonly<Record<string, number>>
export type ScopedValues = Readonly<Record<string, Values>>

/** What an interface is for on this host. `role` is exclusive: a bond member of a bond in a bridge is a bond member. */
export type Role =
  | 'loopback'
  /** A NIC (or what stands for one) that faces the segment itself. */
  | 'uplink'
  | 'bridge'
  | 'bridge-port'
  | 'bond'
  | 'bond-member'
  | 'vlan'
  | 'macvlan'
  /** The host end of a pod or container: cali*, lxc*, veth on cni0, tap* … */
  | 'cni-veth'
  /** kube-ipvs0. */
  | 'ipvs'
  | 'dummy'
  | 'tunnel'
  | 'other'

export interface Link {
  readonly name: string
  readonly index: number
  readonly mac: Mac | null
  readonly permanentMac: Mac | null
  /** Without the angle brackets: `UP`, `LOWER_UP`, `NOARP`, `PROMISC` … */
  readonly flags: readonly string[]
  /** `UP`, `DOWN`, `UNKNOWN`, `DORMANT`, `LOWERLAYERDOWN` … */
  readonly operstate: string
  readonly mtu: number
  /** The bridge, bond or OVS it belongs to. */
  readonly master: string | null
  /** The lower device of a VLAN, macvlan or tunnel. */
  readonly parent: string | null
  /** How many users hold it promiscuous, the bridge or bond it belongs to included; null when only sysfs could be read. */
  readonly promiscuity: number | null
  /** IFF_PROMISC as sysfs shows it (set by `ip link … promisc on` and by a capture); null without sysfs. */
  readonly promiscuousFlag: boolean | null
  /** `bridge`, `bond`, `vlan`, `macvlan`, `veth`, `dummy`, `vxlan` …; null for a NIC. */
  readonly kind: string | null
  readonly role: Role
  /** Frames sent here reach the segment outside: an uplink, or what stands on one (bond, VLAN, macvlan, bridge, and its member ports). */
  readonly facesSegment: boolean
  readonly wireless: boolean
  readonly bridge: BridgeInfo | null
  readonly bridgePort: BridgePort | null
  readonly bond: BondInfo | null
  readonly vlanId: number | null
  readonly macvlanMode: string | null
}

/** Null fields are not shown by this kernel or this `ip`. */
export interface BridgeInfo {
  readonly vlanFiltering: boolean | null
  readonly stp: boolean | null
  readonly nfCallIptables: boolean | null
  readonly nfCallIp6tables: boolean | null
  readonly nfCallArptables: boolean | null
}

/** `forwarding` is 3; see net/bridge/br_private_stp.h. Null fields are not shown by this kernel or this `ip`. */
export interface BridgePort {
  readonly bridge: string
  readonly state: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking' | null
  readonly proxyArp: boolean | null
  readonly proxyArpWifi: boolean | null
  readonly neighSuppress: boolean | null
  readonly hairpin: boolean | null
  readonly learning: boolean | null
  readonly flood: boolean | null
  readonly multicastFlood: boolean | null
  readonly broadcastFlood: boolean | null
  readonly isolated: boolean | null
  readonly locked: boolean | null
}

/** The bond as its netlink data shows it; `bonding` has what /proc adds. */
export interface BondInfo {
  /** `balance-rr`, `active-backup`, `802.3ad`, `balance-alb` … */
  readonly mode: string
  /** `none`, `active`, `follow`; null when not shown. */
  readonly failOverMac: string | null
  readonly activeMember: string | null
}

export type Family = 4 | 6

export interface InterfaceAddress {
  readonly interface: string
  readonly family: Family
  readonly ip: string
  readonly prefix: number
  /** `global`, `link`, `host` … */
  readonly scope: string
}

export interface Prefix {
  readonly ip: string
  readonly length: number
}

export interface Route {
  readonly family: Family
  /** `main`, `local`, `default` or a number. */
  readonly table: string
  /** `unicast`, `local`, `broadcast`, `blackhole`, `unreachable` … (RTN_*). */
  readonly type: string
  /** 0.0.0.0/0 or ::/0 for the default route. */
  readonly destination: Prefix
  /** Next hops; one for an ordinary route, none for blackholes. */
  readonly hops: readonly { readonly device: string | null; readonly gateway: string | null }[]
  readonly metric: number
  readonly source: string | null
  readonly protocol: string
}

export interface RoutingRule {
  readonly family: Family
  readonly priority: number
  /** Null: every source. */
  readonly from: Prefix | null
  readonly to: Prefix | null
  readonly inputInterface: string | null
  readonly outputInterface: string | null
  readonly mark: string | null
  /** Null when the rule does something other than a lookup. */
  readonly table: string | null
  /** Selectors or actions beyond these fields exist, so that a rule must not be taken as "matches all". */
  readonly other: boolean
}

export interface Neighbour {
  readonly family: Family
  readonly ip: string
  readonly interface: string
  readonly mac: Mac | null
  /** `REACHABLE`, `STALE`, `FAILED`, `INCOMPLETE`, `PERMANENT`, `NOARP` … */
  readonly states: readonly string[]
}

export interface ProxyNeighbour {
  readonly family: Family
  readonly ip: string
  readonly interface: string
}

export interface BridgeVlan {
  /** A port, or the bridge itself (its `self` entries). */
  readonly interface: string
  readonly vid: number
  readonly pvid: boolean
  readonly untagged: boolean
}

export interface Bonding {
  readonly bond: string
  /** As the driver words it: `fault-tolerance (active-backup) (fail_over_mac active)`, `adaptive load balancing`. */
  readonly mode: string
  readonly activeMember: string | null
  readonly members: readonly { readonly name: string; readonly up: boolean; readonly permanentMac: Mac | null }[]
}

export interface Listener {
  readonly protocol: 'tcp' | 'udp'
  /** `*` and `0.0.0.0` mean every address. */
  readonly address: string
  readonly port: number
}

/** One rule, or one default policy, that ARP packets pass. */
export interface ArpFilter {
  readonly tool: 'nft' | 'ebtables' | 'arptables'
  /** `arp filter`, `bridge filter`, `netdev ingress` … */
  readonly table: string
  readonly chain: string
  /** The rule as the tool prints it; `policy drop` for a default policy. */
  readonly text: string
  /** It drops or rejects what it matches. */
  readonly drops: boolean
}

/** Since boot; null where the kernel does not show it. */
export interface Counters {
  /** TcpExt IPReversePathFilter: packets that rp_filter dropped. */
  readonly reversePathFilter: number | null
}

export type NetworkManagerName = 'netplan' | 'NetworkManager' | 'systemd-networkd' | 'ifupdown'
