import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { endpointNodes } from '../../cluster/announcers/endpoints.js'
import { REASON } from '../../cluster/announcers/metallb/election.js'
import { keyName } from '../../cluster/key.js'
import type { ClusterNode } from '../../cluster/model.js'
import type { Labels } from '../../cluster/model-common.js'
import { certain } from '../certainty.js'
import { answersOf, lacksCandidate, objectEvidence } from '../cluster-parts.js'
import { useClusterPolicy } from '../cluster-policy.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { awaitPods } from './endpoint-steps.js'
import { theInstall } from './installs.js'
import { describeTaints, type SpeakerTaints, speakerTaints, taintEvidence, tolerate } from './speaker-taints.js'

interface NoLocalEndpoint {
  readonly ip: string
  readonly service: string
  /** Nodes that have an endpoint, with the reason why they still may not announce. */
  readonly barred: readonly { readonly node: string; readonly because: readonly string[] }[]
  /** Why no speaker runs beside the endpoints, where taints are the reason. */
  readonly taints: SpeakerTaints | null
  readonly selector: Labels
}

export const etpLocalNoEndpoint = defineClusterRule({
  id: 'metallb/etp-local-no-endpoint',
  title: 'externalTrafficPolicy Local, and no node that may announce has an endpoint',
  severity: 'error',
  kinds: ['workloads', 'nodes', 'services', 'endpointSlices'],
  needs: ['announcers'],
  explains: ['wire/no-answer', 'metallb/no-candidate-node'],
  docs: {
    what: 'The Service has externalTrafficPolicy Local, so only nodes with a ready endpoint of it may announce; either there is no endpoint at all, or its nodes are ruled out otherwise (label, condition, node selectors, no speaker).',
    why: 'Nobody answers for the address until a pod becomes ready on a node that may announce.',
    confirm: '`kubectl get endpointslices -l kubernetes.io/service-name=NAME -o wide` and the reasons in the finding.',
    falseAlarms:
      'A Service that is scaled to zero on purpose. The policy only narrows the candidates: it is never a reason for two nodes to answer.',
    references: ['https://metallb.io/usage/#layer2', 'metallb/metallb speaker/layer2_controller.go nodesWithEndpoint'],
  },
  *checkCluster({ workloads, nodes, services, endpointSlices }, { announcers }) {
    const install = theInstall(workloads)
    if (!install) return
    const local = new Map(
      services.flatMap((one) => (one.externalTrafficPolicy === 'Local' ? [[one.key, one] as const] : [])),
    )
    const endpoints = endpointNodes(endpointSlices)
    for (const answer of answersOf(announcers, 'metallb')) {
      const { ip, service } = answer
      const own = local.get(service ?? '')
      if (!service || !own || !lacksCandidate(answer) || !lacksEndpoint(answer)) continue
      const serving = endpoints.get(service) ?? new Set()
      const barred = answer.candidates.flatMap(({ node, because }) => (serving.has(node) ? [{ node, because }] : []))
      const taints = speakerTaints(install, withoutSpeaker(barred, nodes))
      yield {
        subject: ipSubject(ip),
        ...certain('the Service and its EndpointSlices were read, and each node was held against them'),
        data: { ip, service, barred, taints, selector: own.selector },
        evidence: [
          objectEvidence(`Service/${service}`, '.spec.externalTrafficPolicy', 'Local'),
          objectEvidence(
            `EndpointSlices of ${service}`,
            '.endpoints[].nodeName (ready)',
            [...serving].join(', ') || 'none',
          ),
          ...(taints ? taintEvidence(taints, nodes) : []),
        ],
      }
    }
  },
  message: ({ ip, service, barred, taints }: NoLocalEndpoint) =>
    `${service} (${ip}) has externalTrafficPolicy Local but ${barred.length === 0 ? 'no ready endpoint on any node' : `its endpoints are on nodes that may not announce: ${barred.map(({ node, because }) => `${node} (${because.join('; ')})`).join(', ')}`}${taints ? `; ${describeTaints(taints)}` : ''}`,
  fixes: (data) => fixesFor(data),
})

/** Without any endpoint another policy would not help: then only its pods can. */
function fixesFor({ ip, service, barred, taints, selector }: NoLocalEndpoint): readonly Fix[] {
  if (barred.length === 0) return [awaitPods(ip, service, selector)]
  return [
    ...(taints ? [tolerate(ip, taints)] : [moveAPod(ip, service)]),
    useClusterPolicy({ ip, service, text: 'Every candidate may then announce' }),
  ]
}

function moveAPod(ip: string, service: string): Fix {
  return {
    summary: 'Run a ready pod on a node that may announce',
    risk: 'none',
    where: 'cluster',
    steps: [
      {
        kind: 'look',
        text: 'As a DaemonSet, or with node affinity to the announcing nodes',
        run: sh`kubectl get pods -n ${keyName(service).namespace} -o wide`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Restore the former placement.',
  }
}

function withoutSpeaker(barred: NoLocalEndpoint['barred'], nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const silent = new Set(barred.flatMap(({ node, because }) => (because.includes(REASON.speaker) ? [node] : [])))
  return nodes.filter(({ name }) => silent.has(name))
}

/** Nodes ruled out by nothing but their missing endpoint exist, so that an endpoint there would do. */
function lacksEndpoint({ candidates }: VipAnswer): boolean {
  return candidates.some(
    ({ because }) => because.length === 1 && (because[0] === REASON.endpoint || because[0] === REASON.noEndpoints),
  )
}
