import type { AddressFacts } from '../../observe/model.js'
import { formatIpv4 } from '../../wire/ipv4.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { defineRule } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, frameEvidence } from '../wire/evidence.js'

interface Foreign {
  readonly ip: string
  readonly macs: readonly string[]
  /** Nodes whose MACs nobody knows: the stranger may be one of them. */
  readonly unnamedNodes: readonly string[]
}

export const foreignResponder = defineRule({
  id: 'vip/foreign-responder',
  title: 'A machine that is no node of the cluster answers for a VIP',
  severity: 'error',
  needs: ['question', 'wire', 'attribution', 'cluster'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/unexpected-responder', 'wire/flip-flop'],
  docs: {
    what: 'A MAC that belongs to no node answered for a VIP: another machine on the segment uses the address, by DHCP, by hand, or as the VIP of another cluster with the same pool.',
    why: 'Two owners of one address: clients end at the stranger now and then. Nothing in the cluster can show it, and nothing in the cluster mends it.',
    confirm:
      'Look the MAC up in the switch and in the leases of the DHCP server; `arp-scan` names its vendor. Is the pool inside the DHCP range?',
    falseAlarms:
      'A node whose MAC is not known yet (then it says "possible"): read the nodes with `--nodes-from` or name them with `--mac`. VRRP and HSRP virtual MACs are not judged. A router that answers for everything is wire/proxy-responder.',
    references: [
      'RFC 5227 section 2.4',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#306',
      'metallb/metallb#519',
    ],
  },
  *check({ question, wire, attribution, cluster }) {
    if (!cluster.nodes.known) {
      yield { unjudged: 'VIPs', because: `${cluster.nodes.gap.subject}: ${cluster.nodes.gap.reason}` }
      return
    }
    const nodes = cluster.nodes.value.map(({ name }) => name)
    const unnamedNodes = nodes.filter((node) => attribution.macsOf(node).length === 0)
    for (const address of wire.addresses.filter(({ ip }) => question.vips.includes(ip))) {
      const strangers = strangersOf(address, (mac) => attribution.ownersOf(mac).length > 0)
      // as many nodes without a known MAC as strangers: most likely they are the same machines
      if (strangers.length <= unnamedNodes.length) continue
      const data: Foreign = {
        ip: formatIpv4(address.ip),
        macs: strangers.map(({ mac }) => formatMac(mac)),
        unnamedNodes,
      }
      yield {
        subject: addressSubject(address),
        certainty: unnamedNodes.length === 0 ? 'certain' : 'possible',
        data,
        evidence: strangers.map(({ mac, firstFrame, firstAt }) =>
          frameEvidence(firstFrame, firstAt, `${data.ip} is at ${formatMac(mac)}, the MAC of no node`),
        ),
      }
    }
  },
  message: ({ ip, macs, unnamedNodes }: Foreign) =>
    `${macs.join(' and ')} ${macs.length === 1 ? 'answers' : 'answer'} for ${ip} and ${macs.length === 1 ? 'is' : 'are'} of no node${unnamedNodes.length > 0 ? ` whose MAC is known (not of ${unnamedNodes.join(', ')})` : ''}`,
  fixes: ({ ip, macs }: Foreign) => [
    {
      summary: `Take ${ip} off the machine with ${macs.join(' and ')}, or out of the pool`,
      risk: 'disruptive',
      where: 'switch',
      steps: [
        {
          kind: 'manual',
          text: `Find the port of ${macs.join(', ')} in the MAC table of the switch, and its name in the DHCP leases`,
        },
        { kind: 'persistent', text: 'Keep the pool out of the DHCP range, and each pool to one cluster' },
        {
          kind: 'persistent',
          text: 'Or give the Service another address of the pool',
          run: sh`kubectl annotate service NAME -n NAMESPACE metallb.io/loadBalancerIPs=ADDRESS`,
        },
      ],
      sideEffects: ['The other machine loses the address it uses now.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Give the address back to the other machine, and another one to the Service.',
    },
  ],
})

function strangersOf({ claims }: AddressFacts, isNamed: (mac: number) => boolean) {
  return claims.filter(({ mac, replies }) => replies > 0 && virtualRouterName(mac) === null && !isNamed(mac))
}
