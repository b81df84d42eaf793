import { endpointNodesOf } from '../../cluster/announcers/endpoints.js'
import { groupBy } from '../../cluster/group-by.js'
import { keyName } from '../../cluster/key.js'
import type { EndpointSlice, Service } from '../../cluster/model.js'
import type { Labels } from '../../cluster/model-common.js'
import { type Confidence, likely } from '../certainty.js'
import { inNamespace, listed, objectEvidence } from '../cluster-parts.js'
import type { Evidence, Fix, FixStep, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { lookAtPods } from '../metallb/endpoint-steps.js'
import { sh } from '../shell.js'
import { ipSubject, type Subject } from '../subject.js'

type Family = 'IPv4' | 'IPv6'

/** `no-endpoint`: none of the family anywhere. `not-on-node`: none on the node that announces. `no-address`: none assigned. */
type Fault = 'no-endpoint' | 'not-on-node' | 'no-address'

interface NotServed {
  readonly service: string
  /** The address that leads nowhere; the one of the other family where this one has none. */
  readonly ip: string
  readonly family: Family
  readonly fault: Fault
  /** Who announces it. */
  readonly nodes: readonly string[]
  /** Nodes with an endpoint of the family. */
  readonly serving: readonly string[]
  readonly selector: Labels
}

export const familyNotServed = defineClusterRule({
  id: 'service/family-not-served',
  title: 'A Service works in one address family only',
  severity: 'error',
  kinds: ['services', 'endpointSlices'],
  needs: ['announcers'],
  docs: {
    what: 'A Service has an address of a family for which no endpoint is ready, while endpoints of the other family are; or it has externalTrafficPolicy Local, and the node that announces the address has endpoints of the other family alone. Or it requires both families (ipFamilyPolicy RequireDualStack) and has an address of one.',
    why: 'ARP or neighbour discovery works, and connections to that address are refused or hang: kube-proxy forwards to endpoints of the same family only. Announcers (MetalLB) count an endpoint of either family when they choose the node.',
    confirm:
      '`kubectl get endpointslices -l kubernetes.io/service-name=NAME` prints the family (ADDRESSTYPE) and the endpoints of each slice; `kubectl get pods -o yaml` the addresses of a pod (podIPs).',
    falseAlarms:
      'A load balancer that translates between the families (Cilium NAT46/64). A controller that gives one address by choice to a Service that requires both.',
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/dual-stack/',
      'kubernetes/kubernetes pkg/proxy/endpointslicecache.go (one address type for each proxier)',
      'metallb/metallb speaker/layer2_controller.go nodesWithEndpoint',
    ],
  },
  *checkCluster({ services, endpointSlices }, { announcers }) {
    const slices = groupBy(endpointSlices, ({ service }) => service)
    const answers = new Map(announcers.flatMap((view) => view.answers).map((one) => [`${one.service} ${one.ip}`, one]))
    for (const service of services.filter(({ type }) => type === 'LoadBalancer')) {
      const own = slices.get(service.key) ?? []
      for (const { ip } of service.ingress) {
        const expected = ip === null ? undefined : answers.get(`${service.key} ${ip}`)?.expected
        const nodes = [...new Set((expected ?? []).map(({ node }) => node))]
        const found = ip === null ? null : unserved(service, ip, own, nodes)
        if (found) yield { ...found, evidence: sliceEvidence(service, own) }
      }
      const lacking = lackingFamily(service)
      if (lacking) yield lacking
    }
  },
  message: ({ service, ip, family, fault, nodes, serving }: NotServed) => {
    if (fault === 'no-address')
      return `${service} requires both families (ipFamilyPolicy RequireDualStack) and has no ${family} address beside ${ip}`
    if (fault === 'no-endpoint')
      return `${service} has the address ${ip}, but no ready ${family} endpoint; those of the other family do not serve it`
    return `${listed(nodes)} announces ${ip} of ${service}, which has externalTrafficPolicy Local and ${family} endpoints on ${listed(serving)} only: connections hang`
  },
  fixes: (data: NotServed) => [data.fault === 'no-address' ? findAddress(data) : findEndpoints(data)],
})

function familyOf(ip: string): Family {
  return ip.includes(':') ? 'IPv6' : 'IPv4'
}

function other(family: Family): Family {
  return family === 'IPv4' ? 'IPv6' : 'IPv4'
}

type Found = { readonly subject: Subject; readonly severity: Severity; readonly data: NotServed } & Confidence

/** An endpoint without a node may be anywhere. Where the other family has none either, it is no matter of the family. */
function unserved(
  { key, externalTrafficPolicy, selector }: Service,
  ip: string,
  slices: readonly EndpointSlice[],
  nodes: readonly string[],
): Found | null {
  const family = familyOf(ip)
  const [serving, others] = [endpointNodesOf(slices, family), endpointNodesOf(slices, other(family))]
  if (!serving || !others || others.size === 0 || serving.has(null)) return null
  const isElsewhere = nodes.length > 0 && nodes.every((node) => !serving.has(node) && others.has(node))
  const fault = serving.size === 0 ? 'no-endpoint' : 'not-on-node'
  if (fault === 'not-on-node' && !(externalTrafficPolicy === 'Local' && isElsewhere)) return null
  const named = [...serving].flatMap((node) => node ?? []).sort()
  return {
    subject: ipSubject(ip),
    severity: 'error',
    ...likely('the Service and its EndpointSlices were read; no connection was tried'),
    data: { service: key, ip, family, fault, nodes, serving: named, selector },
  }
}

function lackingFamily({ key, ipFamilyPolicy, ingress, selector }: Service): (Found & { evidence: Evidence[] }) | null {
  const ips = ingress.flatMap(({ ip }) => ip ?? [])
  const [ip] = ips
  const families = new Set(ips.map(familyOf))
  if (ipFamilyPolicy !== 'RequireDualStack' || ip === undefined || families.size > 1) return null
  const data = { service: key, ip, family: other(familyOf(ip)), fault: 'no-address' as const }
  return {
    subject: ipSubject(ip),
    severity: 'warning',
    ...likely('the Service was read; why its controller gave one address only was not'),
    data: { ...data, nodes: [], serving: [], selector },
    evidence: [
      objectEvidence(`Service/${key}`, '.spec.ipFamilyPolicy', ipFamilyPolicy),
      objectEvidence(`Service/${key}`, '.status.loadBalancer.ingress', ips.join(', ')),
    ],
  }
}

function sliceEvidence({ key, externalTrafficPolicy }: Service, slices: readonly EndpointSlice[]): Evidence[] {
  return [
    objectEvidence(`Service/${key}`, '.spec.externalTrafficPolicy', externalTrafficPolicy),
    ...(['IPv4', 'IPv6'] as const).map((family) => {
      const nodes = [...(endpointNodesOf(slices, family) ?? [])].map((node) => node ?? '(no node)')
      return objectEvidence(
        `${family} EndpointSlices of ${key}`,
        '.endpoints[].nodeName (ready)',
        listed(nodes) || 'none',
      )
    }),
  ]
}

function findEndpoints({ service, ip, family, selector }: NotServed): Fix {
  return {
    summary: `Find out why ${service} has no ready ${family} endpoint where ${ip} is announced`,
    risk: 'none',
    where: 'cluster',
    steps: [
      ...lookAtPods(service, selector),
      {
        kind: 'look',
        text: `Does each pod have an ${family} address, and does its program listen on it? A pod has both families only where the cluster and its CNI do`,
        run: sh`kubectl get pods -n ${keyName(service).namespace} -o ${'custom-columns=Pod:.metadata.name,Node:.spec.nodeName,Addresses:.status.podIPs[*].ip'}`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function findAddress({ service, family }: NotServed): Fix {
  const says: FixStep = {
    kind: 'look',
    text: `What the controller says; does it have a pool with ${family} addresses that this Service may use?`,
    run: sh`kubectl describe service ${inNamespace(service)}`,
  }
  return {
    summary: `Find out why ${service} got no ${family} address`,
    risk: 'none',
    where: 'cluster',
    steps: [says],
    verify: sh`kubectl get service ${inNamespace(service)}`,
    undo: ONLY_LOOKS,
  }
}
