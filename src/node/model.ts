import type { Gap, Known } from '../known.js'
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
  /** The account that read it is not root: what changes the host needs sudo. */
  readonly needsSudo?: boolean
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
  /** Groups that interfaces joined so that solicitations reach them (RFC 4291 section 2.7.1). */
  solicitedGroups: readonly SolicitedGroup[]
  /** One entry for each VLAN id on each bridge port and on the bridge itself. */
  bridgeVlans: readonly BridgeVlan[]
  /** /proc/net/bonding: empty without bonds. */
  bonding: readonly Bonding[]
  /** Sockets that listen on MetalLB's memberlist port 7946. */
  listeners: readonly Listener[]
  /** Kernel log lines that bear on layer 2, oldest first. */
  kernelLog: readonly string[]
  /** Rules of nftables, ebtables and arptables as chains, whole and in order, so that a frame can be followed through them. */
  filterChains: FilterChains
  /** Chains of nftables that IPv6 passes: the families inet and ip6. */
  ipv6FilterChains: FilterChains
  /** Filters and programs of tc on devices that have an ingress hook. Empty: none. */
  programs: readonly TrafficProgram[]
  /** Forwarding entries of bridges; read only where a port answers ARP in another's place or does not learn. */
  fdb: readonly FdbEntry[]
  counters: Counters
  /** What configures this host's network, so that a persistent fix names the right file. Empty: none recognised. */
  managers: readonly NetworkManagerName[]
  /** By which of their files each interface is configured; an interface without is configured by none of them, or by one that does not say. */
  owners: readonly InterfaceOwner[]
  /** The VRRP part of keepalived's configuration; without it there are no instances. */
  keepalived: Keepalived
}

export interface Keepalived {
  /** A process of this name runs. */
  readonly running: boolean
  readonly instances: readonly VrrpInstance[]
  /** Lines of packet filters that bear on protocol 112; null: they could not be read. */
  readonly filters: readonly VrrpFilter[] | null
}

/** A `vrrp_instance`; what the configuration does not say is keepalived's default. */
export interface VrrpInstance {
  readonly name: string
  /** With its path; absent in older snapshots. */
  readonly file?: string
  /** Null: not said, which keepalived refuses. */
  readonly interface: string | null
  readonly vrid: number | null
  readonly family: 4 | 6
  readonly version: 2 | 3
  /** Before scripts change it; absent where nothing was read of it: keepalived takes 100, or what a macro or a condition (`@host`) says. */
  readonly priority?: number
  readonly advertMs: number
  readonly authentication: string | null
  /** Empty: multicast. */
  readonly unicastPeers: readonly string[]
  readonly addresses: readonly VrrpAddress[]
}

export interface VrrpAddress {
  readonly ip: string
  /** Null: not said; keepalived takes 32 or 128. */
  readonly prefix: number | null
  /** Another interface than that of the instance. */
  readonly device: string | null
}

export interface VrrpFilter {
  readonly tool: 'nft' | 'iptables'
  /** `inet filter input`, `INPUT`. */
  readonly chain: string
  readonly does: 'drops' | 'accepts' | 'drops-all-else'
  readonly text: string
}

export type SectionName = keyof Sections

export interface Kernel {
  /** `uname -r`, e.g. `6.8.0-57-generic`. */
  readonly release: string
  /** os-release; empty when the file lacks it. */
  readonly os: { readonly prettyName: string }
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
  /** The routing table of a VRF device; absent for others and where only sysfs could be read. */
  readonly vrfTable?: string
  /** A VXLAN device that answers ARP requests in the place of its neighbours. */
  readonly vxlanProxy?: boolean
  /** What runs before the stack sees a frame: `xdp`, `xdpgeneric` …; absent: none. */
  readonly xdp?: string
}

/** Null fields are not shown by this kernel or this `ip`. */
export interface BridgeInfo {
  readonly vlanFiltering: boolean | null
  readonly nfCallIptables: boolean | null
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
  /** The other end of a point-to-point address; absent where it is the address itself. */
  readonly peer?: string
  /** Of an IPv6 address; absent: none of these. */
  readonly flags?: readonly AddressFlag[]
}

/** IFA_F_*, as `ip` names them: whether duplicate address detection has ended, and how. */
export const ADDRESS_FLAGS = ['tentative', 'dadfailed', 'optimistic', 'nodad', 'deprecated', 'temporary'] as const
export type AddressFlag = (typeof ADDRESS_FLAGS)[number]

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
  readonly hops: readonly RouteHop[]
  readonly metric: number
  readonly source: string | null
  readonly protocol: string
  /** Present where only packets of this TOS take the route. */
  readonly tos?: string
}

export interface RouteHop {
  readonly device: string | null
  readonly gateway: string | null
  /** The kernel does not use it: its device is down. */
  readonly dead?: true
  /** Its device has no carrier. */
  readonly linkDown?: true
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
  /** What `other` hides, as far as it bears on a packet without ports, TOS, tunnel or user. */
  readonly details?: RuleDetails
}

export interface RuleDetails {
  /** `not`: the rule matches what its selectors do not. */
  readonly inverted: boolean
  /** The rule looks in the table of the packet's VRF. */
  readonly vrf: boolean
  /** `blackhole`, `unreachable`, `prohibit`, `nop`; null for a lookup or a jump. */
  readonly action: string | null
  /** The priority to go on with. */
  readonly goto: number | null
  /** Routes of this prefix length or shorter do not count. */
  readonly suppressLength: number | null
  /** A selector that no ARP packet meets: a port, a transport protocol, a TOS, a tunnel id. */
  readonly never: boolean
  /** Words that l2doctor does not understand. */
  readonly unread: readonly string[]
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

export interface SolicitedGroup {
  readonly interface: string
  /** `ff02::1:ff00:240`; `UNNAMED_GROUP` after redaction, where no address of the host tells which. */
  readonly group: string
}

export const UNNAMED_GROUP = 'another group'

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
}

export interface Listener {
  readonly protocol: 'tcp' | 'udp'
  /** `*` and `0.0.0.0` mean every address. */
  readonly address: string
  readonly port: number
}

export interface FilterChains {
  readonly chains: readonly FilterChain[]
  /** Why one of the tools could not be read; null: all were. */
  readonly unread: Gap | null
}

export interface FilterChain {
  readonly tool: 'nft' | 'ebtables' | 'arptables'
  readonly family: 'arp' | 'bridge' | 'netdev' | 'inet' | 'ip6'
  readonly table: string
  readonly name: string
  /** `input`, `prerouting`, `ingress` …; null for a chain that only a jump leads to. */
  readonly hook: string | null
  /** Of an `ingress` or `egress` hook. */
  readonly devices: readonly string[]
  /** Chains of one hook are passed from the smallest. */
  readonly priority: number
  /** `filter`, `nat`, `route`; absent in older snapshots. */
  readonly type?: string
  readonly policy: 'accept' | 'drop'
  /** As the tool prints them. */
  readonly rules: readonly string[]
  /** The number by which nft names each of the rules (`nft -a`); absent where it was not asked for. */
  readonly handles?: readonly (number | null)[]
}

export interface TrafficProgram {
  readonly device: string
  readonly direction: 'ingress' | 'egress'
  /** As tc prints it: `protocol all pref 1 bpf handle 0x1 cil_from_netdev`. */
  readonly text: string
  /** It may see ARP: its protocol is `arp` or `all`. */
  readonly seesArp: boolean
}

export interface FdbEntry {
  readonly mac: Mac
  readonly port: string
  readonly bridge: string
  readonly vlan: number | null
}

/** Since boot; null where the kernel does not show it. */
export interface Counters {
  /** TcpExt IPReversePathFilter: packets that rp_filter dropped. */
  readonly reversePathFilter: number | null
}

/** What configures an interface at boot. */
export interface InterfaceOwner {
  readonly interface: string
  readonly manager: NetworkManagerName
  /** With its path. Of netplan: the file that it has written for systemd-networkd or NetworkManager. */
  readonly file: string
  /** The UUID of NetworkManager's connection; null: of another manager. */
  readonly connection: string | null
}

export type NetworkManagerName = 'netplan' | 'NetworkManager' | 'systemd-networkd' | 'ifupdown'
