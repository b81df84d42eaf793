import { certain } from '../certainty.js'
import { listed } from '../cluster-parts.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, globalAddresses, segmentInterfaces } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const downOrNoarp = defineHostRule({
  id: 'link/down-or-noarp',
  title: 'An interface with an address cannot answer ARP',
  severity: 'error',
  sections: ['links', 'addresses'],
  explains: ['wire/no-answer', 'wire/intermittent-answer'],
  docs: {
    what: 'An interface that faces the segment has an address but is down, has no carrier, or carries the flag NOARP.',
    why: "It neither answers nor asks. MetalLB skips such interfaces; the kernel's addresses on them are silent.",
    confirm: '`ip -brief link`, `ip -brief address`, `ethtool IFACE | grep "Link detected"`.',
    falseAlarms:
      'A spare NIC kept configured without a cable. kube-ipvs0 and dummies are down or NOARP by design and are not judged.',
    references: ['ip-link(8) arp, up', 'metallb/metallb internal/layer2/announcer.go updateInterfaces'],
  },
  *checkHost({ links, addresses }, host) {
    for (const link of segmentInterfaces(links)) {
      const held = globalAddresses(addresses, link.name)
      const reason = whyMute(link)
      if (held.length === 0 || reason === null) continue
      yield {
        subject: interfaceSubject(host, link.name),
        ...certain('the flags and the state of the interface were read on the host'),
        data: { node: host.name, interface: link.name, reason, addresses: held.map(({ ip }) => ip) },
        evidence: [
          commandEvidence(host, sh`ip link show dev ${link.name}`, `<${link.flags.join(',')}> state ${link.operstate}`),
        ],
      }
    }
  },
  message: ({ node, interface: name, reason, addresses }) =>
    `${node} cannot answer for ${listed(addresses)}: ${name} ${reason}`,
  fixes: ({ node, interface: name, reason }) => [
    {
      summary: `Bring ${name} of ${node} back`,
      node,
      changes: [{ kind: 'link', device: name, flag: reason.includes('NOARP') ? 'arp' : 'up', on: true }],
    },
  ],
})

function whyMute({ flags, operstate }: { flags: readonly string[]; operstate: string }): string | null {
  if (flags.includes('NOARP')) return 'has the flag NOARP'
  if (!flags.includes('UP')) return 'is down'
  if (flags.includes('NO-CARRIER') || ['DOWN', 'LOWERLAYERDOWN', 'DORMANT'].includes(operstate))
    return `has no link (${operstate})`
  return null
}
