import type { Candidate, VipAnswer } from '../../cluster/announcers/announcer.js'
import { EXCLUDE_LABEL, REASON } from '../../cluster/announcers/metallb/election.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterNode } from '../../cluster/model.js'
import type { Labels } from '../../cluster/model-common.js'
import { valueOr } from '../../known.js'
import { likely } from '../certainty.js'
import { answersOf, inNamespace, lacksCandidate, listed, objectEvidence } from '../cluster-parts.js'
import { defineRule, type Fix, type FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { awaitPods, lookAtPods } from './endpoint-steps.js'
import { theInstall } from './installs.js'
import { type SpeakerTaints, speakerTaints, tolerate } from './speaker-taints.js'

interface NoCandidate {
  readonly ip: string
  readonly service: string
  /** Reason → the nodes it excludes; a node can stand under several. */
  readonly reasons: readonly { readonly reason: string; readonly nodes: readonly string[] }[]
  /** Of the Service; empty when it was not read. */
  readonly selector: Labels
  /** Why speakers are missing, where taints are the reason. */
  readonly taints: SpeakerTaints | null
}

/** So many nodes are shown as evidence. */
const SHOWN_NODES = 5

export const noCandidateNode = defineRule({
  id: 'metallb/no-candidate-node',
  title: 'MetalLB has no node that may announce the address',
  severity: 'error',
  needs: ['announcers', 'cluster'],
  explains: ['wire/no-answer', 'wire/nobody-in-charge'],
  docs: {
    what: "Every node is ruled out of MetalLB's election for the address: by the exclude label, the NetworkUnavailable condition, the node selectors of the L2Advertisements, a missing speaker, or the endpoints of the Service. The finding lists the reason for each node.",
    why: 'No speaker answers for the address: it is dead from outside the cluster while the Service looks healthy inside. MetalLB says so only in debug logs ("no available nodes").',
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
  *check({ announcers, cluster }) {
    const selectors = new Map(valueOr(cluster.services, []).map(({ key, selector }) => [key, selector]))
    const install = theInstall(valueOr(cluster.workloads, []))
    const nodes = valueOr(cluster.nodes, [])
    for (const answer of answersOf(announcers, 'metallb')) {
      const { ip, service } = answer
      if (service === null || !lacksCandidate(answer)) continue
      const { candidates } = answer
      yield {
        subject: ipSubject(ip),
        ...likely('each node was held against the objects that were read; the rules depend on the version of MetalLB'),
        severity: isIdle(answer) ? 'warning' : 'error',
        data: {
          ip,
          service,
          reasons: reasonsOf(candidates),
          selector: selectors.get(service) ?? {},
          taints: install && speakerTaints(install, withoutSpeaker(candidates, nodes)),
        },
        evidence: candidates
          .slice(0, SHOWN_NODES)
          .map(({ node, because }) => objectEvidence(`Node/${node}`, 'candidate', `no: ${because.join('; ')}`)),
      }
    }
  },
  message: ({ ip, service, reasons }) =>
    `no node may announce ${ip} of ${service}: ${reasons.map(({ reason, nodes }) => `${reason} (${listed(nodes, 3)})`).join('; ')}`,
  fixes: (data: NoCandidate) => fixesFor(data),
})

/** What bars every node comes first: endpoints, then speakers; only then the nodes themselves. */
function fixesFor({ ip, service, reasons, selector, taints }: NoCandidate): readonly Fix[] {
  const all = reasons.map(({ reason }) => reason)
  if (all.includes(REASON.noEndpoints)) return [awaitPods(ip, service, selector)]
  return [...(taints ? [tolerate(ip, taints)] : []), admitNode(ip, service, selector, all)]
}

function admitNode(ip: string, service: string, selector: Labels, reasons: readonly string[]): Fix {
  return {
    summary: `Make at least one node a candidate for ${ip}`,
    risk: 'none',
    where: 'cluster',
    steps: reasons.flatMap((reason) => stepsFor(reason, service, selector)),
    verify: sh`kubectl describe service ${inNamespace(service)} | grep nodeAssigned`,
    undo: ONLY_LOOKS,
  }
}

/** Where to look for the reason that bars nodes; nothing for what another finding tells. */
function stepsFor(reason: string, service: string, selector: Labels): readonly FixStep[] {
  switch (reason) {
    case REASON.speaker:
      return [
        {
          kind: 'look',
          text: 'See where speakers run and which of them are not ready',
          run: sh`kubectl get pods -A -o wide | grep speaker`,
        },
      ]
    case REASON.label:
      return [{ kind: 'look', text: 'See the nodes with the label', run: sh`kubectl get nodes -l ${EXCLUDE_LABEL}` }]
    case REASON.network:
      return [
        {
          kind: 'look',
          text: 'See which nodes have the condition NetworkUnavailable: the CNI has not cleared it',
          run: sh`kubectl describe nodes | grep -E "^Name:|NetworkUnavailable"`,
        },
      ]
    case REASON.advertisement:
      return [
        {
          kind: 'look',
          text: 'Compare the node selectors of the L2Advertisements with the labels of the nodes',
          run: sh`kubectl get l2advertisements.metallb.io -A -o yaml; kubectl get nodes --show-labels`,
        },
      ]
    case REASON.endpoint:
      return lookAtPods(service, selector)
    default:
      return []
  }
}

function withoutSpeaker(candidates: readonly Candidate[], nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const silent = new Set(candidates.flatMap(({ node, because }) => (because.includes(REASON.speaker) ? [node] : [])))
  return nodes.filter(({ name }) => silent.has(name))
}

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
