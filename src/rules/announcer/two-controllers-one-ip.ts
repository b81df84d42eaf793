import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { peopleOf } from '../../cluster/announcers/people.js'
import { groupBy } from '../../cluster/group-by.js'
import { addressesOf } from '../../cluster/node-addresses.js'
import { certain, likely } from '../certainty.js'
import { objectStep, objectUndo } from '../changes/object-fix.js'
import { objectEvidence } from '../cluster-parts.js'
import type { Evidence, Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ignoredByKubeVip } from '../kube-vip/ignored.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface TwoControllers {
  readonly ip: string
  readonly service: string | null
  readonly announcers: readonly { readonly name: string; readonly node: string | null }[]
}

interface Named {
  readonly name: string
  readonly answer: VipAnswer
}

export const twoControllersOneIp = defineClusterRule({
  id: 'announcer/two-controllers-one-ip',
  title: 'Two announcers claim the same address',
  severity: 'error',
  kinds: ['nodes'],
  needs: ['announcers'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/unexpected-responder',
    'storm/gratuitous',
  ],
  docs: {
    what: 'Two programs, say MetalLB and kube-vip, both serve the Service of an address: each takes every LoadBalancer Service that has no loadBalancerClass.',
    why: 'Each chooses a node by its own rule, so mostly two different nodes answer for the address. Kernel settings cannot fix that.',
    confirm:
      '`arping -b -I IFACE -c 5 VIP` shows two MACs; with kube-vip one of the nodes has the address in `ip address`.',
    falseAlarms: 'Where both happen to choose the same node nothing is wrong on the wire until one of them moves.',
    references: [
      'metallb/metallb#2641',
      'metallb/metallb#2396',
      'metallb/metallb#2177',
      'https://metallb.io/installation/',
      'https://kube-vip.io/docs/usage/kubernetes-services/',
    ],
  },
  *checkCluster({ nodes }, { announcers }) {
    const named = announcers.flatMap(({ name, answers }) => answers.map((answer): Named => ({ name, answer })))
    const nodeIps = new Set(nodes.flatMap(addressesOf))
    for (const [ip, own] of groupBy(named, ({ answer }) => answer.ip)) {
      const byName = groupBy(own, ({ name }) => name)
      // kube-vip on addresses that servicelb gave is a fault of its own: kube-vip/adopts-node-ips.
      if (
        byName.size < 2 ||
        (nodeIps.has(ip) && announcers.some(({ name, traits }) => traits.publishesNodes && byName.has(name)))
      )
        continue
      const told = [...byName].map(([name, answers]) => ({ name, node: nodeOf(answers) }))
      const elected = told.flatMap(({ node }) => node ?? [])
      yield {
        subject: ipSubject(ip),
        ...(elected.length > 1
          ? certain('the objects of each announcer name a node for the address')
          : likely('the objects of both announcers cover the address, but not both name a node')),
        severity: elected.length > 1 && new Set(elected).size === 1 ? 'warning' : 'error',
        data: { ip, service: own[0]?.answer.service ?? null, announcers: told },
        evidence: own.flatMap(evidenceOf),
      }
    }
  },
  message: ({ ip, service, announcers }: TwoControllers) =>
    `${announcers.map(({ name, node }) => (node ? `${name} (on ${node})` : name)).join(' and ')} both announce ${ip}${service ? ` of ${service}` : ''}`,
  fixes: (data) => fixesFor(data),
})

function nodeOf(answers: readonly Named[]): string | null {
  return answers[0]?.answer.expected[0]?.node ?? null
}

function evidenceOf({ name, answer: { service, expected, ip } }: Named): Evidence[] {
  const owner = objectEvidence(service ? `Service/${service}` : name, `served by ${name}`, ip)
  return [
    owner,
    ...expected.slice(0, 1).map(({ detail, node, from }) => objectEvidence(detail, `${name} ${from}`, node)),
  ]
}

function fixesFor({ ip, service, announcers }: TwoControllers): Fix[] {
  const names = announcers.map(({ name }) => name)
  const rest = { risk: 'disruptive', where: 'cluster', verify: sh`l2doctor scan --vip ${ip}` } as const
  const classes: Fix = {
    ...rest,
    summary: `Leave each Service to one of ${names.join(' and ')}, by loadBalancerClass`,
    steps: names.map((name) => ({
      kind: 'persistent' as const,
      text: peopleOf(name).classes,
    })),
    sideEffects: [
      'loadBalancerClass can only be set when a Service is created: existing ones have to be created again.',
    ],
    undo: 'Take the classes off again.',
  }
  if (!names.includes('kube-vip') || !service) return [classes]
  const ignore: Fix = {
    ...rest,
    summary: `Let kube-vip ignore ${service}`,
    steps: [objectStep(ignoredByKubeVip(service), 'kube-vip lets go of the address')],
    sideEffects: ["The address may stay on kube-vip's node until its pod restarts."],
    undo: objectUndo([ignoredByKubeVip(service)]),
  }
  return [ignore, classes]
}
