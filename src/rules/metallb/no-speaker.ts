import { holdsAddress, parseAddressRange } from '../../cluster/address-range.js'
import { possible } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { theInstall } from './installs.js'
import { oneAnswers } from './split-evidence.js'

interface NoSpeaker {
  readonly pool: string
  /** Addresses of the pool that Services have, no announcer counts its own, and nobody was seen to answer for. */
  readonly vips: readonly string[]
}

export const noSpeaker = defineClusterRule({
  id: 'metallb/no-speaker',
  title: 'Services have addresses of a MetalLB pool, but no speaker was found',
  severity: 'warning',
  kinds: ['workloads', 'ipAddressPools', 'services'],
  needs: ['expected'],
  optional: ['wire'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'An IPAddressPool holds addresses that Services still have, no DaemonSet is a MetalLB speaker, no other announcer that l2doctor knows counts the addresses its own, and no machine was seen to answer for them.',
    why: 'Pools and the addresses in the status of Services outlive an uninstalled MetalLB: everything looks assigned, and no node answers for it.',
    confirm: '`kubectl get daemonsets -A | grep -i -e speaker -e metallb`: no line means that no speaker runs.',
    falseAlarms:
      'A speaker whose image has another name than `…metallb…` is not recognised, nor is an announcer that l2doctor does not know. Services of a former load balancer class keep their addresses as well.',
    references: ['https://metallb.io/installation/', 'metallb/metallb#2676'],
  },
  *checkCluster({ workloads, ipAddressPools, services }, { expected, wire }) {
    if (theInstall(workloads)) return
    const orphans = services
      .filter(({ type, loadBalancerClass }) => type === 'LoadBalancer' && loadBalancerClass === null)
      .flatMap(({ ingress }) => ingress.flatMap(({ ip }) => ip ?? []))
      .filter((ip) => !expected.get(ip)?.announcers.length && !expected.get(ip)?.byBgp)
      .filter((ip) => !(wire && oneAnswers(wire, ip)))
    for (const pool of ipAddressPools) {
      const ranges = pool.addresses.flatMap((text) => parseAddressRange(text) ?? [])
      const vips = orphans.filter((ip) => holdsAddress(ranges, ip))
      if (vips.length === 0) continue
      yield {
        subject: objectSubject(`IPAddressPool/${pool.key}`),
        ...possible('no workload that was read is a MetalLB speaker; one under another name would not be recognised'),
        data: { pool: pool.name, vips },
        evidence: [objectEvidence(`IPAddressPool/${pool.key}`, '.spec.addresses', pool.addresses.join(', '))],
      }
    }
  },
  message: ({ pool, vips }: NoSpeaker) =>
    `Services have ${listed(vips)} of the MetalLB pool ${pool}, but no MetalLB speaker was found`,
  fixes: ({ vips }) => [
    {
      summary: 'See whether MetalLB is still installed; if not, install it again or move its Services',
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'Every DaemonSet that may be a speaker; no output: MetalLB is not there',
          run: sh`kubectl get daemonsets -A | grep -i -e speaker -e metallb`,
        },
      ],
      verify: sh`l2doctor scan --vip ${vips[0]}`,
      undo: ONLY_LOOKS,
    },
  ],
})
