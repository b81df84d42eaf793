import { assignedNode } from '../../cluster/announcers/metallb-sightings.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterEvent, Service } from '../../cluster/model.js'
import type { ServiceL2Status } from '../../cluster/model-resources.js'
import { valueOr } from '../../known.js'
import { ipSubject, listed, objectEvidence, rolloutRestart, serviceSubject } from '../cluster-parts.js'
import type { Evidence } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { theInstall } from './installs.js'
import { interleavedEvents } from './interleaved-events.js'
import { listeningOf, roundsTogether } from './split-evidence.js'

interface Split {
  readonly service: string
  readonly nodes: readonly string[]
  readonly by: 'status' | 'events' | 'status and events'
  readonly object: string
  readonly port: number
  /** Rounds on the wire that two or more of the nodes answered. */
  readonly together: number
  /** Each of the nodes listens on the port; null when nobody looked at all of them. */
  readonly listening: boolean | null
}

export const splitStatus = defineClusterRule({
  id: 'metallb/split-status',
  title: 'Two MetalLB speakers each say that they announce the same Service',
  severity: 'error',
  kinds: ['services', 'workloads'],
  needs: ['cluster'],
  optional: ['wire', 'attribution', 'hosts'],
  explains: ['wire/duplicate-responders', 'wire/flip-flop', 'wire/conflicting-claims', 'wire/unexpected-responder'],
  docs: {
    what: 'Two or more nodes have a ServiceL2Status for one Service, or two nodes report `nodeAssigned` in turns. MetalLB elects one node, so the speakers do not see the same members: memberlist is split.',
    why: 'Every speaker elects among the members that it sees. Where node-to-node traffic on the memberlist port (TCP and UDP 7946) is blocked each side has a winner, and both answer ARP: clients land on one or the other.',
    confirm:
      'On the nodes: `nc -zv NODE 7946` from one to the other, for UDP `nc -zuv`. The speakers log "Suspect … has failed, no acks received" or "Failed to join".',
    falseAlarms:
      'A status object that stayed behind when a speaker died looks the same for a while; before 0.15.0 one object could also overwrite another (metallb/metallb#2712). A probe of the address decides: two MACs in one round are a split.',
    references: [
      'https://metallb.io/concepts/layer2/',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#589',
      'metallb/metallb#740',
      'metallb/metallb#2712',
    ],
  },
  *checkCluster({ services, workloads }, { cluster, wire, attribution, hosts = [] }) {
    const install = theInstall(workloads)
    if (!install) return
    // Either source is enough: status objects exist since 0.14.4, events fade after an hour.
    if (!cluster.serviceL2Statuses.known && !cluster.events.known) {
      yield { unjudged: install.object, because: 'neither ServiceL2Status objects nor events could be read' }
      return
    }
    const events = valueOr(cluster.events, [])
    const statuses = groupBy(valueOr(cluster.serviceL2Statuses, []), ({ service }) => service)
    const assignments = groupBy(events, ({ about }) => about.key)
    for (const service of services) {
      const told = statuses.get(service.key) ?? []
      const interleaved = interleavedEvents(assignments.get(service.key) ?? [])
      const split = describe(service, told, interleaved)
      if (!split) continue
      const ip = service.ingress[0]?.ip
      const together = ip && wire && attribution ? roundsTogether(wire, attribution, ip, split.nodes) : 0
      const listening = listeningOf(hosts, split.nodes, install.memberlistPort)
      yield {
        subject: ip ? ipSubject(ip) : serviceSubject(service),
        certainty: split.by === 'status and events' || together > 0 ? 'certain' : 'likely',
        data: { ...split, object: install.object, port: install.memberlistPort, together, listening: listening.all },
        evidence: [
          ...told.map(statusEvidence),
          ...interleaved.map(eventEvidence),
          ...(together > 0 ? [togetherEvidence(split.nodes, together)] : []),
          ...listening.evidence,
        ],
      }
    }
  },
  message: ({ service, nodes, by, port, listening }: Split) =>
    `${listed(nodes)} each say that they announce ${service} (by ${by}): the speakers do not see each other${listening ? `, though each listens on port ${port}` : ''}`,
  fixes: ({ service, nodes, object, port }: Split) => [
    {
      summary: `Let TCP and UDP port ${port} pass between all nodes, first between ${nodes.join(' and ')}`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        {
          kind: 'manual',
          text: `Find who drops it: firewalld, ufw, nftables, a security group or a host network policy between ${nodes.join(' and ')}`,
          run: sh`nc -zv NODE ${port} && nc -zuv NODE ${port}`,
        },
        {
          kind: 'persistent',
          text: 'With firewalld, on every node',
          run: sh`firewall-cmd --permanent --add-port=${port}/tcp --add-port=${port}/udp && firewall-cmd --reload`,
        },
        { kind: 'runtime', text: 'Restart the speakers once the port is open', run: rolloutRestart(object) },
      ],
      sideEffects: ['Restarting the speakers announces every VIP anew; some may move.'],
      verify: sh`kubectl get servicel2statuses.metallb.io -A -o wide | grep ${service.split('/')[1]}`,
      undo: sh`firewall-cmd --permanent --remove-port=${port}/tcp --remove-port=${port}/udp && firewall-cmd --reload`,
    },
  ],
})

function describe(
  { key }: Service,
  statuses: readonly ServiceL2Status[],
  interleaved: readonly ClusterEvent[],
): Pick<Split, 'service' | 'nodes' | 'by'> | null {
  const byStatus = distinct(statuses.map(({ node }) => node))
  const byEvents = distinct(interleaved.flatMap((event) => assignedNode(event) ?? []))
  if (byStatus.length < 2 && byEvents.length < 2) return null
  const by = byStatus.length < 2 ? 'events' : byEvents.length < 2 ? 'status' : 'status and events'
  const nodes = by === 'events' ? byEvents : distinct([...byStatus, ...(by === 'status' ? [] : byEvents)])
  return { service: key, nodes, by }
}

function distinct(nodes: readonly string[]): readonly string[] {
  return [...new Set(nodes)].sort()
}

function togetherEvidence(nodes: readonly string[], together: number): Evidence {
  return { kind: 'measure', name: `rounds that ${listed(nodes)} answered together`, value: String(together) }
}

function statusEvidence({ key, node }: ServiceL2Status): Evidence {
  return objectEvidence(`ServiceL2Status/${key}`, '.status.node', node)
}

function eventEvidence({ key, message, count, firstAt, lastAt }: ClusterEvent): Evidence {
  return objectEvidence(`Event/${key}`, '.message', `${message} (${count} times, ${firstAt} to ${lastAt})`)
}
