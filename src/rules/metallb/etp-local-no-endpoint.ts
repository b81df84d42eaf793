import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { endpointNodes } from '../../cluster/announcers/endpoints.js'
import { REASON } from '../../cluster/announcers/metallb-election.js'
import { answersOf, clusterFix, inNamespace, ipSubject, lacksCandidate, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'

interface NoLocalEndpoint {
  readonly ip: string
  readonly service: string
  /** Nodes that have an endpoint, with the reason why they still may not announce. */
  readonly barred: readonly { readonly node: string; readonly because: readonly string[] }[]
}

export const etpLocalNoEndpoint = defineClusterRule({
  id: 'metallb/etp-local-no-endpoint',
  title: 'externalTrafficPolicy Local, and no node that may announce has an endpoint',
  severity: 'error',
  kinds: ['services', 'endpointSlices'],
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
  *checkCluster({ services, endpointSlices }, { announcers }) {
    const local = new Set(services.flatMap((one) => (one.externalTrafficPolicy === 'Local' ? [one.key] : [])))
    const endpoints = endpointNodes(endpointSlices)
    for (const answer of answersOf(announcers, 'metallb')) {
      const { ip, service } = answer
      if (!service || !local.has(service) || !lacksCandidate(answer) || !lacksEndpoint(answer)) continue
      const serving = endpoints.get(service) ?? new Set()
      const barred = answer.candidates.flatMap(({ node, because }) => (serving.has(node) ? [{ node, because }] : []))
      yield {
        subject: ipSubject(ip),
        data: { ip, service, barred },
        evidence: [
          objectEvidence(`Service/${service}`, '.spec.externalTrafficPolicy', 'Local'),
          objectEvidence(
            `EndpointSlices of ${service}`,
            '.endpoints[].nodeName (ready)',
            [...serving].join(', ') || 'none',
          ),
        ],
      }
    }
  },
  message: ({ ip, service, barred }: NoLocalEndpoint) =>
    `${service} (${ip}) has externalTrafficPolicy Local but ${barred.length === 0 ? 'no ready endpoint on any node' : `its endpoints are on nodes that may not announce: ${barred.map(({ node, because }) => `${node} (${because.join('; ')})`).join(', ')}`}`,
  fixes: ({ ip, service }) => [
    {
      summary: 'Run a ready pod on a node that may announce',
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'manual',
          text: 'As a DaemonSet, or with node affinity to the announcing nodes',
          run: sh`kubectl get pods -n ${service.split('/')[0]} -o wide`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Restore the former placement.',
    },
    clusterFix({
      summary: 'Or use externalTrafficPolicy Cluster',
      risk: 'none',
      text: 'Every candidate may then announce',
      run: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
      sideEffects: ['The pods no longer see the client address, and traffic may take one more hop.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"externalTrafficPolicy":"Local"}}'`,
    }),
  ],
})

/** Nodes ruled out by nothing but their missing endpoint exist, so that an endpoint there would do. */
function lacksEndpoint({ candidates }: VipAnswer): boolean {
  return candidates.some(
    ({ because }) => because.length === 1 && (because[0] === REASON.endpoint || because[0] === REASON.noEndpoints),
  )
}
