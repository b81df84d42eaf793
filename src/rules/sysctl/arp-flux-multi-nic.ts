import ipaddr from 'ipaddr.js'
import { effective } from '../../node/effective.js'
import type { InterfaceAddress, Link } from '../../node/model.js'
import { defineHostRule } from '../define-host-rule.js'
import {
  commandEvidence,
  globalAddresses,
  nodeSubject,
  segmentInterfaces,
  sysctlEvidence,
  sysctlFix,
} from '../host-parts.js'
import { sh } from '../shell.js'

export const arpFluxMultiNic = defineHostRule({
  id: 'sysctl/arp-flux-multi-nic',
  title: 'Two interfaces of one node in the same network both answer',
  severity: 'warning',
  sections: ['sysctls', 'links', 'addresses'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  docs: {
    what: 'The node has two interfaces with addresses of one network, and neither arp_ignore nor arp_filter keeps the kernel from answering on both for each of them ("ARP flux").',
    why: 'One address, two MACs of one machine: clients and switches alternate between the two, and a reply path may be missing on one.',
    confirm: '`arping -b -I IFACE -c 3 ADDRESS` from another host shows two MACs, and both belong to this node.',
    falseAlarms:
      'If the two networks only look alike but are separate segments (different VLANs), nothing answers twice. MetalLB and Cilium answer on every interface by design, whatever these values are.',
    references: [
      'Documentation/networking/ip-sysctl.rst arp_filter and arp_ignore',
      'metallb/metallb#531',
      'metallb/metallb#277',
    ],
  },
  *checkHost({ sysctls, links, addresses }, host) {
    for (const { network, names } of sharedNetworks(links, addresses)) {
      const values = names.flatMap((name) => effective(sysctls, 'arp_ignore', name) ?? [])
      const filters = names.flatMap((name) => effective(sysctls, 'arp_filter', name) ?? [])
      if (values.some(({ value }) => value > 0) || filters.some(({ value }) => value > 0)) continue
      yield {
        subject: nodeSubject(host),
        data: { node: host.name, network, interfaces: names },
        evidence: [
          commandEvidence(
            host,
            sh`ip -brief address`,
            names
              .flatMap((name) => globalAddresses(addresses, name).map((held) => `${name} ${held.ip}/${held.prefix}`))
              .join('\n'),
          ),
          ...values.map((value) => sysctlEvidence(host, value)),
        ],
      }
    }
  },
  message: ({ node, network, interfaces }) =>
    `${node} answers on ${interfaces.join(' and ')} alike for its addresses in ${network}`,
  fixes: ({ node, interfaces }) => [
    sysctlFix({
      node,
      scopes: interfaces,
      name: 'arp_ignore',
      value: 1,
      was: 0,
      summary: `Answer only on the interface that holds the address (${node})`,
      sideEffects: ['Addresses on lo or another interface are no longer answered for.'],
    }),
    {
      summary:
        'Or bond the two interfaces, or take one out of the network; with MetalLB, name one in L2Advertisement.spec.interfaces',
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        { kind: 'manual', text: 'One interface per network and node is the arrangement every announcer expects' },
      ],
      verify: 'l2doctor scan --vip VIP',
      undo: 'Restore the former network configuration.',
    },
  ],
})

function sharedNetworks(links: readonly Link[], addresses: readonly InterfaceAddress[]) {
  const byNetwork = new Map<string, Set<string>>()
  for (const { name } of segmentInterfaces(links)) {
    for (const { ip, prefix } of globalAddresses(addresses, name)) {
      if (prefix >= 31) continue
      const network = `${ipaddr.IPv4.networkAddressFromCIDR(`${ip}/${prefix}`)}/${prefix}`
      byNetwork.set(network, (byNetwork.get(network) ?? new Set()).add(name))
    }
  }
  return [...byNetwork]
    .filter(([, names]) => names.size > 1)
    .map(([network, names]) => ({ network, names: [...names].sort() }))
}
