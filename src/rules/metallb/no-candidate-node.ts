import type { Candidate, VipAnswer } from '../../cluster/announcers/announcer.js'
import { REASON } from '../../cluster/announcers/metallb-election.js'
import { groupBy } from '../../cluster/group-by.js'
import { answersOf, inNamespace, ipSubject, lacksCandidate, listed, objectEvidence } from '../cluster-parts.js'
import { defineRule } from '../define.js'
import { sh } from '../shell.js'

interface NoCandidate {
  readonly ip: string
  readonly service: string
  /** Reason → the nodes it excludes; a node can stand under several. */
  readonly reasons: readonly { readonly reason: string; readonly nodes: readonly string[] }[]
}

/** So many nodes are shown as evidence. */
const SHOWN_NODES = 5

export const noCandidateNode = defineRule({
  id: 'metallb/no-candidate-node',
  title: 'MetalLB has no node that may announce the address',
  severity: 'error',
  needs: ['announcers'],
  explains: ['wire/no-answer'],
  docs: {
    what: "Every node is ruled out of MetalLB's election for the address: by the exclude label, the NetworkUnavailable condition, the node selectors of the L2Advertisements, a missing speaker, or the endpoints of the Service. The finding lists the reason for each node.",
    why: 'No speaker answers ARP for the address: it is dead from outside the cluster while the Service looks healthy inside. MetalLB says so only in debug logs ("no available nodes").',
    confirm:
      '`kubectl describe service NAME` shows no recent `nodeAssigned` event; `kubectl get servicel2statuses.metallb.io -A` has no entry for it; `arping -b -I IFACE VIP` gets no answer.',
    falseAlarms:
      'A Service without ready endpoints is withdrawn by design (reported as a warning). A speaker version that the image does not tell is taken for the newest.',
    references: [
      'metallb/metallb speaker/layer2_controller.go',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#2274',
      'metallb/metallb#2285',
    ],
  },
  *check({ announcers }) {
    for (const answer of answersOf(announcers, 'metallb')) {
      const { ip, service } = answer
      if (service === null || !lacksCandidate(answer)) continue
      const { candidates } = answer
      yield {
        subject: ipSubject(ip),
        severity: isIdle(answer) ? 'warning' : 'error',
        data: { ip, service, reasons: reasonsOf(candidates) },
        evidence: candidates
          .slice(0, SHOWN_NODES)
          .map(({ node, because }) => objectEvidence(`Node/${node}`, 'candidate', `no: ${because.join('; ')}`)),
      }
    }
  },
  message: ({ ip, service, reasons }) =>
    `no node may announce ${ip} of ${service}: ${reasons.map(({ reason, nodes }) => `${reason} (${listed(nodes, 3)})`).join('; ')}`,
  fixes: ({ ip, service }) => [
    {
      summary: `Make at least one node a candidate for ${ip}`,
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'manual',
          text: 'See labels and conditions of the nodes beside the reasons above',
          run: sh`kubectl get nodes --show-labels && kubectl describe nodes | grep -E "^Name:|NetworkUnavailable"`,
        },
        {
          kind: 'manual',
          text: 'See where the Service has ready endpoints',
          run: sh`kubectl get endpointslices -n ${service.split('/')[0]} -l kubernetes.io/service-name=${service.split('/')[1]} -o wide`,
        },
        {
          kind: 'manual',
          text: 'Which L2Advertisements select which nodes',
          run: sh`kubectl get l2advertisements.metallb.io -A -o yaml`,
        },
      ],
      verify: sh`kubectl describe service ${inNamespace(service)} | grep nodeAssigned`,
      undo: 'None needed: the steps only look.',
    },
  ],
})

/** Without any endpoint MetalLB withdraws the address on purpose. */
function isIdle({ candidates }: VipAnswer): boolean {
  return candidates.every(({ because }) => because.length === 1 && because[0] === REASON.noEndpoints)
}

function reasonsOf(candidates: readonly Candidate[]): NoCandidate['reasons'] {
  const pairs = candidates.flatMap(({ node, because }) => because.map((reason) => ({ reason, node })))
  return [...groupBy(pairs, ({ reason }) => reason)].map(([reason, own]) => ({
    reason,
    nodes: own.map(({ node }) => node),
  }))
}
