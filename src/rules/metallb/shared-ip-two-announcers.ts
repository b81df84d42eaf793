import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import { groupBy } from '../../cluster/group-by.js'
import { certain, likely } from '../certainty.js'
import { answersOf, inNamespace, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface SharedIp {
  readonly ip: string
  readonly winners: readonly { readonly service: string; readonly node: string }[]
  /** Up to 0.10.3 the Service's name was hashed, so Services of one address elect apart. */
  readonly byName: boolean
}

export const sharedIpTwoAnnouncers = defineClusterRule({
  id: 'metallb/shared-ip-two-announcers',
  title: 'Services that share an address elect different nodes',
  severity: 'error',
  kinds: ['workloads'],
  needs: ['announcers'],
  explains: ['wire/duplicate-responders', 'wire/flip-flop', 'wire/conflicting-claims'],
  docs: {
    what: "Two or more Services have the same address, and MetalLB's election has a different winner for each of them.",
    why: 'Each winner answers for the shared address: clients see two MACs in turns, and reach whichever answered last.',
    confirm:
      '`arping -b -I IFACE -c 5 VIP` shows two MACs, typically in strict turns; the speakers of both nodes log `serviceAnnounced` for the address.',
    falseAlarms:
      'Up to 0.10.3 this follows from the election itself. In later versions the address is hashed, so winners differ only where the Services have different candidates; that is computed here and has not been reported.',
    references: [
      'metallb/metallb#315',
      'metallb/metallb#558',
      'metallb/metallb#598',
      'metallb/metallb#562',
      'https://metallb.io/usage/#ip-address-sharing',
    ],
  },
  *checkCluster({ workloads }, { announcers }) {
    const install = theInstall(workloads)
    if (!install) return
    const byName = holdsFor(install.version, METALLB.electsByAddress) === false
    for (const [ip, answers] of groupBy(answersOf(announcers, 'metallb'), ({ ip }) => ip)) {
      const winners = answers.flatMap(winnerOf)
      if (new Set(winners.map(({ node }) => node)).size < 2) continue
      yield {
        subject: ipSubject(ip),
        ...(byName
          ? certain('the version elects by the name of the Service')
          : likely('the election was computed, but the candidates may have changed since')),
        data: { ip, winners, byName },
        evidence: winners.flatMap(({ service, node }) => [
          objectEvidence(`Service/${service}`, '.status.loadBalancer.ingress[].ip', ip),
          objectEvidence(`Service/${service}`, 'election', node),
        ]),
      }
    }
  },
  message: ({ ip, winners }) =>
    `${ip} is shared, and its Services elect different nodes: ${winners.map(({ service, node }) => `${node} for ${service}`).join(', ')}`,
  fixes: (data) => (data.byName ? [upgrade(data), separate(data)] : [separate(data)]),
})

function winnerOf({ service, expected }: VipAnswer): SharedIp['winners'] {
  const winner = expected.find(({ from }) => from === 'election')
  return service && winner ? [{ service, node: winner.node }] : []
}

function upgrade({ ip }: SharedIp): Fix {
  return {
    summary:
      'Upgrade MetalLB to 0.11.0 or later: it elects by the address, the same node for all Services that share it',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: 'Upgrade as it was installed; since 0.13 the configuration is custom resources, not a ConfigMap',
      },
    ],
    sideEffects: ['Every VIP is announced again and may move.'],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Install the former version again.',
  }
}

function separate({ ip, winners }: SharedIp): Fix {
  return {
    summary: 'Give each Service an address of its own, or all of them the same candidates (traffic policy, selector)',
    risk: 'disruptive',
    where: 'cluster',
    steps: winners.slice(1).map(({ service }) => ({
      kind: 'persistent' as const,
      text: `Take allow-shared-ip and the fixed address off ${service}`,
      run: sh`kubectl edit service ${inNamespace(service)}`,
    })),
    sideEffects: ['The Services that move get a new address: DNS and clients have to follow.'],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Restore the annotations.',
  }
}
