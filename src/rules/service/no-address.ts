import { servedClasses } from '../../cluster/announcers/classes.js'
import { ServiceHistory } from '../../cluster/announcers/history.js'
import { metalLbInstalls, servesService } from '../../cluster/announcers/metallb/install.js'
import type { ClusterEvent, ClusterSnapshot, Service } from '../../cluster/model.js'
import { requestedAddresses } from '../../cluster/requested-addresses.js'
import { valueOr } from '../../known.js'
import { certain, likely } from '../certainty.js'
import { objectFix } from '../changes/object-fix.js'
import { inNamespace, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { ipSubject, serviceSubject } from '../subject.js'

interface NoAddress {
  readonly service: string
  /** The address that it asks for; null: any. */
  readonly ip: string | null
  readonly component: string
  /** What the controller says, in its own words; null where it says nothing. */
  readonly reason: string | null
  /** Its load-balancer class, if no announcer that was found serves it; null otherwise. */
  readonly unservedClass: string | null
  /** ISO 8601: since when it has no address, as far as its events tell; null: they do not. */
  readonly since: string | null
  /** ISO 8601: when it was made; it may have had an address of which no event is left. */
  readonly madeAt: string | null
  /** The annotation that pins addresses, and those of its value that the Service can have; null where they all fit. */
  readonly pin: { readonly annotation: string; readonly value: string; readonly fitting: readonly string[] } | null
}

const REASONS = ['AllocationFailed', 'IPAllocated', 'ClearAssignment']
/** A controller that is at work answers within seconds. */
const PATIENCE_MS = 60_000
const PINS = ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs']

export const noAddress = defineClusterRule({
  id: 'service/no-address',
  title: 'A Service has no address, so nothing announces what it asks for',
  severity: 'error',
  kinds: ['services'],
  needs: ['cluster'],
  explains: ['wire/no-answer', 'service/vip-changed'],
  docs: {
    what: 'A Service of type LoadBalancer has no address in its status, and the newest event of its controller is AllocationFailed, or no event is left and it asks for an address, or MetalLB has a pool from which it should have got one, or no controller that is known serves its load-balancer class.',
    why: 'Nobody announces an address that no Service has: clients of the former one get no answer.',
    confirm: '`kubectl describe service NAME`: EXTERNAL-IP is pending, and the events say why.',
    falseAlarms:
      'A pool that its serviceAllocation keeps for other Services. A load-balancer class of a controller that l2doctor does not know and that is slow, or that gives no address by choice. Events live for an hour. One that the controller has tried again since, with success, is not reported: the Service then has an address.',
    references: [
      'https://metallb.io/usage/#requesting-specific-ips',
      'metallb/metallb controller/service.go allocateIPs',
      'metallb/metallb#2724',
    ],
  },
  *checkCluster({ services, observedAt }, { cluster }) {
    const history = new ServiceHistory(valueOr(cluster.events, []).filter(({ reason }) => REASONS.includes(reason)))
    const assigns = assigner(cluster)
    const served = servedClasses(cluster)
    for (const service of services) {
      if (service.type !== 'LoadBalancer' || service.ingress.length > 0) continue
      const last = history.of(service).at(-1)
      const refusal = last?.reason === 'AllocationFailed' ? last : null
      const asked = requestedAddresses(service)
      const unservedClass = unserved(service, valueOr(served, null))
      const expects = asked.length > 0 || (last === undefined && (assigns(service) || unservedClass !== null))
      if (refusal === null && (!expects || isNew(service, observedAt))) continue
      for (const ip of asked.length > 0 ? asked : [null]) {
        yield {
          subject: ip === null ? serviceSubject(service) : ipSubject(ip),
          ...(refusal
            ? certain('the Service has no address, and the newest event of its controller is the refusal')
            : likely(
                unservedClass === null ? NO_EVENT : 'a controller that l2doctor does not know may serve the class',
              )),
          severity: refusal ? 'error' : 'warning',
          data: {
            service: service.key,
            ip,
            component: refusal?.component ?? '',
            reason: refusal?.message ?? null,
            unservedClass: refusal ? null : unservedClass,
            since: pendingSince(history.of(service)),
            madeAt: service.createdAt,
            pin: unfitPin(service),
          },
          evidence: evidenceOf(service, refusal),
        }
      }
    }
  },
  message: (data: NoAddress) => `${stateWords(data)}; ${reasonWords(data)}`,
  fixes: ({ service, pin, unservedClass }) => [
    pin ? repin(service, pin) : unservedClass !== null ? serve(service, unservedClass) : look(service),
  ],
})

const NO_EVENT = 'the Service has no address, but no event says why'

function stateWords({ service, ip, since, madeAt }: NoAddress): string {
  const state = ip === null ? 'has no address' : `asks for ${ip} and has no address`
  const made = madeAt === null ? '' : ` (the Service was made at ${madeAt})`
  return `${service} ${state}${since === null ? made : ` since ${since}`}`
}

function reasonWords({ component, reason, unservedClass, pin }: NoAddress): string {
  if (unservedClass !== null)
    return `it asks for a controller of class ${unservedClass}, and no announcer that was found serves that class`
  const says = reason === null ? 'no controller has said why' : `${component || 'its controller'} says: ${reason}`
  return `${says}${pin ? ` (${pin.annotation}: ${pin.value})` : ''}`
}

/** Null where some announcer serves the class, the Service has none, or what would show it was not read. */
function unserved({ loadBalancerClass }: Service, served: ReadonlySet<string> | null): string | null {
  if (loadBalancerClass === null || served === null) return null
  return served.has(loadBalancerClass) ? null : loadBalancerClass
}

/** When the controller took its address, or refused it the first time. */
function pendingSince(events: readonly ClusterEvent[]): string | null {
  const lost = events.findLast(({ reason }) => reason === 'ClearAssignment')
  const refused = events.at(-1)?.reason === 'AllocationFailed' ? events.at(-1) : undefined
  return lost?.lastAt ?? refused?.firstAt ?? null
}

/** Whether a controller that is there gives every Service of this kind an address: then one without has met a fault. */
function assigner({ workloads, ipAddressPools }: ClusterSnapshot): (service: Service) => boolean {
  const installs = metalLbInstalls(valueOr(workloads, []))
  const offers = valueOr(ipAddressPools, []).some(({ autoAssign }) => autoAssign)
  return (service) => offers && installs.some((install) => servesService(install, service))
}

function isNew({ createdAt }: Service, observedAt: string): boolean {
  return createdAt !== null && Date.parse(observedAt) - Date.parse(createdAt) < PATIENCE_MS
}

function evidenceOf(service: Service, refusal: ClusterEvent | null) {
  const pins = PINS.flatMap((name) => {
    const value = service.annotations[name]
    return value === undefined
      ? []
      : [objectEvidence(`Service/${service.key}`, `.metadata.annotations["${name}"]`, value)]
  })
  return [
    objectEvidence(`Service/${service.key}`, '.status.loadBalancer.ingress', 'none'),
    ...(service.loadBalancerClass === null
      ? []
      : [objectEvidence(`Service/${service.key}`, '.spec.loadBalancerClass', service.loadBalancerClass)]),
    ...(refusal ? [objectEvidence(`Event/${refusal.key}`, '.message', refusal.message)] : []),
    ...pins,
  ]
}

/** A pin of two families for a Service with one, which MetalLB refuses. */
function unfitPin({ annotations, clusterIPs }: Service): NoAddress['pin'] {
  const annotation = PINS.find((name) => annotations[name] !== undefined)
  const value = (annotation && annotations[annotation]) ?? ''
  const pinned = value.split(',').map((ip) => ip.trim())
  const fitting = pinned.filter((ip) => clusterIPs.some((one) => one.includes(':') === ip.includes(':')))
  return annotation && fitting.length < pinned.length ? { annotation, value, fitting } : null
}

function repin(service: string, { annotation, value, fitting }: NonNullable<NoAddress['pin']>): Fix {
  const wanted = fitting.length > 0 ? fitting.join(',') : null
  return objectFix({
    summary: 'Pin only addresses of the families that the Service has',
    risk: 'none',
    text: 'MetalLB assigns an address again as soon as the pin fits',
    changes: [{ kind: 'annotation', object: `Service/${service}`, key: annotation, value: wanted, was: value }],
    verify: sh`kubectl get service ${inNamespace(service)}`,
  })
}

/** The class of a Service cannot be changed. */
function serve(service: string, unserved: string): Fix {
  return {
    summary: `Run a controller that serves class ${unserved}, or make ${service} again with a class that is served`,
    risk: 'none',
    where: 'cluster',
    steps: [
      { kind: 'look', text: 'What the Service asks for', run: sh`kubectl describe service ${inNamespace(service)}` },
      {
        kind: 'look',
        text: 'Does a controller say that it serves this class? Its arguments and environment name it',
        run: sh`kubectl get deployments,daemonsets,statefulsets -A -o yaml | grep -n -F ${unserved}`,
      },
      {
        kind: 'persistent',
        text: 'spec.loadBalancerClass cannot be changed: delete the Service and apply it with the class of an announcer that is there, or with none for the default one',
      },
    ],
    verify: sh`kubectl get service ${inNamespace(service)}`,
    undo: 'Apply the Service as it was.',
  }
}

function look(service: string): Fix {
  return {
    summary: `See why ${service} gets no address: no pool fits, the pool is used up, or the address asked for is taken`,
    risk: 'none',
    where: 'cluster',
    steps: [
      { kind: 'look', text: 'What the controller says', run: sh`kubectl describe service ${inNamespace(service)}` },
      {
        kind: 'look',
        text: 'The pools, and which Services have their addresses',
        run: sh`kubectl get ipaddresspools.metallb.io -A -o yaml; kubectl get services -A`,
      },
    ],
    verify: sh`kubectl get service ${inNamespace(service)}`,
    undo: ONLY_LOOKS,
  }
}
