import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { ServiceHistory } from '../../cluster/announcers/history.js'
import type { ServiceL2Status } from '../../cluster/announcers/metallb/objects.js'
import { assignedNode } from '../../cluster/announcers/metallb/sightings.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterEvent, ClusterNode } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import type { Evidence, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { theInstall } from './installs.js'
import { interleavedEvents } from './interleaved-events.js'
import { listeningOf, oneAnswers, roundsTogether } from './split-evidence.js'

interface Split {
  readonly service: string
  readonly nodes: readonly string[]
  readonly by: 'status' | 'events' | 'status and events' | 'wire'
  readonly object: string
  readonly port: number
  /** Rounds on the wire that two or more of the nodes answered. */
  readonly together: number
  /** Each of the nodes listens on the port; null when nobody looked at all of them. */
  readonly listening: boolean | null
  /** InternalIPs of the nodes, in their order; the name where the node has none. */
  readonly addresses: readonly string[]
}

export const splitStatus = defineClusterRule({
  id: 'metallb/split-status',
  title: 'Two MetalLB speakers announce the same Service',
  severity: 'error',
  kinds: ['services', 'workloads'],
  needs: ['cluster', 'announcers'],
  optional: ['wire', 'attribution', 'hosts'],
  explains: ['wire/duplicate-responders', 'wire/flip-flop', 'wire/conflicting-claims', 'wire/unexpected-responder'],
  docs: {
    what: 'Two or more nodes that may announce a Service do so at the same time: both answer one round on the wire, or both have a ServiceL2Status for it now, or both repeat `nodeAssigned` in turns. MetalLB elects one node, so the speakers do not see the same members: memberlist is split.',
    why: 'Every speaker elects among the members that it sees. Where node-to-node traffic on the memberlist port (TCP and UDP 7946) is blocked each side has a winner, and both answer for the address: clients land on one or the other.',
    confirm:
      'On the nodes: `nc -zv NODE 7946` from one to the other, for UDP `nc -zuv`. The speakers log "Suspect … has failed, no acks received" or "Failed to join".',
    falseAlarms:
      'Events are history: one node after the other is a failover and is not reported, nor is what is over (the newest event, the status and the election agree again). A status object that stayed behind when a speaker died looks the same for a while, and before 0.15.0 one object could overwrite another (metallb/metallb#2712): without the wire it is at most likely. A probe of the address decides: two nodes in one round are a split.',
    references: [
      'https://metallb.io/concepts/layer2/',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#589',
      'metallb/metallb#740',
      'metallb/metallb#2712',
    ],
  },
  *checkCluster({ services, workloads, observedAt }, { cluster, announcers, wire, attribution, hosts = [] }) {
    const install = theInstall(workloads)
    if (!install) return
    // Either source is enough: status objects exist since 0.14.4, events fade after an hour.
    if (!cluster.serviceL2Statuses.known && !cluster.events.known) {
      yield { unjudged: install.object, because: 'neither ServiceL2Status objects nor events could be read' }
      return
    }
    const history = new ServiceHistory(valueOr(cluster.events, []).filter(({ reason }) => reason === 'nodeAssigned'))
    const statuses = groupBy(valueOr(cluster.serviceL2Statuses, []), ({ service }) => service)
    const answers = groupBy(answersOf(announcers, 'metallb'), ({ service }) => service)
    for (const service of services) {
      const answer = answers.get(service.key)?.[0]
      const account = { statuses: statuses.get(service.key) ?? [], events: history.of(service) }
      if (!answer || !hasTwo(account, answer)) continue
      const told = standing(account, answer, observedAt)
      const seen = wire && attribution ? roundsTogether(wire, attribution, answer.ip, namedNow(told, account)) : null
      const split = seen ? { nodes: seen.nodes, by: 'wire' as const } : describe(told)
      if (!split || (split.by === 'events' && wire && oneAnswers(wire, answer.ip))) continue
      const listening = listeningOf(hosts, split.nodes, install.memberlistPort)
      yield {
        subject: ipSubject(answer.ip),
        ...weigh(split.by, wire !== undefined && oneAnswers(wire, answer.ip)),
        data: {
          service: service.key,
          ...split,
          object: install.object,
          port: install.memberlistPort,
          together: seen?.rounds ?? 0,
          listening: listening.all,
          addresses: addressesOf(split.nodes, valueOr(cluster.nodes, [])),
        },
        evidence: [
          ...told.statuses.map(statusEvidence),
          ...(split.by === 'status' ? [] : split.by === 'wire' ? account.events : told.events).map(eventEvidence),
          ...(seen ? [togetherEvidence(seen.nodes, seen.rounds)] : []),
          ...listening.evidence,
        ],
      }
    }
  },
  message: ({ service, nodes, by, port, listening }: Split) =>
    `${listed(nodes)} each ${by === 'wire' ? `answer for ${service}` : `say that they announce ${service} (by ${by})`}: the speakers do not see each other${listening ? `, though each listens on port ${port}` : ''}`,
  fixes: ({ nodes, port, addresses }: Split) => [
    {
      summary: `Let TCP and UDP port ${port} pass between all nodes, first between ${nodes.join(' and ')}`,
      risk: 'disruptive',
      where: 'node',
      node: nodes[0]!,
      steps: [
        {
          kind: 'look',
          text: `Ask whether the port of ${nodes[1]} is reached from ${nodes[0]}`,
          run: sh`nc -zv ${addresses[1]} ${port} && nc -zuv ${addresses[1]} ${port}`,
        },
        {
          kind: 'look',
          text: `Find what drops it on ${nodes.join(' and ')} (nftables, firewalld, ufw), between them (a security group) or above them (a host network policy)`,
          run: sh`nft list ruleset | grep -n ${port}; iptables -S | grep ${port}`,
        },
        {
          kind: 'persistent',
          text: 'With firewalld, on every node; otherwise remove the rule that was found. The speakers then join by themselves',
          run: sh`firewall-cmd --permanent --add-port=${port}/tcp --add-port=${port}/udp && firewall-cmd --reload`,
        },
      ],
      sideEffects: ['Once the speakers see each other one of the nodes stops to announce.'],
      verify: 'l2doctor audit-cluster',
      undo: sh`firewall-cmd --permanent --remove-port=${port}/tcp --remove-port=${port}/udp && firewall-cmd --reload`,
    },
  ],
})

/** MetalLB's own account of one Service. */
interface Account {
  readonly statuses: readonly ServiceL2Status[]
  readonly events: readonly ClusterEvent[]
}

/** Whether the account or the election names more than one node. */
function hasTwo({ statuses, events }: Account, { expected }: VipAnswer): boolean {
  const named = new Set([...statuses, ...expected].map(({ node }) => node))
  if (named.size > 1) return true
  return new Set([...named, ...events.flatMap((event) => assignedNode(event) ?? [])]).size > 1
}

/**
 * What of the account can be true now: status objects of nodes that may announce, and assignments in turns, unless they
 * are over because the last of them, the status and the election name one node again.
 */
function standing({ statuses, events }: Account, answer: VipAnswer, observedAt: string): Account {
  // a node that is no candidate, or that the cluster has no more, announces nothing; where nobody could be asked, any may
  const mayAnnounce = (node: string) => answer.mayAnnounce?.(node) ?? true
  const live = statuses.filter(({ node }) => mayAnnounce(node))
  const turns = interleavedEvents(events, observedAt).filter((event) => mayAnnounce(assignedNode(event) ?? ''))
  const last = events.at(-1)
  const now = distinct([
    ...answer.expected.map(({ node }) => node),
    ...(last ? [assignedNode(last) ?? ''] : []),
    ...live.map(({ node }) => node),
  ])
  return { statuses: live, events: now.length > 1 ? turns : [] }
}

/** Whom MetalLB's account names at present: of events, those in turns and the last. */
function namedNow({ statuses, events }: Account, { events: all }: Account): readonly string[] {
  const assigned = [...events, ...all.slice(-1)].flatMap((event) => assignedNode(event) ?? [])
  return distinct([...statuses.map(({ node }) => node), ...assigned])
}

function describe({ statuses, events }: Account): Pick<Split, 'nodes' | 'by'> | null {
  const byStatus = distinct(statuses.map(({ node }) => node))
  const byEvents = distinct(events.flatMap((event) => assignedNode(event) ?? []))
  if (byStatus.length < 2 && byEvents.length < 2) return null
  const by = byStatus.length < 2 ? 'events' : byEvents.length < 2 ? 'status' : 'status and events'
  const nodes = by === 'events' ? byEvents : distinct([...byStatus, ...(by === 'status' ? [] : byEvents)])
  return { nodes, by }
}

function weigh(by: Split['by'], oneAnswers: boolean): Confidence & { readonly severity: Severity } {
  if (by === 'wire') {
    const because =
      'nodes that MetalLB itself names answered together; another program on one of them was not ruled out'
    return { severity: 'error', ...likely(because) }
  }
  if (oneAnswers) return { severity: 'warning', ...possible('on the wire one machine alone answers') }
  return by === 'events'
    ? { severity: 'warning', ...possible('events of both nodes go on in turns; events tell the past') }
    : { severity: 'error', ...likely('each node has a status for the Service now; no two answers together were seen') }
}

function addressesOf(names: readonly string[], nodes: readonly ClusterNode[]): readonly string[] {
  return names.map((wanted) => nodes.find(({ name }) => name === wanted)?.internalIPs[0] ?? wanted)
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
