import { effective } from '../../node/effective.js'
import { certain } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { raisingScopes, segmentInterfaces, sysctlEvidence, sysctlFix } from '../host-parts.js'
import { interfaceSubject } from '../subject.js'

export const dropGratuitousArp = defineHostRule({
  id: 'sysctl/drop-gratuitous-arp',
  title: 'A host ignores gratuitous ARP and learns of failovers late',
  severity: 'info',
  sections: ['sysctls', 'links'],
  docs: {
    what: 'drop_gratuitous_arp is on: announcements of a moved address are thrown away.',
    why: 'As a client or router this host keeps sending to the old node until its ARP entry expires. On a node it does not touch what the node answers.',
    confirm: '`ip neigh show VIP` on this host keeps the old MAC after a failover.',
    falseAlarms: 'Deliberate hardening against ARP spoofing. It explains only what this very host sees.',
    references: ['Documentation/networking/ip-sysctl.rst drop_gratuitous_arp'],
  },
  *checkHost({ sysctls, links }, host) {
    for (const { name } of segmentInterfaces(links)) {
      const on = effective(sysctls, 'drop_gratuitous_arp', name)
      if (on?.value !== 1) continue
      yield {
        subject: interfaceSubject(host, name),
        ...certain('the setting was read on the host'),
        data: { node: host.name, interface: name, scopes: raisingScopes(on) },
        evidence: [sysctlEvidence(host, on)],
      }
    }
  },
  message: ({ node, interface: name }) =>
    `${node} drops gratuitous ARP on ${name}: it notices a moved VIP only when its ARP entry expires`,
  fixes: ({ node, interface: name, scopes }) => [
    sysctlFix({
      node,
      scopes,
      name: 'drop_gratuitous_arp',
      value: 0,
      summary: `Accept gratuitous ARP on ${name} of ${node}`,
    }),
  ],
})
