import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { findKubeVip, servesService } from '../../cluster/announcers/kube-vip/instances.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterSnapshot, Service } from '../../cluster/model.js'
import type { AddressFacts, ClaimFacts, WireFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac } from '../../wire/mac.js'
import { likely, possible } from '../certainty.js'
import { objectFix } from '../changes/object-fix.js'
import { answersOf, inNamespace, objectEvidence } from '../cluster-parts.js'
import type { Evidence } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ignoredByKubeVip } from '../kube-vip/ignored.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface GarpLoop {
  readonly ip: string
  readonly service: string
  /** Signs in the Service that another controller writes its status. */
  readonly signs: readonly string[]
  readonly onWire: boolean
}

/** A takeover's announcements end 5 s after it (internal/layer2/announcer.go); some 10 frames per interface. */
const BURST_MICROS = 6_000_000
const BURST_FRAMES = 12

export const garpLoop = defineClusterRule({
  id: 'metallb/garp-loop',
  title: 'Two controllers write the status of one Service, so MetalLB announces it again and again',
  severity: 'warning',
  kinds: ['services'],
  needs: ['announcers', 'cluster'],
  optional: ['wire'],
  explains: ['storm/gratuitous', 'storm/replies', 'wire/flip-flop'],
  docs: {
    what: "A Service whose address MetalLB announces carries signs of a second controller: `ports` in status.loadBalancer.ingress, which MetalLB never writes, a second manager of the status, or kube-vip's annotation vipHost. With a capture: its announcements go on longer than a takeover takes.",
    why: 'MetalLB wants the status without ports, the other with them. Each write wakes the other up, and each time MetalLB announces the address again: announcements without end, controllers busy, and usually two machines that answer.',
    confirm: '`kubectl get service NAME -w -o yaml --show-managed-fields` shows the status change back and forth.',
    falseAlarms:
      'A status left behind by a controller that is gone stays quiet on the wire; the annotation of a kube-vip that does not serve the Service is not reported by itself. Whether there is a loop now, only a capture or the changing resourceVersion shows.',
    references: [
      'metallb/metallb#2177',
      'metallb/metallb#2396',
      'kube-vip/kube-vip#1061',
      'metallb/metallb internal/layer2/announcer.go',
    ],
  },
  *checkCluster({ services }, { announcers, cluster, wire }) {
    const isLeft = leftByKubeVip(cluster)
    const answers = groupBy(answersOf(announcers, 'metallb'), ({ service }) => service)
    for (const service of services) {
      const signs = signsOf(service)
      for (const { ip } of answers.get(service.key) ?? ([] as readonly VipAnswer[])) {
        const steady = wire ? steadyClaims(wire, ip) : []
        // also where there is no sign at all
        if (signs.every(({ of }) => steady.length === 0 && of === 'kube-vip' && isLeft(service))) continue
        yield {
          subject: ipSubject(ip),
          ...(steady.length > 0
            ? likely('the announcements were seen, but not who causes each of them')
            : possible('the signs stand in the Service, but no endless announcement was seen')),
          severity: steady.length > 0 ? 'error' : 'warning',
          data: { ip, service: service.key, signs: signs.map(({ sign }) => sign), onWire: steady.length > 0 },
          evidence: [...signs.map(({ evidence }) => evidence), ...steady.map(claimEvidence)],
        }
      }
    }
  },
  message: ({ ip, service, signs, onWire }: GarpLoop) =>
    `a second controller writes the status of ${service} (${ip}): ${signs.join('; ')}${onWire ? '; it is announced without end' : ''}`,
  fixes: ({ ip, service }) => [
    objectFix({
      summary: 'Leave the Service to one controller',
      risk: 'disruptive',
      text: 'Let kube-vip ignore it (or run kube-vip with svc_enable=false or lb_class_only=true)',
      changes: [ignoredByKubeVip(service)],
      sideEffects: [
        "kube-vip's disable_service_updates=true would stop the writes only: both would go on answering.",
        'If MetalLB is the one to go, give the Service a loadBalancerClass of the other instead (it can only be set at creation).',
      ],
      verify: sh`kubectl get service ${inNamespace(service)} -w; l2doctor scan --vip ${ip}`,
    }),
  ],
})

/** Whether kube-vip's annotation is all that is left of it: workloads and pods were read, and no kube-vip serves the Service. */
function leftByKubeVip(cluster: ClusterSnapshot): (service: Service) => boolean {
  const instances = findKubeVip(cluster)
  return (service) =>
    instances.known && cluster.pods.known && !instances.value.some((instance) => servesService(instance, service))
}

interface Sign {
  /** Whose sign it is, where it can be left behind; null: a second writer's. */
  readonly of: 'kube-vip' | null
  readonly sign: string
  readonly evidence: Evidence
}

function signsOf(service: Service): readonly Sign[] {
  const object = `Service/${service.key}`
  const signs: Sign[] = []
  if (service.ingress.some(({ hasPorts }) => hasPorts)) {
    const evidence = objectEvidence(object, '.status.loadBalancer.ingress[].ports', 'present')
    signs.push({ of: null, sign: 'its ingress status has ports, which MetalLB never writes', evidence })
  }
  const writers = [
    ...new Set(service.managers.filter(({ writesStatus }) => writesStatus).map(({ name }) => name)),
  ].sort()
  if (writers.length > 1) {
    const evidence = objectEvidence(object, '.metadata.managedFields[].manager (status)', writers.join(', '))
    signs.push({ of: null, sign: `${writers.join(' and ')} write its status`, evidence })
  }
  const host = service.annotations['kube-vip.io/vipHost']
  if (host) {
    const evidence = objectEvidence(object, '.metadata.annotations["kube-vip.io/vipHost"]', host)
    signs.push({ of: 'kube-vip', sign: `kube-vip has taken it on ${host}`, evidence })
  }
  return signs
}

interface Steady {
  readonly address: AddressFacts
  readonly claim: ClaimFacts
}

/** Claims announced more often, and for longer, than one takeover explains. */
function steadyClaims(wire: WireFacts, ip: string): readonly Steady[] {
  const address = wire.addresses.find((one) => formatIp(one.ip) === ip)
  if (!address) return []
  return address.claims.flatMap((claim) => {
    const lasted = (claim.lastGratuitousAt ?? claim.firstAt) - claim.firstAt
    return claim.gratuitous > BURST_FRAMES && lasted > BURST_MICROS ? [{ address, claim }] : []
  })
}

function claimEvidence({ claim }: Steady): Evidence {
  const { mac, gratuitous, firstAt, lastAt, lastFrame } = claim
  const summary = `${formatMac(mac)} announced it ${gratuitous} times since ${isoFromMicros(firstAt)}`
  return { kind: 'frame', frame: lastFrame, at: isoFromMicros(lastAt), summary }
}
