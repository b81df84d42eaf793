import { likely } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { portFix } from './port-fix.js'

export const hairpinOnUplink = defineHostRule({
  id: 'bridge/hairpin-on-uplink',
  title: 'Hairpin on a bridge uplink sends frames back where they came from',
  severity: 'warning',
  sections: ['links'],
  explains: [
    'storm/loop',
    'wire/flip-flop',
    'wire/no-answer',
    'wire/broadcast-not-answered',
    'wire/intermittent-answer',
    'answers/broken-path',
  ],
  docs: {
    what: 'The bridge port that leads to the segment has hairpin on: a frame may leave by the port it came in on, with its original source MAC.',
    why: "The switch then learns the client's MAC on the node's port and sends the client's traffic there, answers included; two such nodes on one segment can multiply broadcasts.",
    confirm:
      "`ip -d link show dev PORT | grep hairpin`; on the switch, the MAC table shows clients moving to the node's port.",
    falseAlarms:
      'On pod veths (cni0, docker0) hairpin is normal and not judged. It is the half of the recipe `proxy_arp on hairpin on` that does let bridged DNAT work; prefer the fixes of bridge/bridged-dnat, which have no such price.',
    references: ['net/bridge/br_forward.c should_deliver', 'metallb/metallb#2445', 'bridge(8) hairpin'],
  },
  *checkHost({ links }, host) {
    for (const { name, facesSegment, bridgePort } of links) {
      if (!facesSegment || bridgePort?.hairpin !== true) continue
      yield {
        subject: interfaceSubject(host, name),
        ...likely('the flag was read on the host, but no frame that came back was seen'),
        data: { node: host.name, port: name, bridge: bridgePort.bridge },
        evidence: [
          commandEvidence(host, sh`ip -d link show dev ${name}`, `bridge_slave of ${bridgePort.bridge}: hairpin on`),
        ],
      }
    }
  },
  message: ({ node, port, bridge }) =>
    `${node} may send frames of the segment back out of ${port} (port of ${bridge}): hairpin is on`,
  fixes: ({ node, port }) => [
    portFix(node, port, 'hairpin', 'off', `Turn hairpin off on ${port} of ${node}`, [
      'If it was set to make VIPs work behind this bridge, they stop working: apply a fix of bridge/bridged-dnat first.',
    ]),
  ],
})
