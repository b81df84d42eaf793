/** Words of Kubernetes and of announcers, which tell nothing of the operator: names made of them alone stay. */
const COMMON = new Set(
  `agent allocator arg calico canal cfg cilium cloud cni config controller cp default ds excludel2 flannel frr frrk8s helm k3s
  k8s kube kubectl kubernetes kubevip lb lbnodeagent lease lock loadbalancer manager memberlist metallb metrics mode net node
  openelb operator ovn ovnkube plndr porter provider proxy public purelb rke2 servicelb server speaker svc svclb svcs
  system tigera vip vmbr webhook
  admin all amd64 arm64 arp auto bgp cluster debug enabled error false hash http https info iptables ipvs ipv4 ipv6 layer2 linux
  local log level nftables none off on secretkey strict tcp true udp warn warning`.split(/\s+/),
)

/** Names of interfaces as kernels and distributions give them, and figures: durations, ports, versions. */
const FIGURE = /^(?:v?\d[\d.]*(?:ms|s|m|h|gb|mb|mi|gi|k|%)?|(?:eth|en[opsx]|bond|br|vlan|lo|wl|team|ib)\w*)$/i

/** Whether a name or a value consists of such words only. */
export function isCommon(text: string): boolean {
  return text
    .split(/[^A-Za-z0-9.]+/)
    .every((word) => word === '' || COMMON.has(word.toLowerCase()) || FIGURE.test(word))
}
