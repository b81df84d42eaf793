import type { ExpectedNode, VipAnswer } from '../../cluster/announcers/announcer.js'
import type { Host } from '../../node/model.js'
import { answersOf, ipSubject, objectEvidence } from '../cluster-parts.js'
import { defineRule, type Evidence } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'

interface StaleVip {
  readonly ip: string
  readonly holder: string
  readonly lease: string
  readonly stale: readonly BoundAddress[]
}

interface BoundAddress {
  readonly node: string
  readonly interface: string
  readonly prefix: number
}

export const staleVip = defineRule({
  id: 'kube-vip/stale-vip',
  title: 'A node that does not hold the lease still has the VIP',
  severity: 'error',
  needs: ['announcers', 'hosts'],
  explains: [
    'vip/bound-on-host',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'wire/flip-flop',
  ],
  docs: {
    what: "kube-vip's lease names one node as the leader of the address, and another node still has the address on an interface.",
    why: 'The kernel of every node that has the address answers ARP for it: two machines answer, the old one without the Service behind it or with a stale one.',
    confirm:
      '`ip -brief address show to VIP/32` on every node beside `kubectl get leases -A | grep -E "plndr|kubevip"`.',
    falseAlarms:
      'For a moment during a failover, and by design with vip_preserve_on_leadership_loss, two nodes have the address.',
    references: [
      'kube-vip/kube-vip#277',
      'kube-vip/kube-vip#391',
      'kube-vip/kube-vip#588',
      'kube-vip/kube-vip#788',
      'kube-vip/kube-vip#996',
      'kube-vip/kube-vip#1005',
      'kube-vip/kube-vip#1318',
    ],
  },
  *check({ announcers, hosts }) {
    for (const answer of answersOf(announcers, 'kube-vip')) {
      const lease = leaseHolder(answer)
      if (!lease) continue
      const stale = hosts.flatMap((host) => (host.name === lease.node ? [] : boundOn(host, answer.ip)))
      if (stale.length === 0) continue
      yield {
        subject: ipSubject(answer.ip),
        data: { ip: answer.ip, holder: lease.node, lease: lease.detail, stale },
        evidence: [
          objectEvidence(lease.detail, '.spec.holderIdentity', lease.node),
          ...stale.map((bound) => boundEvidence(bound, answer.ip)),
        ],
      }
    }
  },
  message: ({ ip, holder, stale }: StaleVip) =>
    `${holder} holds the lease of ${ip}, but ${stale.map(({ node, interface: name }) => `${node} (${name})`).join(' and ')} still has the address`,
  fixes: ({ ip, stale }) =>
    stale.map(({ node, interface: name, prefix }) => ({
      summary: `Take ${ip} off ${node} and restart its kube-vip`,
      risk: 'none' as const,
      where: 'node' as const,
      node,
      steps: [
        { kind: 'runtime' as const, text: 'Remove the address', run: sh`ip address del ${ip}/${prefix} dev ${name}` },
        {
          kind: 'runtime' as const,
          text: `Restart kube-vip on ${node} (a static pod: crictl stop its container)`,
          run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep kube-vip`,
        },
        {
          kind: 'persistent' as const,
          text: 'Against its return: upgrade kube-vip, and give the lease time (vip_leaseduration=15, vip_renewdeadline=10, vip_retryperiod=2)',
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: sh`ip address add ${ip}/${prefix} dev ${name}`,
    })),
})

function leaseHolder({ expected }: VipAnswer): ExpectedNode | undefined {
  return expected.find(({ from }) => from === 'lease')
}

/** Where a host has the address; kube-ipvs0 and its kind carry every VIP by design. */
function boundOn({ name, sections: { addresses, links } }: Host, ip: string): readonly BoundAddress[] {
  if (!addresses.known) return []
  const ipvs = new Set(links.known ? links.value.flatMap((link) => (link.role === 'ipvs' ? [link.name] : [])) : [])
  return addresses.value.flatMap((held) =>
    held.ip === ip && !ipvs.has(held.interface) ? [{ node: name, interface: held.interface, prefix: held.prefix }] : [],
  )
}

function boundEvidence({ node, interface: name, prefix }: BoundAddress, ip: string): Evidence {
  return commandEvidence(
    { name: node, address: node },
    sh`ip -brief address show to ${ip}/32`,
    `${name} ${ip}/${prefix}`,
  )
}
