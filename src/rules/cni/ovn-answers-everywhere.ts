import { OVN_KUBERNETES } from '../../cluster/announcers/ovn-kubernetes/versions.js'
import { holdsFor, spanOf } from '../../cluster/announcers/version.js'
import { readCnis } from '../../cluster/network/cni.js'
import { vipsOf } from '../../facts/expected.js'
import { respondersOf } from '../../facts/responders.js'
import { valueOr } from '../../known.js'
import { formatIp } from '../../wire/ip.js'
import { likely, possible } from '../certainty.js'
import { objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface Everywhere {
  readonly ip: string
  readonly object: string
  /** Null: the image does not tell. */
  readonly version: string | null
  readonly nodes: readonly string[]
}

export const ovnAnswersEverywhere = defineClusterRule({
  id: 'cni/ovn-answers-everywhere',
  title: 'OVN-Kubernetes answers for the address on every node',
  severity: 'error',
  kinds: ['workloads', 'nodes', 'services'],
  needs: ['cluster', 'wire', 'attribution', 'question'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop', 'wire/unexpected-responder'],
  docs: {
    what: 'The address of a Service is answered for by every node of a cluster whose network is OVN-Kubernetes. In old versions the gateway router of each node answers ARP and neighbour solicitations for LoadBalancer and external addresses, beside the announcer.',
    why: 'A flow of Open vSwitch answers, so no kernel setting and no announcer can stop it. Clients reach any of the nodes, and connections break when their ARP entry changes.',
    confirm:
      'On a node: `ovs-ofctl dump-flows br-ex | grep arp_tpa=VIP` (breth0 outside of OpenShift). Newer versions have a flow there that hands the requests to the node itself.',
    falseAlarms:
      'Something else may make every node answer: the address on kube-ipvs0 without strictARP, or put on all nodes by hand. Two answers with one MAC are no conflict.',
    references: [
      'ovn-kubernetes/ovn-kubernetes#2394',
      'ovn-kubernetes/ovn-kubernetes#2853',
      'openshift/ovn-kubernetes#957',
      'metallb/metallb#1395',
    ],
  },
  *checkCluster({ nodes, services }, { cluster, wire, attribution, question }) {
    const agent = valueOr(readCnis(cluster), []).find(({ name }) => name === 'ovn-kubernetes')
    const isOld = agent ? holdsFor(spanOf(agent.version), OVN_KUBERNETES.answersForServices) : false
    if (!agent || isOld === false || nodes.length < 2) return
    const vips = new Set(services.flatMap(vipsOf))
    const names = new Set(nodes.map(({ name }) => name))
    for (const address of wire.addresses) {
      const ip = formatIp(address.ip)
      const found = vips.has(ip) ? respondersOf(address, attribution, names, question) : null
      if (found?.nodes.length !== names.size) continue
      yield {
        subject: ipSubject(ip),
        ...(isOld
          ? likely('its version does so; whether the address is also on an interface of the nodes was not compared')
          : possible('its image does not tell the version, and other causes make every node answer too')),
        data: { ip, object: agent.object, version: agent.version, nodes: found.nodes },
        evidence: [objectEvidence(agent.object, 'image', agent.version ?? 'of unknown version')],
      }
    }
  },
  message: ({ ip, object, version, nodes }: Everywhere) =>
    `all ${nodes.length} nodes answer for ${ip}, and the network of the cluster is OVN-Kubernetes${version ? ` ${version}` : ''} (${object}), whose gateway routers answer for addresses of Services in old versions`,
  fixes: ({ ip, nodes }) => [
    {
      summary: 'See whether its flows leave the requests to the node; where they do not, upgrade OVN-Kubernetes',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'The flow that hands requests for the address to the node (the bridge is breth0 outside of OpenShift). No output: the version is old',
          run: sh`ovs-ofctl dump-flows br-ex | grep -F ${`arp_tpa=${ip}`}`,
          where: 'node',
          node: nodes[0]!,
        },
        {
          kind: 'persistent',
          text: 'No output: upgrade it. OpenShift has the change in 4.10 and in later builds of 4.8 and 4.9',
        },
      ],
      sideEffects: ['An upgrade of the network restarts its agent on each node, one after the other.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Go back to the former version.',
    },
  ],
})
