/** What a lab segment is made of. Every host is a network namespace with one interface `eth0` on a common switch. */
export interface SegmentSpec {
  readonly hosts: readonly HostSpec[]
  /** The machine that asks; by default named `client`, 10.77.0.100/24, 02:00:00:00:01:00. */
  readonly client?: Partial<HostSpec>
  /** One cable between the client and the only host instead of a switch: carries about twice the frame rate. */
  readonly cable?: boolean
}

export interface HostSpec {
  /** Lower-case letters, digits and dashes, at most 20. */
  readonly name: string
  /** Default 02:00:00:00:00:11 for the first host, :12 for the second … */
  readonly mac?: string
  /** With prefix length; default 10.77.0.11/24 for the first host, .12 for the second … */
  readonly address?: string
  /** An IPv6 address with prefix length; default none but the link-local one that the kernel makes. Without detection of duplicates. */
  readonly address6?: string
  /**
   * Addresses of either family held as /32 or /128 on eth0: the kernel answers for them as it does for kube-vip's or keepalived's.
   * Those of IPv6 without detection of duplicates, as keepalived adds them.
   */
  readonly vips?: readonly string[]
  /**
   * Addresses this host answers for by proxy_arp or a proxy entry of neighbour discovery: up to 0.8 s late, and to an ARP probe
   * never (`arp_process` in net/ipv4/arp.c).
   */
  readonly proxies?: readonly string[]
  /** Kernel settings by name, e.g. `net.ipv4.conf.all.arp_ignore`. */
  readonly sysctls?: Readonly<Record<string, string | number>>
  /** The switch sends this host no broadcasts and no multicasts (a port with `bcast_flood off mcast_flood off`). */
  readonly deaf?: boolean
  /** Shell lines run in the namespace after all else. */
  readonly setup?: readonly string[]
}

/** A host as built. */
export interface Host {
  readonly name: string
  /** Its name under /run/netns. */
  readonly namespace: string
  readonly interface: 'eth0'
  readonly mac: string
  /** Without prefix length. */
  readonly address: string
  readonly spec: HostSpec
}
