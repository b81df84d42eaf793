import { isNetworkUnavailable } from '../../cluster/announcers/metallb/candidates.js'
import { REASON } from '../../cluster/announcers/metallb/election.js'
import { certain } from '../certainty.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'

interface Unavailable {
  readonly node: string
  readonly reason: string
  /** MetalLB addresses for which no node is left. */
  readonly dead: readonly string[]
}

export const networkUnavailable = defineClusterRule({
  id: 'node/network-unavailable',
  title: 'A node has the condition NetworkUnavailable',
  severity: 'warning',
  kinds: ['nodes'],
  needs: ['announcers'],
  explains: ['wire/no-answer', 'wire/flip-flop', 'metallb/no-candidate-node'],
  docs: {
    what: "The condition NetworkUnavailable of a node is True: its CNI, or the cloud's route controller, has not cleared it.",
    why: 'MetalLB leaves the node out of its elections: its addresses move to others, or fall silent when no other is left.',
    confirm: "`kubectl describe node NAME` shows reason and message; look at the CNI's pod on that node.",
    falseAlarms: 'A node that is just joining has it for a moment.',
    references: [
      'metallb/metallb speaker/layer2_controller.go',
      'https://kubernetes.io/docs/reference/node/node-status/#condition',
    ],
  },
  *checkCluster({ nodes }, { announcers }) {
    const unavailable = nodes.filter(isNetworkUnavailable)
    if (unavailable.length === 0) return
    const dead = answersOf(announcers, 'metallb').filter(
      ({ candidates }) =>
        !candidates.some(({ eligible }) => eligible) &&
        candidates.some(({ because }) => because.includes(REASON.network)),
    )
    for (const node of unavailable) {
      const condition = node.conditions.find(({ type }) => type === 'NetworkUnavailable')
      const reason = [condition?.reason, condition?.message].filter(Boolean).join(': ')
      yield {
        subject: nodeSubject(node),
        ...certain('the condition of the Node object says it'),
        severity: dead.length > 0 ? 'error' : 'warning',
        data: { node: node.name, reason, dead: dead.map(({ ip }) => ip) },
        evidence: [objectEvidence(`Node/${node.name}`, '.status.conditions[NetworkUnavailable]', `True (${reason})`)],
      }
    }
  },
  message: ({ node, reason, dead }: Unavailable) =>
    `${node} has NetworkUnavailable (${reason})${dead.length > 0 ? `; no candidate is left for ${listed(dead)}` : ''}`,
  fixes: ({ node }) => [
    {
      summary: `Repair the CNI on ${node}`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        { kind: 'look', text: 'Read reason and time of the condition', run: sh`kubectl describe node ${node}` },
        {
          kind: 'look',
          text: 'Look at the pod of the CNI there and delete it, so that it starts again and clears the condition',
          run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`,
        },
      ],
      sideEffects: ['Pods on the node may lose their network for a moment.'],
      verify: sh`kubectl get node ${node} -o jsonpath='{.status.conditions[?(@.type=="NetworkUnavailable")].status}'`,
      undo: 'No changes to undo: a restart keeps the configuration.',
    },
  ],
})
