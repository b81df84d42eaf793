import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { agentVersion } from '../../cluster/announcers/cilium/config.js'
import { CILIUM } from '../../cluster/announcers/cilium/versions.js'
import { endpointNodes } from '../../cluster/announcers/endpoints.js'
import { holdsFor, spanOf } from '../../cluster/announcers/version.js'
import type { Service } from '../../cluster/model.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import { useClusterPolicy } from '../cluster-policy.js'
import type { Fix, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { ciliumUpgrade } from './agent.js'

/** `no-node`: none qualifies. `elsewhere`: announced where no endpoint is. `may-move`: well now, but the next node may lack one. */
type Fault = 'no-node' | 'elsewhere' | 'may-move'

interface Misplaced {
  readonly ip: string
  readonly service: string
  readonly fault: Fault
  /** The holder of its lease. */
  readonly node: string | null
  /** Nodes with an endpoint; empty: none, or only ones without a node. */
  readonly serving: readonly string[]
  readonly version: string | null
  /** What generates the Service, so that a change of the object itself does not last. */
  readonly generatedBy: 'gateway' | 'ingress' | null
}

const SEVERITY: Record<Fault, Severity> = { 'no-node': 'error', elsewhere: 'error', 'may-move': 'warning' }

export const ciliumEtpLocal = defineClusterRule({
  id: 'cilium/etp-local',
  title: 'externalTrafficPolicy Local, and Cilium announces elsewhere or not at all',
  severity: 'error',
  kinds: ['services', 'endpointSlices'],
  needs: ['announcers', 'cluster'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'A Service that a CiliumL2AnnouncementPolicy selects has externalTrafficPolicy Local. Up to 1.20.1 Cilium chooses the announcing node without looking where the endpoints are; since 1.20.2 only a node with an endpoint takes the lease, so that nobody does where no node has one.',
    why: 'Announced by a node without an endpoint, the address resolves and connections hang. Without any node that qualifies nobody answers for it. The Service of a Gateway has one placeholder endpoint (192.192.192.192) without a node: since 1.20.2 it is announced by nobody.',
    confirm:
      'Compare the holder of the lease cilium-l2announce-NAMESPACE-NAME with the nodes of the endpoints (`kubectl get endpointslices -o wide`).',
    falseAlarms:
      'With an endpoint on every node that may announce it works, and is not reported. A Service whose only endpoint has no node is served by the Envoy of each node: before 1.20.2 that works as well. Where the version is unknown the finding is only possible.',
    references: [
      CILIUM.announcesLocalWhereBackendIs.source,
      'cilium/cilium#46399',
      'https://docs.cilium.io/en/stable/network/l2-announcements/#limitations',
      'cilium/cilium#27521',
    ],
  },
  *checkCluster({ services, endpointSlices }, { announcers, cluster }) {
    const local = new Map(services.flatMap((one) => (one.externalTrafficPolicy === 'Local' ? [[one.key, one]] : [])))
    const endpoints = endpointNodes(endpointSlices)
    const version = agentVersion(cluster)
    const gated = holdsFor(spanOf(version), CILIUM.announcesLocalWhereBackendIs)
    for (const answer of answersOf(announcers, 'cilium')) {
      const service = local.get(answer.service ?? '')
      if (!service) continue
      const serving = endpoints.get(service.key) ?? new Set<string | null>()
      const fault = faultOf(answer, serving, gated)
      if (!fault) continue
      const node = answer.expected[0]?.node ?? null
      const nodes = [...serving].flatMap((one) => one ?? []).sort()
      yield {
        subject: ipSubject(answer.ip),
        ...confidence(fault, gated),
        severity: SEVERITY[fault],
        data: {
          ip: answer.ip,
          service: service.key,
          fault,
          node,
          serving: nodes,
          version,
          generatedBy: generatorOf(service),
        },
        evidence: [
          objectEvidence(`Service/${service.key}`, '.spec.externalTrafficPolicy', 'Local'),
          objectEvidence(
            `EndpointSlices of ${service.key}`,
            '.endpoints[].nodeName (ready)',
            nodes.join(', ') || 'none',
          ),
          ...answer.expected.map(({ detail, node }) => objectEvidence(detail, '.spec.holderIdentity', node)),
        ],
      }
    }
  },
  message: (data: Misplaced) => SAYS[data.fault](data),
  fixes: (data: Misplaced) => [data.generatedBy ? setGenerator(data) : clusterPolicy(data)],
})

const SAYS: Record<Fault, (data: Misplaced) => string> = {
  'no-node': ({ ip, service, version }) =>
    `no node may announce ${ip} of ${service}: with externalTrafficPolicy Local Cilium ${version ?? 'since 1.20.2'} announces it only from a node with an endpoint of it, and no node that a policy selects has one`,
  elsewhere: ({ ip, service, node, serving }) =>
    `${node} announces ${ip} of ${service}, which has externalTrafficPolicy Local and ${serving.length > 0 ? `endpoints on ${listed(serving)} only` : 'no endpoint on any node'}: connections hang`,
  'may-move': ({ ip, service, serving }) =>
    `${ip} of ${service} has externalTrafficPolicy Local and endpoints on ${listed(serving)} only, but Cilium before 1.20.2 may announce it from any node that the policy selects`,
}

/** `gated`: whether this version asks for an endpoint; null when unknown. */
function faultOf(answer: VipAnswer, serving: ReadonlySet<string | null>, gated: boolean | null): Fault | null {
  const holder = answer.expected[0]?.node
  const candidates = answer.candidates
  const perNode = [...serving].some((node) => node !== null)
  if (gated === true) return candidates.length > 0 && !candidates.some(({ eligible }) => eligible) ? 'no-node' : null
  // an endpoint without a node stands for the Envoy that every node has
  if (serving.size > 0 && !perNode) return gated === null && holder === undefined ? 'no-node' : null
  if (holder !== undefined && !serving.has(holder)) return 'elsewhere'
  if (!perNode) return null
  return candidates.some(({ node, eligible }) => eligible && !serving.has(node)) ? 'may-move' : null
}

function confidence(fault: Fault, gated: boolean | null): Confidence {
  if (gated === null) return possible('how Cilium chooses the node depends on its version, which is unknown')
  if (fault === 'no-node')
    return certain('the version asks for an endpoint, and policies, nodes and endpoints were read')
  return fault === 'elsewhere'
    ? likely('lease and endpoints were read; no connection was tried')
    : possible('it happens when the lease moves to a node without an endpoint')
}

/** Labels that Cilium's operator writes on what it generates. */
function generatorOf({ labels }: Service): Misplaced['generatedBy'] {
  if (Object.keys(labels).some((key) => key.startsWith('io.cilium.gateway/'))) return 'gateway'
  return labels['cilium.io/ingress'] === 'true' ? 'ingress' : null
}

const SETTING = {
  gateway: 'gatewayAPI.externalTrafficPolicy',
  ingress: 'ingressController.service.externalTrafficPolicy',
} as const

/** The operator would undo a change of the Service itself. */
function setGenerator({ ip, version, generatedBy }: Misplaced): Fix {
  const setting = SETTING[generatedBy ?? 'gateway']
  return ciliumUpgrade(
    { namespace: 'kube-system', version },
    {
      summary: `Set ${setting} to Cluster: the Service is generated, and a change of its own would not last`,
      sideEffects: ['The backends no longer see the client address, unless Envoy passes it on.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: `The same with --set ${setting}=Local`,
    },
    [`${setting}=Cluster`],
  )
}

function clusterPolicy({ ip, service }: Misplaced): Fix {
  const sideEffects = ['The pods no longer see the client address (unless Cilium runs in DSR mode).']
  return useClusterPolicy({ ip, service, text: 'The announcing node then forwards to any endpoint', sideEffects })
}
