import { possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, globalAddresses } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const wifi = defineHostRule({
  id: 'link/wifi',
  title: 'The node reaches the segment by WiFi, where broadcasts get lost',
  severity: 'warning',
  sections: ['links', 'addresses'],
  explains: ['wire/broadcast-not-answered', 'wire/intermittent-answer', 'wire/no-answer'],
  docs: {
    what: 'An interface with an address is a wireless one. Many drivers and access points drop or delay broadcast ARP, above all in power save.',
    why: 'The VIP works at first and breaks shortly afterwards, when clients have to ask again; unicast still works.',
    confirm:
      '`tcpdump -p -i wlan0 arp` on the node: requests that a client sends do not arrive; with promiscuous mode they do.',
    falseAlarms: 'A node whose VIPs live on a wired interface; WiFi that is used for management alone.',
    references: [
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#253',
      'metallb/metallb#284',
      'metallb/metallb#368',
    ],
  },
  *checkHost({ links, addresses }, host) {
    for (const { name } of links.filter(({ wireless }) => wireless)) {
      const held = globalAddresses(addresses, name)
      if (held.length === 0) continue
      yield {
        subject: interfaceSubject(host, name),
        ...possible('the interface is wireless, but no lost broadcast was seen'),
        data: { node: host.name, interface: name },
        evidence: [commandEvidence(host, sh`ls -d /sys/class/net/${name}/wireless`, `/sys/class/net/${name}/wireless`)],
      }
    }
  },
  message: ({ node, interface: name }) => `${node} is on the segment by WiFi (${name}): broadcast ARP may not reach it`,
  fixes: ({ node, interface: name }) => [
    {
      summary: `Serve VIPs from a wired interface instead of ${name}`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'look',
          text: 'Exclude the node or the interface from the announcer (L2Advertisement nodeSelectors and interfaces, vip_interface, CiliumL2AnnouncementPolicy)',
        },
        { kind: 'runtime', text: 'Turn power save off', run: sh`iw dev ${name} set power_save off` },
        {
          kind: 'runtime',
          text: 'A crutch: promiscuous mode makes many drivers pass broadcasts',
          run: sh`ip link set dev ${name} promisc on`,
        },
      ],
      verify: sh`l2doctor audit-node ${node}`,
      undo: sh`iw dev ${name} set power_save on; ip link set dev ${name} promisc off`,
    },
  ],
})
