import type { LeaseState } from '../../cluster/announcers/announcer.js'
import { peopleOf } from '../../cluster/announcers/people.js'
import { announcementsOf } from '../../facts/announcements.js'
import type { Attribution } from '../../facts/attribution.js'
import type { Facts } from '../../facts/facts.js'
import { nodeNamer } from '../../facts/host-nodes.js'
import { silencesOf } from '../../facts/hypotheses/silences.js'
import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import { defineRule, type Evidence, type Fix, type FixStep, type Unjudged } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone, commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { watchFrames } from '../wire/next-steps.js'
import { type AgentSays, agentEvidence, agentSays, agentWords, weighAgent } from './agent-says.js'

interface Silent {
  readonly ip: string
  readonly node: string
  readonly announcer: string
  readonly title: string
  /** `lease`, `election` … and the object or sum that says so. */
  readonly from: string
  readonly detail: string
  /** Addresses of the node that are silent, this one included. */
  readonly silent: readonly string[]
  /** Addresses that the node answers for meanwhile. */
  readonly answered: readonly string[]
  /** The node was heard in this look under an address of its own. */
  readonly speaks: boolean
  /** All that names a node names this one. */
  readonly agreed: boolean
  /** The announcer puts the address on an interface, and the host that was read has it nowhere. */
  readonly absent: boolean
  readonly failoverSeconds: number | null
  /** What its agent says of the address; null: it was not asked. */
  readonly agent: AgentSays | null
}

export const silentNode = defineRule({
  id: 'announcer/silent-node',
  title: 'The node in charge of the address does not answer',
  severity: 'error',
  needs: ['cluster', 'announcers', 'wire', 'attribution', 'question'],
  optional: ['hosts', 'agents'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'The lease or the election names a node for the address, nothing in the cluster speaks against it, and the node answers no request. No other node takes its place, because to all of them it is well.',
    why: 'The address is dead although the cluster looks healthy. An agent that forgot the address after a short loss of the network keeps its lease. Where the node answers for another address in the same look, or is heard under its own, requests and answers of other addresses pass. The agent itself may say it: the counters of a MetalLB speaker, which diagnose reads through the API server where it may, and the table of a Cilium agent, given with --cilium-l2-announce.',
    confirm:
      'On the node, while somebody asks: `tcpdump -p -n -e -i IFACE arp and host VIP` shows whether the requests arrive.',
    falseAlarms:
      'Requests that do not reach the node (another VLAN, a filter, a switch) look the same from here. A lease that was not renewed within its duration is not judged: another node may be about to take it.',
    references: ['cilium/cilium#48626', 'https://metallb.io/troubleshooting/', 'kube-vip/kube-vip#996'],
  },
  *check(facts) {
    for (const one of silences(facts)) {
      if ('unjudged' in one) {
        yield one
        continue
      }
      const { found, host } = one
      yield { subject: ipSubject(found.ip), ...weigh(found, host), data: found, evidence: evidenceOf(found, host) }
    }
  },
  message: ({ ip, node, from, detail, title, silent, answered, absent, agent }: Silent) =>
    `${node} is in charge of ${ip} by its ${from} (${detail}), but ${absent ? `has the address on no interface and ` : ''}does not answer${silent.length > 1 ? `, as for ${listed(silent.filter((one) => one !== ip))}` : ''}${answered.length > 0 ? `, while it answers for ${listed(answered)}` : ''}: ${agent ? agentWords(agent, title) : `${title} on it does not do its part, or the requests do not reach it`}`,
  fixes: (data: Silent) => [
    data.agent?.says === 'unheard'
      ? findRequests(data)
      : {
          summary: `Look at ${data.title} on ${data.node}; where the requests arrive and it is silent, restart it there`,
          risk: 'disruptive',
          where: 'node',
          node: data.node,
          steps: steps(data),
          sideEffects: [
            `The other addresses that ${data.node} announces are silent for a moment or move to another node.`,
          ],
          verify: sh`l2doctor scan --vip ${data.ip}`,
          undo: 'Nothing stays changed: the pod starts again.',
        },
  ],
})

type Looked = Pick<Facts, 'cluster' | 'announcers' | 'wire' | 'attribution' | 'question'> &
  Partial<Pick<Facts, 'hosts' | 'agents'>>

function* silences({ hosts = [], ...looked }: Looked): Iterable<Found | Unjudged> {
  const { cluster, announcers, attribution } = looked
  const lacking = announcementsOf(cluster, announcers, hosts).lacking
  const nameOf = nodeNamer(valueOr(cluster.nodes, []))
  for (const { announcer, node, ips, answered } of silencesOf(looked)) {
    const host = hosts.find((one) => nameOf(one) === node) ?? null
    const speaks = speaksAsItself(node, attribution)
    for (const ip of ips) {
      if (lacking.some((one) => one.ip === ip)) continue
      const found = describe(ip, { announcer, node, host, silent: ips, answered, speaks }, looked)
      if (found !== null) yield 'unjudged' in found ? found : { found, host }
    }
  }
}

interface Found {
  readonly found: Silent
  readonly host: Host | null
}

/** It was heard in this look under an address of its own, and no other machine was. */
function speaksAsItself(node: string, { macsOf, ownersOf }: Attribution): boolean {
  return macsOf(node).some((mac) => {
    const [owner, ...others] = ownersOf(mac)
    return others.length === 0 && owner?.via === 'arp-of-node-ip' && owner.before !== true
  })
}

/** The addresses that this rule speaks of, so that no other says the same of their announcer. */
export function silentByAnnouncer(facts: Partial<Looked>): ReadonlySet<string> {
  const { cluster, announcers, wire, attribution, question, hosts, agents } = facts
  if (!cluster || !announcers || !wire || !attribution || !question) return new Set()
  const looked = {
    cluster,
    announcers,
    wire,
    attribution,
    question,
    ...(hosts ? { hosts } : {}),
    ...(agents ? { agents } : {}),
  }
  return new Set([...silences(looked)].flatMap((one) => ('found' in one ? [one.found.ip] : [])))
}

interface OfNode extends Pick<Silent, 'announcer' | 'node' | 'silent' | 'answered' | 'speaks'> {
  readonly host: Host | null
}

/** Null where the kernel has the address and keeps silent: that is a matter of its settings. */
function describe(
  ip: string,
  { announcer, node, host, silent, answered, speaks }: OfNode,
  { announcers, agents = [] }: Pick<Looked, 'announcers' | 'agents'>,
): Silent | Unjudged | null {
  const view = announcers.find(({ name }) => name === announcer)
  const own = view?.answers.filter((one) => one.ip === ip) ?? []
  const answer = own.find(({ expected }) => expected[0]?.node === node)
  const manner = answer && view?.mannerOf(answer)
  if (!answer || !manner) return null
  const overdue = answer.lease && overdueWords(answer.lease)
  if (overdue) return { unjudged: ip, because: overdue }
  const { addresses } = host?.sections ?? {}
  const holds = addresses?.known ? addresses.value.some((held) => held.ip === ip) : null
  if (manner.kernelHasASay && holds === true) return null
  const { from, detail } = answer.expected[0]!
  const absent = manner.kernelHasASay && holds === false
  const { failoverSeconds } = manner
  const { title } = peopleOf(announcer)
  const agent = agentSays(agents, { announcer, node, ip })
  const agreed = answer.expected.every((one) => one.node === node)
  return {
    ...{ ip, node, announcer, title, from, detail, silent, answered, speaks, agreed },
    ...{ absent, failoverSeconds, agent },
  }
}

/** Within the grace for clocks that differ it is not expired yet, and another node may be about to take it. */
function overdueWords({ object, holder, age, durationSeconds }: LeaseState): string | null {
  if (age === null || durationSeconds === null || age <= durationSeconds) return null
  return `${object} was not renewed by ${holder} for ${age} s when it was read, and lasts ${durationSeconds} s: a failover may be under way; look again`
}

function weigh({ absent, node, agent, answered, speaks, agreed }: Silent, host: Host | null): Confidence {
  if (absent) return likely(`the addresses of ${node} were read, and this one is not among them`)
  if (agent) return weighAgent(agent)
  if (!agreed) return possible('other objects name another node')
  if (host?.reached) return likely(`${node} was read and has the interface; whether the requests reach it was not seen`)
  const [one] = answered
  if (one !== undefined)
    return likely(`${node} answers for ${one} meanwhile; whether the requests for this address reach it was not seen`)
  return speaks
    ? likely(`${node} speaks here as its own address; whether the requests for this one reach it was not seen`)
    : possible(`${node} was not read, and whether the requests reach it was not seen`)
}

function evidenceOf({ from, detail, node, ip, absent, agent }: Silent, host: Host | null): Evidence[] {
  const told = agent ? [agentEvidence(ip, agent)] : []
  const named: Evidence =
    from === 'election'
      ? { kind: 'measure', name: `election of ${ip}`, value: `${node} (${detail})` }
      : objectEvidence(detail, from === 'lease' ? '.spec.holderIdentity' : from, node)
  return absent && host
    ? [named, ...told, commandEvidence(host, sh`ip -brief address show to ${alone(ip)}`, 'no output')]
    : [named, ...told]
}

/** A restart brings no request to the node. */
function findRequests({ ip, node }: Silent): Fix {
  return {
    summary: `Find what keeps the requests for ${ip} from ${node}`,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      {
        kind: 'look',
        text: 'Do they arrive at an interface? Ask from another machine meanwhile (-p: a promiscuous capture can hide the fault)',
        run: watchFrames(ip),
      },
      {
        kind: 'look',
        text: 'They do not: the VLAN of the port, an isolated port, dynamic ARP inspection or ARP suppression on the switches between',
        where: 'switch',
      },
      {
        kind: 'look',
        text: 'They do: are they on an interface that the announcer does not use, or that is a port of a bridge?',
        run: sh`l2doctor audit-node --vip ${ip} ${node}`,
        where: 'workstation',
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function steps({ announcer, node, ip, title }: Silent): FixStep[] {
  const { pods } = peopleOf(announcer)
  return [
    {
      kind: 'look',
      text: 'Do the requests arrive? Ask from another machine meanwhile (-p: a promiscuous capture can hide the fault)',
      run: watchFrames(ip),
    },
    {
      kind: 'look',
      text: `The pod of ${title} on ${node}: is it ready, and what does its log say of ${ip}?`,
      run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep ${pods}`,
    },
    {
      kind: 'restart',
      text: `They arrive, and the log shows no reason: delete that pod; it starts again`,
    },
  ]
}
