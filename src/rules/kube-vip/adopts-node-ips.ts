import { serviceAddresses } from '../../cluster/announcers/kube-vip/announcer.js'
import { type KubeVipInstance, servesService } from '../../cluster/announcers/kube-vip/instances.js'
import { KUBE_VIP } from '../../cluster/announcers/kube-vip/versions.js'
import { describeVersion, holdsFor } from '../../cluster/announcers/version.js'
import { addressesOf } from '../../cluster/node-addresses.js'
import { likely, possible } from '../certainty.js'
import { objectStep, objectUndo } from '../changes/object-fix.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { serviceSubject } from '../subject.js'
import { ignoredByKubeVip } from './ignored.js'
import { arpInstances, setVariables } from './instances.js'

interface Adopted {
  readonly service: string
  readonly version: string
  readonly nodes: readonly { readonly node: string; readonly ip: string }[]
  readonly instance: Pick<KubeVipInstance, 'object' | 'kind' | 'nodes'>
}

export const adoptsNodeIps = defineClusterRule({
  id: 'kube-vip/adopts-node-ips',
  title: 'kube-vip takes the addresses of nodes for VIPs',
  severity: 'error',
  kinds: ['workloads', 'services', 'nodes'],
  needs: ['cluster'],
  explains: [
    'answers/unwanted-responder',
    'answers/silent-holder',
    'wire/no-answer',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/unexpected-responder',
  ],
  docs: {
    what: 'A LoadBalancer Service that kube-vip serves has the addresses of nodes in status.loadBalancer.ingress, as k3s servicelb (klipper) writes them. Since 0.7.0 kube-vip takes its addresses from there.',
    why: 'The leader adds the addresses of other nodes to its own interface and announces them every 3 s; on a change it removes them again, its own among them. Nodes lose their network, etcd its quorum.',
    confirm:
      '`ip -brief address` on the leader shows addresses of other nodes as /32; kube-vip logs "(svcs) adding VIP" with them.',
    falseAlarms:
      'The cause follows from the code since 0.7.0 and from several reports; the project has not confirmed it. A status that servicelb left behind counts as well.',
    references: [
      KUBE_VIP.readsStatus.source,
      'kube-vip/kube-vip#752',
      'kube-vip/kube-vip#836',
      'kube-vip/kube-vip#1016',
      'kube-vip/kube-vip#1288',
      'tinkerbell/charts#93',
    ],
  },
  *checkCluster({ services, nodes }, { cluster }) {
    const owners = nodes.flatMap((node) => addressesOf(node).map((ip) => ({ node: node.name, ip })))
    for (const instance of arpInstances(cluster).filter(
      ({ version }) => holdsFor(version, KUBE_VIP.readsStatus) !== false,
    )) {
      for (const service of services.filter((one) => servesService(instance, one))) {
        const taken = serviceAddresses(instance, service)
        const adopted = owners.filter(({ ip }) => taken.includes(ip))
        if (adopted.length === 0) continue
        const { object, kind, nodes } = instance
        yield {
          subject: serviceSubject(service),
          ...(instance.version.exact
            ? likely('the objects were read; no host that holds such an address was')
            : possible('the version of kube-vip is unknown, and versions before 0.7.0 do not do this')),
          data: {
            service: service.key,
            version: describeVersion(instance.version),
            nodes: adopted,
            instance: { object, kind, nodes },
          },
          evidence: [
            objectEvidence(`Service/${service.key}`, '.status.loadBalancer.ingress[].ip', taken.join(', ')),
            ...adopted.map(({ node, ip }) => objectEvidence(`Node/${node}`, '.status.addresses', ip)),
          ],
        }
      }
    }
  },
  message: ({ service, version, nodes }: Adopted) =>
    `kube-vip ${version} takes the addresses of ${listed(nodes.map(({ node, ip }) => `${node} (${ip})`))} for VIPs of ${service}`,
  fixes: (data) => [ignoreService(data), ownClassOnly(data), disableServiceLb()],
})

function ignoreService({ service, nodes }: Adopted): Fix {
  return {
    summary: `Let kube-vip ignore ${service}`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      objectStep(ignoredByKubeVip(service), 'kube-vip then leaves the Service to servicelb'),
      {
        kind: 'runtime',
        text: `On each node, from its console: remove the addresses of the other nodes from its interfaces (ip address del), and put its own back if it is gone (ip address add, with the prefix length of its network): ${nodes.map(({ node, ip }) => `${node} ${ip}`).join(', ')}`,
      },
    ],
    sideEffects: ['Addresses that kube-vip has added go only when it lets go of the Service, or by hand.'],
    verify: 'kubectl get nodes -o wide; ip -brief address on the leader',
    undo: objectUndo([ignoredByKubeVip(service)]),
  }
}

function ownClassOnly({ instance }: Adopted): Fix {
  return {
    summary: 'Let kube-vip serve only Services of its own loadBalancerClass',
    risk: 'disruptive',
    where: 'cluster',
    steps: [setVariables(instance, { lb_class_only: 'true' })],
    sideEffects: [
      'Services without loadBalancerClass kube-vip.io/kube-vip-class lose their VIP; the class can only be set when a Service is created.',
    ],
    verify: 'l2doctor audit-cluster',
    undo: 'Set lb_class_only=false again.',
  }
}

export function disableServiceLb(): Fix {
  return {
    summary: 'Run k3s without servicelb',
    risk: 'disruptive',
    where: 'node',
    steps: [
      {
        kind: 'persistent',
        text: 'On every server node, in /etc/rancher/k3s/config.yaml; then restart k3s',
        run: sh`printf 'disable:\\n  - servicelb\\n' >> /etc/rancher/k3s/config.yaml && systemctl restart k3s`,
      },
      {
        kind: 'look',
        text: 'Check that no svclb pod and no node address in a Service status remains',
        run: sh`kubectl get daemonsets -A | grep svclb; kubectl get services -A`,
      },
    ],
    sideEffects: ['Services are no longer reachable at the addresses of the nodes.'],
    verify: 'l2doctor audit-cluster',
    undo: 'Take servicelb off the list and restart k3s.',
  }
}
