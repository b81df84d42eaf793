import { linksByParent } from '../../node/lookups.js'
import type { Link } from '../../node/model.js'
import { certain } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const promiscuous = defineHostRule({
  id: 'link/promiscuous',
  title: 'An interface is promiscuous: that can hide the fault you are looking for',
  severity: 'info',
  sections: ['links'],
  docs: {
    what: 'Something (a capture, or `ip link set … promisc on`) holds an interface that faces the segment in promiscuous mode.',
    why: 'Promiscuous mode makes several faults disappear while it lasts: NICs and WiFi that filter broadcasts, VLAN-aware bridges without an entry for themselves, bridged DNAT on older kernels. The fault comes back when the capture ends.',
    confirm:
      '`ip -d link show dev IFACE | grep promiscuity`; a running capture shows there although the flags lack PROMISC.',
    falseAlarms:
      'Ports of a bridge, of Open vSwitch, members of a bond, and a NIC under a macvlan that cannot filter several MACs are promiscuous by nature: that one is subtracted. Intrusion detection and macvlan in passthru mode are deliberate.',
    references: [
      'Documentation/networking/netdevices.rst',
      'net/core/dev.c __dev_set_rx_mode',
      'metallb/metallb#253',
      'torvalds/linux@751de2012eaf',
    ],
  },
  *checkHost({ links }, host) {
    for (const link of links.filter(({ facesSegment }) => facesSegment)) {
      const users = strangers(link, links)
      if (users <= 0) continue
      yield {
        subject: interfaceSubject(host, link.name),
        ...certain('the kernel of the host reports it'),
        data: { node: host.name, interface: link.name, users, byHand: link.flags.includes('PROMISC') },
        evidence: [
          commandEvidence(
            host,
            sh`ip -d link show dev ${link.name}`,
            `promiscuity ${link.promiscuity ?? 'unknown'}${link.flags.includes('PROMISC') ? ', flag PROMISC' : ''}${link.master ? `, master ${link.master}` : ''}`,
          ),
        ],
      }
    }
  },
  message: ({ node, interface: name, byHand }) =>
    `${node} holds ${name} in promiscuous mode (${byHand ? 'set by hand or by configuration' : 'a capture is running'}): test again without it`,
  fixes: ({ node, interface: name, byHand }) => [
    {
      summary: `Look again without promiscuous mode on ${name} of ${node}`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        byHand
          ? { kind: 'runtime', text: 'Turn it off', run: sh`ip link set dev ${name} promisc off` }
          : {
              kind: 'look',
              text: 'Find and end the capture',
              run: sh`ss -0 -p # packet sockets and their processes`,
            },
        { kind: 'look', text: 'Capture with `tcpdump -p`, which leaves the mode alone' },
      ],
      sideEffects: [
        'If the VIP stops working now, promiscuous mode was the crutch: look at bridge VLANs, bridged DNAT and WiFi.',
      ],
      verify: sh`ip -d link show dev ${name} | grep -o 'promiscuity [0-9]*'`,
      undo: byHand ? sh`ip link set dev ${name} promisc on` : 'Start the capture again.',
    },
  ],
})

/**
 * Those who hold it in promiscuous mode, less what it is part of: a master counts once (Open vSwitch holds its own devices
 * so as well), and so do devices on top with MACs
 * of their own, when the NIC cannot filter several (net/core/dev.c, __dev_set_rx_mode).
 */
function strangers({ name, mac, kind, promiscuity, promiscuousFlag, master }: Link, links: readonly Link[]): number {
  const carriesMacs = linksByParent(links, name).some((upper) => upper.mac !== mac && upper.kind !== 'veth')
  const member = master !== null || kind === 'openvswitch'
  const expected = (member ? 1 : 0) + (carriesMacs ? 1 : 0)
  if (promiscuity === null) return expected === 0 && promiscuousFlag === true ? 1 : 0
  return promiscuity - expected
}
