import type { BridgeVlan, InterfaceAddress, Link } from '../../node/model.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, globalAddresses, interfaceSubject } from '../host-parts.js'
import { sh } from '../shell.js'

export const vlanSelfMissing = defineHostRule({
  id: 'bridge/vlan-self-missing',
  title: 'A VLAN-aware bridge drops frames meant for the node itself',
  severity: 'error',
  sections: ['links', 'addresses', 'bridgeVlans'],
  explains: ['wire/no-answer', 'wire/broadcast-not-answered'],
  docs: {
    what: 'The bridge filters VLANs, but the bridge device itself is not a member of the VLAN on which the node has its address.',
    why: 'Frames of that VLAN reach other ports but not the node: it answers no ARP. While someone captures promiscuously on the bridge it works, which sends the search astray.',
    confirm: '`bridge vlan show dev BRIDGE` lacks the VLAN; `tcpdump -p` (not promiscuous) sees no request.',
    falseAlarms:
      'A bridge that only serves virtual machines needs no entry of its own; one without an address is not judged.',
    references: ['bridge(8) vlan add … self', 'net/bridge/br_vlan.c br_allowed_egress'],
  },
  *checkHost({ links, addresses, bridgeVlans }, host) {
    for (const bridge of links.filter((link) => link.bridge?.vlanFiltering === true && link.facesSegment)) {
      for (const { vid, on } of missing(bridge, links, addresses, bridgeVlans)) {
        yield {
          subject: interfaceSubject(host, bridge.name),
          data: { node: host.name, bridge: bridge.name, vid, on },
          evidence: [
            commandEvidence(
              host,
              sh`bridge vlan show dev ${bridge.name}`,
              vlansOf(bridge.name, bridgeVlans) || 'no entry',
            ),
          ],
        }
      }
    }
  },
  message: ({ node, bridge, vid, on }) =>
    `${node} does not receive ${vid === null ? 'untagged frames' : `VLAN ${vid}`} of ${bridge} itself, though ${on} has an address`,
  fixes: ({ node, bridge, vid }) => [
    {
      summary: `Make ${bridge} of ${node} a member of the VLAN`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        {
          kind: 'runtime',
          text: 'Add the entry',
          run: sh`bridge vlan add vid ${vid === null ? ['1', 'pvid', 'untagged'] : vid} dev ${bridge} self`,
        },
        {
          kind: 'persistent',
          text: 'ifupdown2: bridge-vids on the bridge stanza; systemd-networkd: [BridgeVLAN] in the .network file of the bridge; Proxmox: bridge-vids of vmbrX',
        },
      ],
      verify: sh`bridge vlan show dev ${bridge}`,
      undo: sh`bridge vlan del vid ${vid ?? 1} dev ${bridge} self`,
    },
  ],
})

/** The VLANs on which the node has an address through this bridge, less those the bridge belongs to; null: untagged. */
function missing(
  bridge: Link,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
  vlans: readonly BridgeVlan[],
) {
  const own = vlans.filter((entry) => entry.interface === bridge.name)
  const tagged = links
    .filter(
      (link) => link.parent === bridge.name && link.vlanId !== null && globalAddresses(addresses, link.name).length > 0,
    )
    .filter((link) => !own.some(({ vid }) => vid === link.vlanId))
    .map((link) => ({ vid: link.vlanId, on: link.name }))
  const untagged = globalAddresses(addresses, bridge.name).length > 0 && !own.some(({ pvid }) => pvid)
  return untagged ? [...tagged, { vid: null, on: bridge.name }] : tagged
}

function vlansOf(name: string, vlans: readonly BridgeVlan[]): string {
  return vlans
    .filter((entry) => entry.interface === name)
    .map(({ vid, pvid }) => `${vid}${pvid ? ' PVID' : ''}`)
    .join(', ')
}
