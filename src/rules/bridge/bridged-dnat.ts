import type { ClusterSnapshot } from '../../cluster/model.js'
import { linksByMaster } from '../../node/lookups.js'
import type { Link, Route, Sysctls } from '../../node/model.js'
import { once } from '../../once.js'
import { likely, possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, globalAddresses, looksLikeClusterNode, shownLines, vipTexts } from '../host-parts.js'
import { type ShellCommand, sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const bridgedDnat = defineHostRule({
  id: 'bridge/bridged-dnat',
  title: "The node's address sits on a bridge whose frames pass iptables: DNATed VIP traffic gets stuck",
  severity: 'error',
  sections: ['links', 'addresses', 'sysctls'],
  optional: ['routes'],
  readsCluster: true,
  docs: {
    what: "The node's address is on a Linux bridge with a port to the segment, and bridge-nf-call-iptables hands bridged frames to iptables, so kube-proxy rewrites VIP traffic while it is still being bridged.",
    why: 'ARP for the VIP is fine. A connection whose pod is on another node must leave by the port it came in on, which a bridge does not do: of three replicas two hang. Capturing promiscuously on the bridge cured it on older kernels and hides it there; since Linux 6.9 (and backports) it no longer does.',
    confirm:
      '`sysctl net.bridge.bridge-nf-call-iptables`; `tcpdump -p -i PORT host VIP` shows the SYN coming in and nothing going out for remote pods.',
    falseAlarms:
      'With an overlay (flannel VXLAN, Calico IPIP or VXLAN) pods of other nodes are not reached through the bridge, with externalTrafficPolicy Local the pod is on the announcing node: neither is reported, nor is a machine without a trace of a cluster. Where kube-proxy is replaced by eBPF (Cilium) nothing gets stuck. A bridge for pods alone (cni0) is not judged.',
    references: [
      'metallb/metallb#2445',
      'metallb/metallb#253',
      'metallb/metallb#535',
      'net/bridge/br_netfilter_hooks.c',
      'torvalds/linux@751de2012eaf',
    ],
  },
  *checkHost({ links, addresses, sysctls, routes }, host, { vips }, cluster) {
    if (!looksLikeClusterNode(links) || staysOnNode(vipTexts(vips), cluster)) return
    for (const link of links.filter(({ role, facesSegment }) => role === 'bridge' && facesSegment)) {
      const held = globalAddresses(addresses, link.name)
      const port = linksByMaster(links, link.name).find(({ facesSegment }) => facesSegment)
      const source = whyCalled(link, sysctls)
      if (held.length === 0 || !port || source === null || port.bridgePort?.hairpin === true) continue
      const through = podsThrough(link.name, links, routes)
      if (through === false) continue
      yield {
        subject: interfaceSubject(host, link.name),
        ...(through === true
          ? likely('settings and routes to pods of other nodes were read on the host, but no stuck packet was seen')
          : possible('by which way pods of other nodes are reached from this host is unknown')),
        severity: through === true ? 'error' : 'warning',
        data: { node: host.name, bridge: link.name, port: port.name, podBridge: podBridge(links) },
        evidence: [
          commandEvidence(host, source.command, source.output),
          commandEvidence(
            host,
            sh`ip -brief address`,
            shownLines(held.map((one) => `${link.name} ${one.ip}/${one.prefix}`)),
          ),
          commandEvidence(host, sh`bridge link show dev ${port.name}`, `master ${link.name}`),
        ],
      }
    }
  },
  message: ({ node, bridge, port }) =>
    `${node} has its address on ${bridge} (port ${port}) and bridged frames pass iptables: VIP connections to pods on other nodes hang`,
  fixes: ({ node, bridge, port, podBridge }) => [
    {
      summary: `Keep frames of ${bridge} out of iptables on ${node}`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        ...(podBridge
          ? [
              {
                kind: 'runtime' as const,
                text: "The pods' own bridge still needs it",
                run: sh`ip link set dev ${podBridge} type bridge nf_call_iptables 1`,
              },
            ]
          : []),
        { kind: 'runtime', text: 'Off for all other bridges', run: sh`sysctl -w net.bridge.bridge-nf-call-iptables=0` },
        {
          kind: 'look',
          text: 'Set it to 0 in /etc/sysctl.d (kubeadm guides put 1 into k8s.conf)',
          run: sh`grep -rn bridge-nf-call /etc/sysctl.d /etc/sysctl.conf`,
        },
      ],
      sideEffects: [
        'On nodes whose pods sit on a Linux bridge without the per-bridge setting, services stop working between pods of the same node.',
      ],
      verify: 'sysctl net.bridge.bridge-nf-call-iptables',
      undo: 'sysctl -w net.bridge.bridge-nf-call-iptables=1',
    },
    {
      summary: "Take the node's address off the bridge (a second NIC, or a macvlan on the uplink)",
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'persistent',
          text: `Move the address from ${bridge} to an interface that is no bridge; leave the bridge to the virtual machines`,
        },
      ],
      verify: 'ip -brief address',
      undo: 'Move it back.',
    },
    {
      summary: 'Last resort: hairpin on the port',
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'runtime',
          text: 'Of the often quoted "proxy_arp on hairpin on" only this half helps; leave proxy_arp off',
          run: sh`ip link set dev ${port} type bridge_slave hairpin on`,
        },
      ],
      sideEffects: [
        "Frames leave with the client's source MAC: the switch learns the client on this port and the client loses traffic, unless its entry is static there.",
      ],
      verify: sh`ip -d link show dev ${port} | grep -o "hairpin o[nf]*"`,
      undo: sh`ip link set dev ${port} type bridge_slave hairpin off`,
    },
  ],
})

/**
 * Whether pods of other nodes are reached through the bridge, so that a rewritten frame would have to leave by the port it
 * came in on: a route with a gateway there (host-gw, native routing). An overlay takes them out of the bridge. Null: no
 * such route either way.
 */
function podsThrough(bridge: string, links: readonly Link[], routes: readonly Route[] | undefined): boolean | null {
  const remote = (routes ?? []).filter(
    ({ family, type, destination }) => family === 4 && type === 'unicast' && destination.length > 0,
  )
  const hops = remote.flatMap((route) => route.hops)
  if (hops.some(({ device, gateway }) => device === bridge && gateway !== null)) return true
  return links.some(({ role }) => role === 'tunnel') ? false : null
}

/** Every VIP asked for is of Services whose traffic ends on the node that it came to. */
function staysOnNode(vips: readonly string[], cluster: ClusterSnapshot | undefined): boolean {
  const services = cluster?.services.known ? cluster.services.value : []
  const own = services.filter(({ ingress }) => ingress.some(({ ip }) => ip !== null && vips.includes(ip)))
  return own.length > 0 && own.every(({ externalTrafficPolicy }) => externalTrafficPolicy === 'Local')
}

function whyCalled(bridge: Link, sysctls: Sysctls): { command: ShellCommand; output: string } | null {
  if (sysctls.bridge['bridge-nf-call-iptables'] === 1) {
    return { command: sh`sysctl net.bridge.bridge-nf-call-iptables`, output: 'net.bridge.bridge-nf-call-iptables = 1' }
  }
  if (bridge.bridge?.nfCallIptables !== true) return null
  return { command: sh`ip -d link show dev ${bridge.name}`, output: 'nf_call_iptables 1' }
}

const podBridge = once(
  (links: readonly Link[]): string | null =>
    links.find(({ role, facesSegment }) => role === 'bridge' && !facesSegment)?.name ?? null,
)
