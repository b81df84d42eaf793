import { effective } from '../../node/effective.js'
import { likely } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { segmentInterfaces, sysctlEvidence, sysctlFix } from '../host-parts.js'
import { interfaceSubject } from '../subject.js'

export const arpAnnounce = defineHostRule({
  id: 'sysctl/arp-announce',
  title: 'A node may ask the segment in the name of a VIP it does not announce',
  severity: 'warning',
  sections: ['sysctls', 'links', 'addresses'],
  family: 4,
  explains: ['wire/conflicting-claims', 'wire/flip-flop'],
  docs: {
    what: 'Under IPVS every node holds every VIP on kube-ipvs0. With arp_announce 0 the kernel may use such an address as the sender of its own ARP requests.',
    why: 'Every host that hears the request updates its ARP entry for the VIP to this node: a claim that nobody meant.',
    confirm: '`tcpdump -n -e arp` on the segment shows requests of this node with the VIP as "tell" address.',
    falseAlarms: 'Without addresses on kube-ipvs0 the value does not matter and is not judged.',
    references: [
      'Documentation/networking/ip-sysctl.rst arp_announce',
      'kubernetes/kubernetes pkg/proxy/ipvs (strictARP sets 2)',
    ],
  },
  *checkHost({ sysctls, links, addresses }, host) {
    const ipvs = links.find(({ role }) => role === 'ipvs')
    if (!ipvs || !addresses.some((held) => held.interface === ipvs.name && held.family === 4)) return
    for (const { name } of segmentInterfaces(links)) {
      const value = effective(sysctls, 'arp_announce', name)
      if (value?.value !== 0) continue
      yield {
        subject: interfaceSubject(host, name),
        ...likely('the setting was read on the host, but no request with such a sender was seen'),
        data: { node: host.name, interface: name },
        evidence: [sysctlEvidence(host, value)],
      }
    }
  },
  message: ({ node, interface: name }) =>
    `${node} may use VIPs of kube-ipvs0 as its own address in ARP requests on ${name} (arp_announce is 0)`,
  fixes: ({ node }) => [
    sysctlFix({
      node,
      scopes: ['all'],
      name: 'arp_announce',
      value: 2,
      summary: `Ask only with addresses of the outgoing interface on ${node} (kube-proxy's strictARP sets this on every node)`,
    }),
  ],
})
