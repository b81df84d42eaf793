import { linksByMaster, linksByParent, vlansByInterface } from '../../node/lookups.js'
import type { BridgeVlan, InterfaceAddress, Link } from '../../node/model.js'
import { certain } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, globalAddresses, shownLines } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

/** Ports whose membership is shown as evidence. */
const SHOWN_PORTS = 20

export const vlanSelfMissing = defineHostRule({
  id: 'bridge/vlan-self-missing',
  title: 'A VLAN-aware bridge drops frames meant for the node itself',
  severity: 'error',
  sections: ['links', 'addresses', 'bridgeVlans'],
  explains: ['wire/no-answer', 'wire/broadcast-not-answered'],
  docs: {
    what: 'The bridge filters VLANs, but the bridge device itself is not a member of the VLAN on which the node has its address: it has no entry for it, or its ports put untagged frames into another one (their PVID).',
    why: 'Frames of that VLAN reach other ports but not the node: it answers no ARP. While someone captures promiscuously on the bridge it works, which sends the search astray.',
    confirm: '`bridge vlan show dev BRIDGE` lacks the VLAN; `tcpdump -p` (not promiscuous) sees no request.',
    falseAlarms:
      'A bridge that only serves virtual machines needs no entry of its own; one without an address is not judged.',
    references: ['bridge(8) vlan add … self', 'net/bridge/br_vlan.c br_allowed_egress'],
  },
  *checkHost({ links, addresses, bridgeVlans }, host) {
    for (const bridge of links.filter((link) => link.bridge?.vlanFiltering === true && link.facesSegment)) {
      const entries = nicEntries(bridge, links, bridgeVlans)
      const ports = [...new Set(entries.map((entry) => entry.interface))]
      const arrivesIn = entries.find(({ pvid }) => pvid)?.vid ?? 1
      const membership = shownLines(
        [bridge.name, ...ports]
          .slice(0, SHOWN_PORTS)
          .map((name) => `${name}: ${vlansOf(name, bridgeVlans) || 'no entry'}`),
      )
      for (const { vid, on } of missing(bridge, links, addresses, bridgeVlans)) {
        yield {
          subject: interfaceSubject(host, bridge.name),
          ...certain('the VLANs and addresses of the bridge were read on the host'),
          data: { node: host.name, bridge: bridge.name, vid, on, arrivesIn },
          evidence: [commandEvidence(host, sh`bridge vlan show`, membership)],
        }
      }
    }
  },
  message: ({ node, bridge, vid, on }) =>
    `${node} does not receive ${vid === null ? 'untagged frames' : `VLAN ${vid}`} of ${bridge} itself, though ${on} has an address`,
  fixes: ({ node, bridge, vid, arrivesIn }) => [
    {
      summary: `Make ${bridge} of ${node} a member of the VLAN`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        {
          kind: 'runtime',
          text: 'Add the entry',
          run: sh`bridge vlan add vid ${vid ?? [String(arrivesIn), 'pvid', 'untagged']} dev ${bridge} self`,
        },
        {
          kind: 'persistent',
          text: 'ifupdown2: bridge-vids on the bridge stanza; systemd-networkd: [BridgeVLAN] in the .network file of the bridge; Proxmox: bridge-vids of vmbrX',
        },
      ],
      verify: sh`bridge vlan show dev ${bridge}`,
      undo: sh`bridge vlan del vid ${vid ?? arrivesIn} dev ${bridge} self`,
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
  const own = new Set(vlansByInterface(vlans, bridge.name).map(({ vid }) => vid))
  const tagged = linksByParent(links, bridge.name)
    .filter((link) => link.vlanId !== null && globalAddresses(addresses, link.name).length > 0)
    .filter((link) => link.vlanId !== null && !own.has(link.vlanId))
    .map((link) => ({ vid: link.vlanId, on: link.name }))
  const unreached = globalAddresses(addresses, bridge.name).length > 0 && !hearsUntagged(bridge, links, vlans)
  return unreached ? [...tagged, { vid: null, on: bridge.name }] : tagged
}

/** Whether what arrives untagged, or in the VLAN that is the bridge's own, gets to the bridge itself through some NIC. */
function hearsUntagged(bridge: Link, links: readonly Link[], vlans: readonly BridgeVlan[]): boolean {
  const native = vlansByInterface(vlans, bridge.name).find(({ pvid }) => pvid)
  if (native === undefined) return false
  const own = new Set(vlansByInterface(vlans, bridge.name).map(({ vid }) => vid))
  const entries = nicEntries(bridge, links, vlans)
  const leads = ({ vid, pvid, untagged }: BridgeVlan) => (pvid && own.has(vid)) || (vid === native.vid && !untagged)
  return entries.length === 0 || entries.some(leads)
}

/** The entries of those ports that lead out of the node. */
function nicEntries(bridge: Link, links: readonly Link[], vlans: readonly BridgeVlan[]): readonly BridgeVlan[] {
  return linksByMaster(links, bridge.name)
    .filter(({ facesSegment }) => facesSegment)
    .flatMap(({ name }) => vlansByInterface(vlans, name))
}

function vlansOf(name: string, vlans: readonly BridgeVlan[]): string {
  return vlansByInterface(vlans, name)
    .map(({ vid, pvid }) => `${vid}${pvid ? ' PVID' : ''}`)
    .join(', ')
}
