import type { MetalLbInstall } from '../../cluster/announcers/metallb/install.js'
import type { ClusterNode } from '../../cluster/model.js'
import { nodeNamer } from '../../facts/host-nodes.js'
import { explain } from '../../facts/hypotheses/explain.js'
import type { Explanation } from '../../facts/hypotheses/model.js'
import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { listed } from '../cluster-parts.js'
import type { Evidence, FixStep } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { commandEvidence } from '../host-parts.js'
import { MEMBERLIST_PORT, missingListeners } from '../memberlist/listening.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface Alone {
  /** Each of them alone would explain it; mostly one. */
  readonly nodes: readonly string[]
  /** Addresses that it explains. */
  readonly vips: readonly string[]
  /** How many addresses were seen: all of them are as they should be then. */
  readonly heldAgainst: number
  readonly port: number
  readonly speaker: { readonly namespace: string; readonly selector: string }
  /** A node of the other side, by name and InternalIP; null where none has one. */
  readonly other: { readonly node: string; readonly ip: string } | null
  /** What the node itself shows. */
  readonly shown: 'no-listener' | 'filter' | null
}

export const speakerAlone = defineClusterRule({
  id: 'metallb/speaker-alone',
  title: 'A MetalLB speaker does not see the other speakers',
  severity: 'error',
  kinds: ['workloads', 'nodes'],
  needs: ['cluster', 'announcers', 'wire', 'attribution', 'question'],
  optional: ['hosts'],
  explains: [
    'wire/duplicate-responders',
    'wire/flip-flop',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'metallb/split-status',
    'metallb/status-disagrees',
  ],
  docs: {
    what: 'The election was computed again as if one node saw no other speaker and no other speaker saw it: that node elects itself wherever it is a candidate, the others elect among themselves. All VIPs seen on the wire are answered exactly so, and not as an undivided election would have it.',
    why: 'Two nodes answer for each address of which the lonely node is a candidate: clients land on one or the other, and with externalTrafficPolicy Local on a node that may drop them.',
    confirm:
      'On the node: `nft list ruleset | grep -n 7946` and `nc -zv OTHER-NODE 7946`, for UDP `nc -zuv`. Its speaker logs "Failed to join" or "Suspect … has failed, no acks received".',
    falseAlarms:
      'One address proves little: another program on the node, or a speaker that still works from an older configuration, can look the same. The more addresses it explains at once, the less else is left.',
    references: [
      'https://metallb.io/concepts/layer2/',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#589',
      'metallb/metallb#740',
      'metallb/metallb speaker/layer2_controller.go',
    ],
  },
  *checkCluster({ workloads, nodes }, { hosts = [], ...looked }) {
    const install = theInstall(workloads)
    if (!install?.memberlist) return
    const found = explain(looked).filter(
      ({ announcer, hypothesis }) => announcer === 'metallb' && hypothesis.kind === 'alone',
    )
    const [first] = found
    if (!first) return
    const nameOf = nodeNamer(valueOr(looked.cluster.nodes, []))
    const bound = hosts.flatMap((host) => (holdsAny(host, first.explains) ? [nameOf(host)] : []))
    const suspects = found.map(({ hypothesis }) => hypothesis.node).filter((node) => !bound.includes(node))
    if (suspects.length === 0) return
    const own = ownAccount(suspects, hosts, valueOr(looked.cluster.nodes, []), install)
    const guilty = own ? [own.node] : suspects
    yield {
      subject: objectSubject(install.object),
      ...weigh(first, own),
      data: {
        nodes: guilty,
        vips: first.explains,
        heldAgainst: first.heldAgainst,
        port: install.memberlistPort,
        speaker: speakerOf(install),
        other: otherNode(guilty, nodes),
        shown: own?.shown ?? null,
      },
      evidence: [
        {
          kind: 'measure',
          name: `addresses seen that are answered as if ${listed(guilty, 3)} were alone`,
          value: `${first.heldAgainst} of ${first.heldAgainst}; by an undivided election ${first.heldAgainst - first.explains.length} of ${first.heldAgainst}`,
        },
        ...(own ? [own.evidence] : []),
      ],
    }
  },
  message: ({ nodes, vips, heldAgainst, port }: Alone) =>
    `the speaker of ${nodes.join(' or ')} does not see the others (memberlist, TCP and UDP ${port}) and elects itself wherever it is a candidate: this explains ${heldAgainst === 1 ? `who answers for ${vips[0]}` : `who answers for all ${heldAgainst} addresses seen, ${listed(vips)} among them`}`,
  fixes: (data: Alone) =>
    data.nodes.map((node) => ({
      summary: `Let TCP and UDP port ${data.port} pass between ${node} and all other nodes`,
      risk: 'disruptive' as const,
      where: 'node' as const,
      node,
      steps: steps(node, data),
      sideEffects: [
        `Once the speakers see each other, ${node} stops to announce what other nodes are elected for; connections to it break.`,
      ],
      verify: sh`l2doctor scan --vip ${data.vips[0]}`,
      undo: 'Restore the rule that was removed.',
    })),
})

function steps(node: string, { port, other, speaker, shown }: Alone): FixStep[] {
  const filter: FixStep = {
    kind: 'look',
    text: `Which packet filter drops it on ${node}? Also look at what stands between the nodes: a security group, a host network policy`,
    run: sh`nft list ruleset | grep -n ${port}; iptables-save | grep -n ${port}`,
  }
  const listen: FixStep = {
    kind: 'look',
    text: `Does a speaker listen on ${node}? Without one look at its pod`,
    run: sh`ss -lntu | grep ${port}`,
  }
  return [
    ...(shown === 'no-listener' ? [listen, filter] : [filter]),
    ...(other
      ? [
          {
            kind: 'look' as const,
            text: `Is ${other.node} reached from ${node}?`,
            run: sh`nc -zv ${other.ip} ${port} && nc -zuv ${other.ip} ${port}`,
          },
        ]
      : []),
    {
      kind: 'look',
      text: 'Whom do the speakers miss, by their logs?',
      where: 'workstation',
      run: sh`kubectl -n ${speaker.namespace} logs -l ${speaker.selector} --prefix --tail=500 | grep -iE ${'join|suspect|no acks'}`,
    },
    {
      kind: 'persistent',
      text: 'Remove what drops it; the speakers join by themselves within a minute, no restart is needed',
    },
  ]
}

interface OwnAccount {
  readonly node: string
  readonly host: Host
  readonly shown: 'no-listener' | 'filter'
  readonly evidence: Evidence
}

/** What the suspects' own snapshots show; hosts are asked about the usual port alone. */
function ownAccount(
  suspects: readonly string[],
  hosts: readonly Host[],
  nodes: readonly ClusterNode[],
  { memberlistPort }: MetalLbInstall,
): OwnAccount | null {
  const nameOf = nodeNamer(nodes)
  const someListen = hosts.some((host) => missingListeners(host)?.length === 0)
  for (const host of hosts) {
    const node = nameOf(host)
    if (!suspects.includes(node)) continue
    const rule = filterOf(host, memberlistPort)
    if (rule) return { node, host, shown: 'filter', evidence: commandEvidence(host, sh`nft list ruleset`, rule) }
    const missing = someListen && memberlistPort === MEMBERLIST_PORT ? (missingListeners(host) ?? []) : []
    const lines = missing.map((protocol) => `no ${protocol} listener on port ${memberlistPort}`).join('\n')
    if (missing.length > 0)
      return { node, host, shown: 'no-listener', evidence: commandEvidence(host, sh`ss -lntu`, lines) }
  }
  return null
}

/** Where the kernel holds one of the addresses it answers, and no speaker has to. */
function holdsAny({ sections: { addresses } }: Host, ips: readonly string[]): boolean {
  return addresses.known && addresses.value.some(({ ip }) => ips.includes(ip))
}

/** Nothing but a speaker can have answered, and the fault shows on it. */
function isSettled({ shown, host }: OwnAccount, { explains }: Explanation): boolean {
  return host.sections.addresses.known && (shown === 'filter' || explains.length > 1)
}

/** A rule that drops the port. */
function filterOf({ sections: { filterChains } }: Host, port: number): string | null {
  const rules = filterChains.known ? filterChains.value.chains.flatMap(({ rules }) => rules) : []
  const named = new RegExp(`\\b${port}\\b`)
  return rules.find((rule) => named.test(rule) && /\b(drop|reject)\b/i.test(rule)) ?? null
}

function weigh(explanation: Explanation, own: OwnAccount | null): Confidence {
  const { explains } = explanation
  if (own && isSettled(own, explanation)) {
    const why = own.shown === 'filter' ? 'the node drops the port of memberlist' : 'no speaker listens on the node'
    return certain(`${why}, and all addresses seen are answered as it follows from that`)
  }
  return explains.length > 1
    ? likely(`it explains ${explains.length} addresses at once, and no other single fault does`)
    : possible('one address alone fits it; an older configuration or another program on the node would look the same')
}

function otherNode(guilty: readonly string[], nodes: readonly ClusterNode[]): Alone['other'] {
  const other = nodes.find(({ name, internalIPs }) => !guilty.includes(name) && internalIPs.length > 0)
  return other ? { node: other.name, ip: other.internalIPs[0]! } : null
}

function speakerOf({ speaker }: MetalLbInstall): Alone['speaker'] {
  const labels = Object.entries(speaker.podLabels).map(([key, value]) => `${key}=${value}`)
  return { namespace: speaker.namespace, selector: labels.join(',') || 'component=speaker' }
}
