import { endpointNodes } from '../../cluster/announcers/endpoints.js'
import { type KubeVipInstance, servesService } from '../../cluster/announcers/kube-vip/instances.js'
import { KUBE_VIP } from '../../cluster/announcers/kube-vip/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import type { Service } from '../../cluster/model.js'
import type { Labels } from '../../cluster/model-common.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import { useClusterPolicy } from '../cluster-policy.js'
import type { Fix, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { awaitPods } from '../metallb/endpoint-steps.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { arpInstances, setVariables } from './instances.js'

/** `elsewhere`: announced where no endpoint is. `may-move`: well now, but another node that may take the lease lacks one. */
type Fault = 'elsewhere' | 'may-move'

interface Misplaced {
  readonly ip: string
  readonly service: string
  readonly fault: Fault
  /** The holder of the lease. */
  readonly node: string
  /** Nodes with an endpoint; empty: none anywhere. */
  readonly serving: readonly string[]
  /** One lease for each Service (`svc_election`), for which only nodes with an endpoint stand. */
  readonly electsEach: boolean
  readonly selector: Labels
  readonly instance: Pick<KubeVipInstance, 'object' | 'kind' | 'nodes'>
}

export const kubeVipEtpLocal = defineClusterRule({
  id: 'kube-vip/etp-local',
  title: 'externalTrafficPolicy Local, and kube-vip announces where no endpoint is',
  severity: 'error',
  kinds: ['services', 'endpointSlices', 'workloads', 'leases'],
  needs: ['announcers', 'cluster'],
  docs: {
    what: 'A Service that kube-vip announces has externalTrafficPolicy Local, and the node that holds the lease has no ready endpoint of it. With one lease for all Services kube-vip does not look where the endpoints are. With svc_election=true (since 0.5.0) only nodes with an endpoint take part in the election of such a Service.',
    why: 'The address resolves to a MAC, and connections hang: with that policy the node does not pass them on to another one.',
    confirm:
      'Compare the holder of the lease (`kubectl get leases -A`) with the nodes of the endpoints (`kubectl get endpointslices -o wide`).',
    falseAlarms:
      'A Service that is scaled to zero on purpose. With svc_election=true the address follows its pods after some seconds; in between the lease may name a node that has just lost its pod.',
    references: [
      KUBE_VIP.electsAmongEndpoints.source,
      'kube-vip/kube-vip#410',
      'kube-vip/kube-vip#790',
      'kube-vip/kube-vip pkg/manager/watch_services.go servicesWatcher',
    ],
  },
  *checkCluster({ services, endpointSlices }, { announcers, cluster }) {
    const local = new Map(services.flatMap((one) => (one.externalTrafficPolicy === 'Local' ? [[one.key, one]] : [])))
    const endpoints = endpointNodes(endpointSlices)
    const instances = arpInstances(cluster)
    for (const { ip, service: key, expected, candidates } of answersOf(announcers, 'kube-vip')) {
      const service = local.get(key ?? '')
      const held = expected.find(({ from }) => from === 'lease')
      const instance = service && instances.find((one) => servesService(one, service))
      if (!service || !held || !instance) continue
      const serving = endpoints.get(service.key) ?? NOWHERE
      const electsEach = electsByItself(instance, service)
      const others = candidates.flatMap(({ node, eligible }) => (eligible ? [node] : []))
      const fault = faultOf(held.node, serving, others, electsEach)
      if (!fault) continue
      const { object, kind, nodes } = instance
      yield {
        subject: ipSubject(ip),
        ...weigh(fault, serving, electsEach, instance),
        data: {
          ip,
          service: service.key,
          fault,
          node: held.node,
          serving: [...serving].flatMap((one) => one ?? []).sort(),
          electsEach,
          selector: service.selector,
          instance: { object, kind, nodes },
        },
        evidence: [
          objectEvidence(`Service/${service.key}`, '.spec.externalTrafficPolicy', 'Local'),
          objectEvidence(held.detail, '.spec.holderIdentity', held.node),
          objectEvidence(
            `EndpointSlices of ${service.key}`,
            '.endpoints[].nodeName (ready)',
            [...serving].join(', ') || 'none',
          ),
        ],
      }
    }
  },
  message: ({ ip, service, fault, node, serving }: Misplaced) => {
    const where = serving.length > 0 ? `endpoints on ${listed(serving)} only` : 'no ready endpoint on any node'
    if (fault === 'elsewhere')
      return `${node} announces ${ip} of ${service}, which has externalTrafficPolicy Local and ${where}: connections ${serving.length > 0 ? 'hang' : 'fail'}`
    return `${ip} of ${service} has externalTrafficPolicy Local and ${where}; kube-vip may move it to a node without one`
  },
  fixes: (data: Misplaced) => fixesFor(data),
})

const NOWHERE: ReadonlySet<string | null> = new Set()

/** `svc_election`, or the annotation that asks for it, which only some versions heed. */
function electsByItself({ settings }: KubeVipInstance, { annotations }: Service): boolean {
  return settings.serviceElection || annotations['kube-vip.io/forcePerServiceElection'] === 'true'
}

/** An endpoint without a node may be anywhere. */
function faultOf(
  holder: string,
  serving: ReadonlySet<string | null>,
  nodes: readonly string[],
  electsEach: boolean,
): Fault | null {
  if (serving.has(null)) return null
  if (!serving.has(holder)) return 'elsewhere'
  return !electsEach && nodes.some((node) => !serving.has(node)) ? 'may-move' : null
}

function weigh(
  fault: Fault,
  serving: ReadonlySet<string | null>,
  electsEach: boolean,
  { version }: KubeVipInstance,
): { severity: Severity } & Confidence {
  if (fault === 'may-move')
    return { severity: 'info', ...possible('it happens when the lease moves to a node without an endpoint') }
  if (serving.size === 0)
    return { severity: 'warning', ...likely('lease and endpoints were read: no node has an endpoint') }
  if (!electsEach) return { severity: 'error', ...likely('lease and endpoints were read; no connection was tried') }
  if (holdsFor(version, KUBE_VIP.electsAmongEndpoints) === false)
    return { severity: 'error', ...likely('the version elects without a look at the endpoints') }
  const because = 'kube-vip elects among nodes with an endpoint, so that the address may be about to move'
  return { severity: 'warning', ...possible(because) }
}

/** Without any endpoint another policy would not help: then only its pods can. */
function fixesFor({ ip, service, serving, selector, electsEach, instance }: Misplaced): readonly Fix[] {
  if (serving.length === 0) return [awaitPods(ip, service, selector)]
  const text = 'The announcing node then forwards to any endpoint'
  return [useClusterPolicy({ ip, service, text }), ...(electsEach ? [] : [electEach(ip, instance)])]
}

function electEach(ip: string, instance: Misplaced['instance']): Fix {
  return {
    summary: 'Let kube-vip elect for each Service (svc_election=true, 0.5.0 or later)',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      setVariables(instance, { svc_election: 'true' }),
      {
        kind: 'look',
        text: 'kube-vip must run on the nodes that have the endpoints, and may read EndpointSlices: check both',
        run: sh`kubectl get pods -A -o wide | grep kube-vip; kubectl get leases -A | grep kubevip-`,
      },
    ],
    sideEffects: ['Every VIP of kube-vip is announced again, and may move to another node.'],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Set svc_election=false again.',
  }
}
