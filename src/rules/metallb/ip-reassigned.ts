import { holdsAddress, parseAddressRange } from '../../cluster/address-range.js'
import { ServiceHistory } from '../../cluster/announcers/history.js'
import type { IpAddressPool } from '../../cluster/announcers/metallb/objects.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import { keyName } from '../../cluster/key.js'
import type { ClusterEvent, Service } from '../../cluster/model.js'
import { likely, possible } from '../certainty.js'
import { objectFix } from '../changes/object-fix.js'
import { inNamespace, listed, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { serviceSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface Reassigned {
  readonly service: string
  readonly ips: readonly string[]
  /** Those of the family of its cluster IP: only they can be pinned. */
  readonly fitting: readonly string[]
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
      METALLB.reassignsPreferDualStack.source,
      'metallb/metallb#2587',
      'https://metallb.io/release-notes/#version-0-15-0',
    ],
  },
  *checkCluster({ workloads, services, events, ipAddressPools }) {
    const install = theInstall(workloads)
    if (!install || holdsFor(install.version, METALLB.reassignsPreferDualStack) !== true) return
    const dual = ipAddressPools.filter(isDualStack)
    const history = new ServiceHistory(events)
    for (const service of services) {
      const told = history.of(service).filter(isAllocation)
      if (!isExposed(service, dual)) continue
      const happened = isReassignment(told)
      yield {
        subject: serviceSubject(service),
        ...(happened
          ? likely(
              'the version is affected, and events show another assignment, which a changed pool can cause as well',
            )
          : possible('the version is affected, but no event shows that it happened')),
        severity: happened ? 'error' : 'warning',
        data: {
          service: service.key,
          ips: addressesOf(service),
          fitting: fittingOf(service),
          happened,
          object: install.object,
        },
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
  fixes: ({ service, fitting }) => [
    upgrade(service),
    singleStack(service),
    ...(fitting.length > 0 ? [pin(service, fitting)] : []),
  ],
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

/** Its addresses of the family of its cluster IP. */
function fittingOf(service: Service): readonly string[] {
  const isV6 = (ip: string): boolean => ip.includes(':')
  return addressesOf(service).filter((ip) => service.clusterIPs.some((one) => isV6(one) === isV6(ip)))
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
    steps: [{ kind: 'persistent', text: 'Upgrade as it was installed (manifest, Helm or operator)' }],
    sideEffects: ['The speakers restart: every VIP is announced again and may move.'],
    verify: sh`kubectl get events -n ${keyName(service).namespace} --field-selector reason=ClearAssignment`,
    undo: 'Install the former version again.',
  }
}

function singleStack(service: string): Fix {
  return objectFix({
    summary: 'Make the Service single-stack until MetalLB is upgraded',
    risk: 'none',
    text: 'It has only one cluster IP',
    changes: [
      {
        kind: 'field',
        object: `Service/${service}`,
        key: '.spec.ipFamilyPolicy',
        value: 'SingleStack',
        was: 'PreferDualStack',
      },
    ],
    verify: sh`kubectl get service ${inNamespace(service)}`,
  })
}

/** Only addresses of the one family that its cluster IP has: MetalLB refuses a pin of both for such a Service (controller/service.go). */
function pin(service: string, ips: readonly string[]): Fix {
  return objectFix({
    summary: 'Pin the address of the family that the Service has',
    risk: 'none',
    text: 'MetalLB then assigns this address and no other',
    changes: [
      {
        kind: 'annotation',
        object: `Service/${service}`,
        key: 'metallb.io/loadBalancerIPs',
        value: ips.join(','),
        was: null,
      },
    ],
    sideEffects: ['The Service has no address of the other family any more.'],
    verify: sh`kubectl get service ${inNamespace(service)}`,
  })
}
