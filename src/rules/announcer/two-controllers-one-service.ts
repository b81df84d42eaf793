import { serviceOfServiceLb } from '../../cluster/announcers/k3s-servicelb/announcer.js'
import { metalLbInstalls, servesService } from '../../cluster/announcers/metallb/install.js'
import { keyName } from '../../cluster/key.js'
import type { Service } from '../../cluster/model.js'
import type { Workload } from '../../cluster/model-workloads.js'
import { addressesOf } from '../../cluster/node-addresses.js'
import type { Facts } from '../../facts/facts.js'
import { likely, possible } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { disableServiceLb } from '../kube-vip/adopts-node-ips.js'
import { sh } from '../shell.js'
import { serviceSubject } from '../subject.js'

/** What its status shows now: the VIP alone, addresses of nodes alone, both. */
type Shows = 'vip' | 'nodes' | 'both'

interface TwoWriters {
  readonly service: string
  /** `MetalLB`. */
  readonly other: string
  readonly daemonSet: string
  readonly vips: readonly string[]
  readonly nodeIps: readonly string[]
  readonly shows: Shows
}

export const twoControllersOneService = defineClusterRule({
  id: 'announcer/two-controllers-one-service',
  title: 'k3s servicelb and another load balancer both serve a Service',
  severity: 'warning',
  kinds: ['nodes', 'services', 'workloads'],
  needs: ['announcers'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'A Service has a DaemonSet of k3s servicelb (svclb-…), and another program, say MetalLB, serves it too: each takes every LoadBalancer Service without a loadBalancerClass. Servicelb writes the addresses of nodes into its status, the other one its VIP.',
    why: 'Both write the same field, and the last one wins. While addresses of nodes stand there, nobody announces the VIP; clients and DNS that follow the status are sent to another address each time.',
    confirm: '`kubectl get service -A -w` shows the external address change; `kubectl get daemonset -A | grep svclb`.',
    falseAlarms:
      'A DaemonSet that is left over from before servicelb was disabled writes nothing. While the status shows the VIP, the address works.',
    references: [
      'https://docs.k3s.io/networking/networking-services#service-load-balancer',
      'https://metallb.io/installation/',
      'metallb/metallb#2396',
    ],
  },
  *checkCluster({ nodes, services, workloads }, { announcers }) {
    const nodeIps = new Set(nodes.flatMap(addressesOf))
    const byKey = new Map(services.map((service) => [service.key, service]))
    for (const workload of workloads) {
      const service = byKey.get(serviceOfServiceLb(workload) ?? '')
      if (service?.type !== 'LoadBalancer' || service.loadBalancerClass !== null) continue
      const other = otherOf(service, workloads, announcers, nodeIps)
      const shows = other === null ? null : shownBy(service, nodeIps)
      if (other === null || shows === null) continue
      const ips = service.ingress.flatMap(({ ip }) => ip ?? [])
      yield {
        subject: serviceSubject(service),
        ...(shows === 'vip'
          ? possible('the status shows the VIP: the DaemonSet may be left over from before servicelb was disabled')
          : likely('the status shows what servicelb writes, and nothing keeps the other one from the Service')),
        data: {
          service: service.key,
          other,
          daemonSet: workload.key,
          vips: ips.filter((ip) => !nodeIps.has(ip)),
          nodeIps: ips.filter((ip) => nodeIps.has(ip)),
          shows,
        },
        evidence: [
          objectEvidence(`DaemonSet/${workload.key}`, '.metadata.name', `servicelb of ${service.key}`),
          objectEvidence(`Service/${service.key}`, '.spec.loadBalancerClass', 'not set'),
          objectEvidence(`Service/${service.key}`, '.status.loadBalancer.ingress[].ip', ips.join(', ') || 'none'),
        ],
      }
    }
  },
  message: (data: TwoWriters) => words(data),
  fixes: (data: TwoWriters) => [withoutServiceLb(data), byClass(data)],
})

/** Who else serves it: an announcer with an address of it that is no node's, or MetalLB, whose VIP the status may have lost. */
function otherOf(
  service: Service,
  workloads: readonly Workload[],
  announcers: Facts['announcers'],
  nodeIps: ReadonlySet<string>,
): string | null {
  const others = announcers.filter(({ name }) => name !== 'k3s-servicelb')
  const announcer = others.find(({ answers }) =>
    answers.some((one) => one.service === service.key && !nodeIps.has(one.ip)),
  )
  if (announcer) return announcer.name
  return metalLbInstalls(workloads).some((install) => servesService(install, service)) ? 'metallb' : null
}

/** Null: no address at all, which is another fault. */
function shownBy({ ingress }: Service, nodeIps: ReadonlySet<string>): Shows | null {
  const ips = ingress.flatMap(({ ip }) => ip ?? [])
  const ofNodes = ips.filter((ip) => nodeIps.has(ip)).length
  if (ips.length === 0) return null
  if (ofNodes === 0) return 'vip'
  return ofNodes === ips.length ? 'nodes' : 'both'
}

function words({ service, other, vips, nodeIps, shows }: TwoWriters): string {
  const both = `k3s servicelb and ${other} both write the addresses of ${service}`
  if (shows === 'vip') return `${both}: now ${listed(vips)} stands there, until servicelb writes again`
  const lost = `now addresses of nodes stand there (${listed(nodeIps)})`
  return shows === 'nodes' ? `${both}: ${lost}, and no VIP of ${other}` : `${both}: ${lost} beside ${listed(vips)}`
}

function withoutServiceLb({ service }: TwoWriters): Fix {
  const { namespace, name } = keyName(service)
  return { ...disableServiceLb(), verify: sh`kubectl get service -n ${namespace} ${name} -o wide` }
}

function byClass({ service, other }: TwoWriters): Fix {
  const { namespace, name } = keyName(service)
  return {
    summary: `Give ${other} a loadBalancerClass, and the Service with it: servicelb leaves such Services alone`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'look',
        text: 'Keep a copy of the Service',
        run: sh`kubectl get service -n ${namespace} ${name} -o yaml`,
      },
      {
        kind: 'persistent',
        text: `Set the class of ${other} (MetalLB: --lb-class of controller and speaker, Helm loadBalancerClass), then create ${service} again with spec.loadBalancerClass`,
      },
    ],
    sideEffects: [
      'loadBalancerClass can only be set when a Service is created; until it is there again it has no address.',
    ],
    verify: sh`kubectl get service -n ${namespace} ${name} -o wide`,
    undo: 'Take the class off the program, and create the Service again from the copy.',
  }
}
