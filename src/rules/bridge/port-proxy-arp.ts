import { certain } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { portFix } from './port-fix.js'

export const portProxyArp = defineHostRule({
  id: 'bridge/port-proxy-arp',
  title: 'proxy_arp on a bridge uplink keeps every broadcast inside the node',
  severity: 'error',
  sections: ['links'],
  family: 4,
  explains: [
    'wire/no-answer',
    'wire/broadcast-not-answered',
    'wire/intermittent-answer',
    'wire/flip-flop',
    'wire/ethernet-mismatch',
  ],
  docs: {
    what: 'The bridge port that leads to the segment has the bridge_slave flag proxy_arp. The widely quoted recipe `ip link set … type bridge_slave proxy_arp on hairpin on` sets it.',
    why: 'The bridge then floods no broadcast out of that port: ARP requests and gratuitous ARP of the node and its pods never leave it. It does not make the port answer for a VIP; it answers only for neighbours it already knows, with their MAC, so that switches learn other hosts on this port.',
    confirm:
      '`ip -d link show dev PORT | grep proxy_arp`; `tcpdump -p -i PORT arp` on the node while it announces: nothing goes out.',
    falseAlarms:
      "VXLAN/EVPN designs set it on tunnel ports on purpose; those are not judged. Of the recipe only hairpin does anything for bridged DNAT, at a price (see bridge/hairpin-on-uplink); first take the node's address off the bridge or turn bridge-nf-call off (see bridge/bridged-dnat).",
    references: [
      'net/bridge/br_forward.c br_flood',
      'net/bridge/br_arp_nd_proxy.c',
      'metallb/metallb#2445',
      'bridge(8) proxy_arp',
    ],
  },
  *checkHost({ links }, host) {
    for (const { name, facesSegment, bridgePort } of links) {
      if (!facesSegment || bridgePort?.proxyArp !== true) continue
      yield {
        subject: interfaceSubject(host, name),
        ...certain('the flag was read on the host'),
        data: { node: host.name, port: name, bridge: bridgePort.bridge },
        evidence: [
          commandEvidence(host, sh`ip -d link show dev ${name}`, `bridge_slave of ${bridgePort.bridge}: proxy_arp on`),
        ],
      }
    }
  },
  message: ({ node, port, bridge }) =>
    `${node} lets no broadcast out of ${port} (port of ${bridge}): proxy_arp is on there`,
  fixes: ({ node, port }) => [portFix(node, port, 'proxy_arp', 'off', `Turn proxy_arp off on ${port} of ${node}`)],
})
