import { holdsAddress, parseAddressRange } from '../../cluster/address-range.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterEvent, Service } from '../../cluster/model.js'
import type { IpAddressPool } from '../../cluster/model-resources.js'
import { clusterFix, inNamespace, listed, objectEvidence, serviceSubject } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { theInstall } from './installs.js'

interface Reassigned {
  readonly service: string
  readonly ips: readonly string[]
  /** Events show that it has happened; false: the Service can lose its address at any restart of the controller. */
  readonly happened: boolean
  readonly object: string
}

export const ipReassigned = defineClusterRule({
  id: 'metallb/ip-reassigned',
  title: 'MetalLB 0.14.9 takes the address from a PreferDualStack Service and assigns another',
  severity: 'error',
  kinds: ['workloads', 'services', 'events', 'ipAddressPools'],
  explains: ['wire/no-answer', 'service/vip-changed'],
  docs: {
    what: "MetalLB 0.14.9 compares the families of a Service's addresses with those of its cluster IPs in the wrong way: a Service with ipFamilyPolicy PreferDualStack, one cluster IP and a pool of both families never fits, so the controller clears its address and assigns another.",
    why: 'The address changes under running clients, DNS and firewalls; the old one is silent or goes to another Service.',
    confirm:
      '`kubectl describe service NAME` shows `ClearAssignment` or several `IPAllocated` with different addresses.',
    falseAlarms:
      'A Service that pins its address (metallb.io/loadBalancerIPs) keeps it. Only 0.14.9 is concerned; 0.15.0 has the correction.',
    references: [
      'metallb/metallb#2723',
      'metallb/metallb#2726',
      'metallb/metallb#2587',
      'https://metallb.io/release-notes/#version-0-15-0',
    ],
  },
  *checkCluster({ workloads, services, events, ipAddressPools }) {
    const install = theInstall(workloads)
    if (install?.version.exact !== '0.14.9') return
    const dual = ipAddressPools.filter(isDualStack)
    const history = groupBy(events, ({ about }) => about.key)
    for (const service of services) {
      const told = (history.get(service.key) ?? []).filter(isAllocation)
      if (!isExposed(service, dual)) continue
      const happened = isReassignment(told)
      yield {
        subject: serviceSubject(service),
        severity: happened ? 'error' : 'warning',
        certainty: happened ? 'certain' : 'likely',
        data: { service: service.key, ips: addressesOf(service), happened, object: install.object },
        evidence: [
          objectEvidence(install.object, '.spec.template.spec.containers[].image', install.container.image),
          objectEvidence(`Service/${service.key}`, '.spec.ipFamilyPolicy', 'PreferDualStack'),
          objectEvidence(`Service/${service.key}`, '.spec.clusterIPs', service.clusterIPs.join(', ')),
          ...told.map(({ key, reason, message }) =>
            objectEvidence(`Event/${key}`, '.message', `${reason}: ${message}`),
          ),
        ],
      }
    }
  },
  message: ({ service, ips, happened }: Reassigned) =>
    `MetalLB 0.14.9 ${happened ? 'has reassigned' : 'can reassign'} the address of ${service} (now ${listed(ips)}): PreferDualStack with a single cluster IP and a pool of both families`,
  fixes: ({ service, ips }) => [upgrade(service), singleStack(service), pin(service, ips)],
})

function isDualStack({ addresses }: IpAddressPool): boolean {
  return new Set(addresses.map((text) => parseAddressRange(text)?.family)).size > 1
}

function isExposed(service: Service, dualPools: readonly IpAddressPool[]): boolean {
  const { type, ipFamilyPolicy, clusterIPs, annotations } = service
  const pinned = PINS.some((name) => annotations[name] !== undefined) || service.loadBalancerIP !== null
  if (type !== 'LoadBalancer' || ipFamilyPolicy !== 'PreferDualStack' || clusterIPs.length !== 1 || pinned) return false
  const ranges = dualPools.flatMap(({ addresses }) => addresses.flatMap((text) => parseAddressRange(text) ?? []))
  return service.ingress.length === 0
    ? dualPools.length > 0
    : addressesOf(service).some((ip) => holdsAddress(ranges, ip))
}

const PINS = ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs']

function addressesOf({ ingress }: Service): readonly string[] {
  return ingress.flatMap(({ ip }) => ip ?? [])
}

function isAllocation({ reason }: ClusterEvent): boolean {
  return reason === 'IPAllocated' || reason === 'ClearAssignment'
}

function isReassignment(events: readonly ClusterEvent[]): boolean {
  const allocated = events.filter(({ reason }) => reason === 'IPAllocated')
  return events.length > allocated.length || new Set(allocated.map(({ message }) => message)).size > 1
}

function upgrade(service: string): Fix {
  return {
    summary: 'Upgrade MetalLB to 0.15.0 or later',
    risk: 'disruptive',
    where: 'cluster',
    steps: [{ kind: 'manual', text: 'Upgrade as it was installed (manifest, Helm or operator)' }],
    sideEffects: ['The speakers restart: every VIP is announced anew and may move.'],
    verify: sh`kubectl get events -n ${service.split('/')[0]} --field-selector reason=ClearAssignment`,
    undo: 'Install the former version again.',
  }
}

function singleStack(service: string): Fix {
  return clusterFix({
    summary: 'Until then: make the Service single-stack',
    risk: 'none',
    text: 'It has one cluster IP anyhow',
    run: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"ipFamilyPolicy":"SingleStack"}}'`,
    verify: sh`kubectl get service ${inNamespace(service)}`,
    undo: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"ipFamilyPolicy":"PreferDualStack"}}'`,
  })
}

function pin(service: string, ips: readonly string[]): Fix {
  return clusterFix({
    summary: 'Or pin its address',
    risk: 'none',
    text: 'MetalLB then assigns this address and no other',
    run: sh`kubectl annotate service ${inNamespace(service)} metallb.io/loadBalancerIPs=${ips.join(',') || 'ADDRESS'}`,
    verify: sh`kubectl get service ${inNamespace(service)}`,
    undo: sh`kubectl annotate service ${inNamespace(service)} metallb.io/loadBalancerIPs-`,
  })
}
