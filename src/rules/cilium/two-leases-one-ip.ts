import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { groupBy } from '../../cluster/group-by.js'
import { certain } from '../certainty.js'
import { answersOf, inNamespace, objectEvidence } from '../cluster-parts.js'
import { defineRule } from '../define.js'
import { each, sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface Holding {
  readonly lease: string
  readonly holder: string
  readonly service: string
}

interface TwoLeases {
  readonly ip: string
  readonly holdings: readonly Holding[]
}

export const twoLeasesOneIp = defineRule({
  id: 'cilium/two-leases-one-ip',
  title: 'Cilium Services share an address, and different nodes hold their leases',
  severity: 'error',
  needs: ['announcers'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop', 'wire/unexpected-responder'],
  docs: {
    what: 'Several Services have the same address (lbipam.cilium.io/sharing-key). Cilium elects a node for each Service by a lease of its own, and the leases are held by different nodes now.',
    why: 'Each holder answers for the address. A client ends on either of them, and changes when its neighbour entry is renewed.',
    confirm:
      '`kubectl -n kube-system get leases | grep cilium-l2announce`: compare the holders of the Services with that address.',
    falseAlarms:
      'While one node holds all of the leases one machine answers, and nothing is reported; the next failover may part them.',
    references: ['cilium/cilium#48419', 'https://docs.cilium.io/en/stable/network/l2-announcements/'],
  },
  *check({ announcers }) {
    for (const [ip, answers] of groupBy(answersOf(announcers, 'cilium'), ({ ip }) => ip)) {
      const holdings = holdingsOf(answers)
      if (new Set(holdings.map(({ holder }) => holder)).size < 2) continue
      yield {
        subject: ipSubject(ip),
        ...certain('the leases were read, and they name different nodes'),
        data: { ip, holdings },
        evidence: holdings.map(({ lease, holder }) => objectEvidence(lease, '.spec.holderIdentity', holder)),
      }
    }
  },
  message: ({ ip, holdings }: TwoLeases) =>
    `${ip} belongs to ${holdings.length} Services with a lease each, and different nodes hold them: ${holdings.map(({ service, lease, holder }) => `${service} by ${holder} (${lease})`).join(', ')}`,
  fixes: ({ ip, holdings }) => [
    {
      summary: `Give all but one of the Services an address of their own, or join them in one Service, so that one lease decides over ${ip}`,
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'See which ports each of them has: one Service with all the ports needs one lease only',
          run: each(holdings.map(({ service }) => sh`kubectl get service ${inNamespace(service)} -o wide`)),
        },
        {
          kind: 'persistent',
          text: 'End the sharing instead: each Service then gets an address of its own',
          run: each(
            holdings
              .slice(1)
              .map(({ service }) => sh`kubectl annotate service ${inNamespace(service)} lbipam.cilium.io/sharing-key-`),
          ),
        },
      ],
      sideEffects: ['A Service that stops sharing gets another address: DNS and clients must follow.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Set the annotation lbipam.cilium.io/sharing-key to its former value.',
    },
  ],
})

function holdingsOf(answers: readonly VipAnswer[]): Holding[] {
  const held = answers.flatMap(({ service, expected }) =>
    expected.flatMap(({ from, detail, node }) =>
      from === 'lease' && service !== null ? [{ lease: detail, holder: node, service }] : [],
    ),
  )
  return [...groupBy(held, ({ lease }) => lease).values()].flatMap(([first]) => first ?? [])
}
