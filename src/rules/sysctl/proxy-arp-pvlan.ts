import { effective } from '../../node/effective.js'
import { defineHostRule } from '../define-host-rule.js'
import { interfaceSubject, raisingScopes, sysctlEvidence, sysctlFix } from '../host-parts.js'

export const proxyArpPvlan = defineHostRule({
  id: 'sysctl/proxy-arp-pvlan',
  title: 'A node answers ARP for every address of its own segment',
  severity: 'error',
  sections: ['sysctls', 'links'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/proxy-responder',
    'wire/unexpected-responder',
  ],
  docs: {
    what: 'proxy_arp_pvlan is on: the kernel answers requests for addresses that it reaches through the very interface on which the request came, other machines and VIPs included.',
    why: "Every request on the segment gets a second answer from this node, first the owner's, then the node's, or the other way round.",
    confirm:
      "Ask for the address of any other host: `arping -b -I IFACE -c 3 OTHER_HOST` shows this node's MAC beside the owner's.",
    falseAlarms:
      'Private VLANs (RFC 3069), where the switch keeps the hosts apart and the router answers for all: then it belongs to the router alone.',
    references: ['RFC 3069', 'net/ipv4/arp.c arp_fwd_pvlan', 'Documentation/networking/ip-sysctl.rst proxy_arp_pvlan'],
  },
  *checkHost({ sysctls, links }, host) {
    for (const { name } of links.filter(({ facesSegment }) => facesSegment)) {
      const on = effective(sysctls, 'proxy_arp_pvlan', name)
      if (on?.value !== 1) continue
      const forwarding = effective(sysctls, 'forwarding', name)
      yield {
        subject: interfaceSubject(host, name),
        severity: forwarding?.value === 0 ? 'warning' : 'error',
        data: { node: host.name, interface: name, scopes: raisingScopes(on), forwarding: forwarding?.value !== 0 },
        evidence: [sysctlEvidence(host, on), ...(forwarding ? [sysctlEvidence(host, forwarding)] : [])],
      }
    }
  },
  message: ({ node, interface: name, forwarding }) =>
    forwarding
      ? `${node} answers on ${name} for every address of the segment (proxy_arp_pvlan)`
      : `${node} has proxy_arp_pvlan on ${name}; it answers as soon as forwarding is on there`,
  fixes: ({ node, interface: name, scopes }) => [
    sysctlFix({
      node,
      scopes,
      name: 'proxy_arp_pvlan',
      value: 0,
      was: 1,
      summary: `Turn proxy_arp_pvlan off on ${name} of ${node}`,
      sideEffects: [
        'Hosts that a private VLAN keeps apart reach each other only through a router that answers for them.',
      ],
    }),
  ],
})
