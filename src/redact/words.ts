/**
 * Words that l2doctor itself knows: of Kubernetes, the kernel and its tools, and the plain words of their messages; those of
 * an announcer stand beside it. A text of nothing but these tells nothing of whose it is; every other word is replaced.
 */
const KNOWN = new Set(
  `agent allocator arg calico cfg cilium cloud cni config controller cp default ds flannel helm k3s
  k8s kube kubectl kubernetes kubevip lb lease lock loadbalancer manager metrics mode net node
  operator ovn provider proxy public rke2 server   system vip vmbr webhook
  admin all amd64 arm64 arp auto bgp cluster debug enabled error false hash http https info iptables ipvs ipv4 ipv6 layer2 linux
  local log level nftables none off on secretkey strict tcp true udp warn warning

  io sh tf com org universe helm coreos projectcalico cattle alpha beta v1alpha1 v1beta1 v1beta2 v1 v2
  app apps arch os hostname region zone topology instance type role control plane master worker etcd name names namespace
  component part of managed by version chart heritage release pod pods template generation revision build exclude from external
  load balancers balancer failure domain service services statefulset daemonset deployment replicaset apiserver scheduler
  kubelet tier key values value app_name svccontroller svcname svcnamespace pool pools address addresses   ip ips allow shared pooled allocated from ignore   class args nodearg node-args env enable l2 announcements
  announcement announce announcing announced policies policy backend data public-ip publicip advertise default
  backend-type backend-data interface flannelv public-key podcidr ipv4address ipv6address ipv4vxlantunneladdr ipv4ipiptunneladdr
  wireguardpublickey disable unschedulable unreachable ready not notready pressure memory disk pid network unavailable out

  in notin exists doesnotexist equal gt lt noschedule noexecute prefernoschedule critical addons only uninitialized
  networkunavailable memorypressure diskpressure pidpressure kubeletready kubeletnotready kubelethassufficientmemory
  kubelethasnodiskpressure kubelethassufficientpid routecreated noroutecreated flannelisup calicoisup   nodestatusunknown unknown valid invalid running pending succeeded failed
  singlestack preferdualstack requiredualstack nodeport clusterip externalname sctp proxy vip
  normal   
  with without protocol assigned to is has no not the a an and or for be been was were are this that it its can cannot could
  any at as on up down up-to because since which when where there already more than than that these those been using used use
  but over out off into does do did set state status event message reason running created route routes ready posting deleted
  removed changed change address-pool allocate allocated allocation failed fail assign assigned-node lb-ip assigned interfaces
  specified match matched matching selected selector selectors node-selectors subnet ip-address host hosts   failedcreate creating forbidden violates podsecurity baseline restricted privileged latest namespaces hostnetwork hostpid
  hostpath volumes type container capabilities securitycontext quota exceeded
  initialization initialized plugin stopped kubelet sufficient available uses duplicate missing found get list conflicts conflict
  not-ready annotation annotations deprecated please instead request requested requests range ranges given

  lo up lower_up lower broadcast multicast allmulti promisc noarp loopback pointopoint slave master dormant dynamic no-carrier
  m-down notrailers echo debug lowerlayerdown testing notpresent
  bridge bond bond_slave vlan macvlan macvtap ipvlan ipvtap veth dummy vxlan geneve gre gretap ip6gre ip6gretap ipip ip6tnl sit
  erspan vti vti6 tun tap xfrm wireguard team hsr wlan netkit nlmon ifb vrf openvswitch ovs-system vcan can
  private vepa passthru source active backup follow balance rr xor 802.3ad tlb alb adaptive round robin transmit receive
  balancing fault tolerance fail_over_mac ieee dynamic link aggregation
  global site link host nowhere main unicast anycast blackhole unreachable prohibit throw nat kernel boot static ra redirect
  zebra bird dhcp ospf babel bgp eigrp isis rip gated mrt ntk xorp keepalived
  reachable stale delay probe incomplete permanent incomplete

  accept drop reject counter packets bytes table chain filter hook ingress egress input output forward prerouting postrouting
  untracked l4proto nfproto nexthdr hoplimit ipv6-icmp nd-neighbor-solicit nd-neighbor-advert nd-router-solicit nd-router-advert
  priority netdev ether saddr daddr htype ptype operation iifname oifname iif oif meta protocol ip6 icmp icmpv6 jump goto
  return ct limit rate second minute hour burst per log prefix src dst mac arp-ip-src arp-ip-dst arp-mac-src arp-opcode s d j i
  p o opcode h-length proto-type h-type proto source-ip vmap map set elements policy continue queue dup fwd ibrname obrname

  received packet own loop overflow neighbour neighbor table cache entries warning xt_mark mark target unsupported
  ip_tables ip6_tables ip6tables iptables nf_tables modprobe error revision addr vlan port entered state blocking disabled
  listening learning forwarding

  debian gnu ubuntu lts bookworm bullseye trixie buster jammy noble focal rhel red hat enterprise fedora centos stream rocky
  almalinux alma oracle suse sles opensuse leap tumbleweed alpine talos flatcar container coreos bottlerocket amazon nixos arch
  photon cumulus raspbian proxmox generic lowlatency realtime rt aws azure gcp gke eks kvm oem hwe raspi pve rke2 k3s rc gentoo
  default smp preempt x86_64 aarch64 armv7l ppc64le s390x riscv64 i686 cloud amd server lts-latest el7 el8 el9 el10 uek virt
  orbstack linuxkit wsl2 microsoft standard

  netplan networkmanager systemd networkd ifupdown
  quay docker ghcr gcr registry mcr pkg dev library rancher mirrored kubernetesui jetstack bitnami bad regex
  kube-proxy openebs
  allocator distroless

  fieldref resourcefieldref secretkeyref configmapkeyref status podip hostip nodename podname metadata spec     etc     kept
  labels secret path   tolerate manual

  renew deadline retry period client qps burst replacement probe partial disabled disallow duration

  kubernetes.io virtual router redacted local redact l2doctor`.split(/\s+/),
)

/** Figures: durations, ports, percentages, versions, marks. A run of more digits could be a number of somebody's. */
const FIGURE = /^(?:v?\d{1,6}(?:\.\d{1,6}){0,3}(?:ms|s|m|h|gb|mb|mi|gi|k)?|0x[0-9a-f]{1,8})$/i

/** Names of interfaces as kernels, distributions and CNIs give them, none of which holds a MAC or a name. */
const INTERFACE =
  /^(?:lo|(?:eth|bond|br|vmbr|vlan|team|wlan|wwan|ib|dummy|tun|tap|veth|docker|cni|wg|sit|ip6tnl|gre|gretap|erspan|tunl|ifb|mv|net|if|x)\d{0,4}|en[ops]\d{1,4}(?:[sfdnpv]{1,2}\d{1,4}){0,4}|wl[ops]\d{1,4}(?:[sfdnp]{1,2}\d{1,4}){0,4}|kube-ipvs0|kube-bridge|kube-dummy-if|kube-lb0|nodelocaldns|flannel(?:-v6)?\.\d|flannel-wg|cilium_(?:host|net|vxlan|geneve|wg0)|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|br-(?:lan|int|ex)|ovn-k8s-mp\d|ovs-system|ip_vti0|ip6_vti0|virbr\d)(?:\.\d{1,4}|:\d{1,3})?$/

/**
 * An address that is a part of a name: `pool-10-0-0-0-24`, `lb-192-168-1`, `vip-10.0.0.240`, `lb-02-00-00-00-00-13`. Three figures with
 * dots between them are a version.
 */
const ADDRESS =
  /(?<![\d.])\d{1,3}(?:(?:\.\d{1,3}){3}|(?:-\d{1,3}){2}|(?:_\d{1,3}){2})(?!\d)|(?<![0-9a-f])[0-9a-f]{2}(?:[-_.][0-9a-f]{2}){5}(?![0-9a-f])/i

export function holdsAddress(text: string): boolean {
  return ADDRESS.test(text)
}

export function isInterface(text: string): boolean {
  return INTERFACE.test(text)
}

/** The words that stay: those above, and those that programs of a cluster bring. */
export class Vocabulary {
  private readonly words: ReadonlySet<string>
  private readonly derives: readonly string[]

  /** `derives`: what a program puts before the name of a Service or node to name an object of its own. */
  constructor(words: readonly string[] = [], derives: readonly string[] = []) {
    this.words = new Set([...KNOWN, ...words])
    this.derives = derives.toSorted((a, b) => b.length - a.length)
  }

  /** Whether a text consists of such words only. */
  isKnown(text: string): boolean {
    if (this.words.has(text.toLowerCase()) || isInterface(text)) return true
    if (holdsAddress(text)) return false
    return text.split(/[^A-Za-z0-9.]+/).every((word) => word === '' || this.isKnownWord(word))
  }

  /** What a program has put before a name; null for one that nobody made of another. */
  derivedBy(name: string): string | null {
    return this.derives.find((prefix) => name.startsWith(prefix)) ?? null
  }

  private isKnownWord(word: string): boolean {
    if (FIGURE.test(word) || isInterface(word)) return true
    return word.split('.').every((part) => part === '' || this.words.has(part.toLowerCase()) || FIGURE.test(part))
  }
}
