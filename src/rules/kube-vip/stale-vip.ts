import type { ExpectedNode, VipAnswer } from '../../cluster/announcers/announcer.js'
import { addressesOf } from '../../cluster/node-addresses.js'
import { nodeNamer } from '../../facts/host-nodes.js'
import { explain, type Looked } from '../../facts/hypotheses/explain.js'
import { valueOr } from '../../known.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone, commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { answerers, contestedRounds, isContested } from '../wire/rounds.js'

interface StaleVip {
  readonly ip: string
  readonly holder: string
  readonly lease: string
  /** Of hosts that were read. */
  readonly stale: readonly BoundAddress[]
  /** Nodes that answer beside the holder and whose addresses were not read. */
  readonly answering: readonly string[]
  /** Where nobody knows whose MACs answer: the nodes of kube-vip beside the holder that were not read. */
  readonly unplaced: readonly string[]
}

interface BoundAddress {
  readonly node: string
  readonly interface: string
  readonly prefix: number
}

export const staleVip = defineRule({
  id: 'kube-vip/stale-vip',
  title: 'A node that does not hold the lease still has the VIP',
  severity: 'error',
  needs: ['announcers', 'cluster'],
  optional: ['hosts', 'wire', 'attribution', 'question'],
  explains: [
    'answers/unwanted-responder',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'wire/flip-flop',
  ],
  docs: {
    what: "kube-vip's lease names one node as the leader of the address, and another node still has the address on an interface.",
    why: 'The kernel of every node that has the address answers for it: two machines answer, the old one without the Service behind it or with a stale one.',
    confirm:
      '`ip -brief address show to VIP/32` on every node beside `kubectl get leases -A | grep -E "plndr|kubevip"`.',
    falseAlarms:
      'For a moment during a failover, and by design with vip_preserve_on_leadership_loss, two nodes have the address.',
    references: [
      'kube-vip/kube-vip#277',
      'kube-vip/kube-vip#391',
      'kube-vip/kube-vip#588',
      'kube-vip/kube-vip#788',
      'kube-vip/kube-vip#996',
      'kube-vip/kube-vip#1005',
      'kube-vip/kube-vip#1318',
    ],
  },
  *check({ announcers, hosts = [], ...looked }) {
    const nameOf = nodeNamer(valueOr(looked.cluster.nodes, []))
    const ofNodes = new Set(valueOr(looked.cluster.nodes, []).flatMap(addressesOf))
    for (const answer of answersOf(announcers, 'kube-vip')) {
      const lease = leaseHolder(answer)
      // a node keeps its own address, whatever kube-vip takes for a VIP
      if (!lease || ofNodes.has(answer.ip)) continue
      const others = hosts.filter((host) => nameOf(host) !== lease.node)
      const stale = others.flatMap((host) => boundOn(host, answer.ip))
      const read = others.flatMap((host) => (host.sections.addresses.known ? [nameOf(host)] : []))
      const answering = answeringBeside(answer.ip, lease.node, { ...looked, announcers }).filter(
        (node) => !read.includes(node),
      )
      const unplaced = stale.length + answering.length > 0 ? [] : unplacedBeside(answer, lease.node, read, looked)
      if (stale.length + answering.length + unplaced.length === 0) continue
      yield {
        subject: ipSubject(answer.ip),
        ...weigh(stale, answering),
        data: { ip: answer.ip, holder: lease.node, lease: lease.detail, stale, answering, unplaced },
        evidence: [
          objectEvidence(lease.detail, '.spec.holderIdentity', lease.node),
          ...stale.map((bound) => boundEvidence(bound, answer.ip)),
          ...answering.map((node): Evidence => ({ kind: 'measure', name: `${answer.ip} is answered by`, value: node })),
        ],
      }
    }
  },
  message: ({ ip, holder, stale, answering, unplaced }: StaleVip) =>
    [
      `${holder} holds the kube-vip lease of ${ip}, but `,
      stale.length > 0
        ? `${stale.map(({ node, interface: name }) => `${node} (${name})`).join(' and ')} still has the address`
        : answering.length > 0
          ? `${answering.join(' and ')} answers for it too: most likely it still has the address`
          : `several machines answer for it: one of ${listed(unplaced)} may have held the lease before and kept the address`,
    ].join(''),
  fixes: ({ ip, stale, answering, unplaced }) => [
    ...unplaced.slice(0, 5).map((node) => lookFor(ip, node)),
    ...answering.map((node) => lookFor(ip, node)),
    ...stale.map(({ node, interface: name, prefix }) => ({
      summary: `Take ${ip} off ${node} and restart its kube-vip`,
      node,
      changes: [{ kind: 'address-del' as const, address: { ip, length: prefix }, device: name }],
      after: [
        {
          kind: 'look' as const,
          text: `Find the pod of kube-vip on ${node}, then delete it so that it starts again (a static pod: crictl stop its container)`,
          run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep kube-vip`,
        },
        {
          kind: 'persistent' as const,
          text: 'So that it stays off: upgrade kube-vip, and set vip_leaseduration=15, vip_renewdeadline=10, vip_retryperiod=2',
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
    })),
  ],
})

function lookFor(ip: string, node: string): Fix {
  return {
    summary: `See whether ${node} still has ${ip}; if so, take it off there`,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      { kind: 'look', text: 'Which interface has the address?', run: sh`ip -brief address show to ${alone(ip)}` },
      {
        kind: 'look',
        text: `Does its kube-vip still think that it leads? Its pod on ${node}, for the log`,
        run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep kube-vip`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

/** Nodes that answer together with the holder, where that explains all addresses seen. */
function answeringBeside(ip: string, holder: string, looked: Partial<Looked> & Pick<Looked, 'announcers'>): string[] {
  const { cluster, announcers, wire, attribution, question } = looked
  if (!cluster || !wire || !attribution || !question) return []
  return explain({ cluster, announcers, wire, attribution, question }).flatMap(({ announcer, hypothesis, explains }) =>
    announcer === 'kube-vip' && hypothesis.kind === 'kept' && hypothesis.node !== holder && explains.includes(ip)
      ? [hypothesis.node]
      : [],
  )
}

function weigh(stale: readonly BoundAddress[], answering: readonly string[]): Confidence {
  if (stale.length > 0)
    return likely(
      'the lease and the addresses of the host were read; a lease that is no longer renewed may name the wrong node',
    )
  return answering.length > 0
    ? likely('the holder and the other node answer side by side; the addresses of the other node were not read')
    : possible('it is not known whose MACs these are, and the addresses of the nodes were not read')
}

/** The unread nodes of kube-vip beside the holder, where several MACs answer and at most one of them can be the holder's. */
function unplacedBeside(
  { ip, candidates }: VipAnswer,
  holder: string,
  read: readonly string[],
  { wire, attribution }: Partial<Pick<Looked, 'wire' | 'attribution'>>,
): readonly string[] {
  const address = wire?.addresses.find((one) => formatIp(one.ip) === ip)
  if (!address || !attribution || !isContested(address)) return []
  const macs = new Set(contestedRounds(address).flatMap((round) => [...answerers(round)]))
  const open = [...macs].filter((mac) => attribution.ownersOf(mac).length === 0)
  const others = [...macs].filter((mac) => !attribution.ownersOf(mac).some(({ node }) => node === holder))
  if (open.length === 0 || others.length === 0) return []
  return candidates.flatMap(({ node, eligible }) =>
    eligible && node !== holder && !read.includes(node) && attribution.macsOf(node).length === 0 ? [node] : [],
  )
}

function leaseHolder({ expected }: VipAnswer): ExpectedNode | undefined {
  return expected.find(({ from }) => from === 'lease')
}

/** Where a host has the address; kube-ipvs0 and its kind carry every VIP by design. */
function boundOn({ name, sections: { addresses, links } }: Host, ip: string): readonly BoundAddress[] {
  if (!addresses.known) return []
  const held = addressesByIp(addresses.value, ip)
  if (held.length === 0) return []
  const ipvs = new Set(links.known ? links.value.flatMap((link) => (link.role === 'ipvs' ? [link.name] : [])) : [])
  return held.flatMap((held) =>
    !ipvs.has(held.interface) ? [{ node: name, interface: held.interface, prefix: held.prefix }] : [],
  )
}

function boundEvidence({ node, interface: name, prefix }: BoundAddress, ip: string): Evidence {
  return commandEvidence(
    { name: node, address: node },
    sh`ip -brief address show to ${alone(ip)}`,
    `${name} ${ip}/${prefix}`,
  )
}
