import type { AnswerTable, Explanation, Responder } from '../../facts/answers/model.js'
import type { Exchange } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { BROADCAST_MAC, formatMac, isGroupMac, ZERO_MAC } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { listed as shortList } from '../cluster-parts.js'
import { defineRule, type Fix } from '../define.js'
import { listed, namedMac, place, type Where } from '../wire/evidence.js'
import { answerers } from '../wire/rounds.js'
import { type AnnouncerAt, announcerAt, restartAgent } from './announcer-fixes.js'
import { isOfAnnouncer } from './own-interface.js'
import { checksOf, responderEvidence, tableSubject } from './parts.js'
import { findMachine, findProgram, type Instead } from './unexplained-fixes.js'

type Fault =
  /** The node answers under a MAC that none of its interfaces has. */
  | 'former-mac'
  /** The announcer of a node answers under a MAC that the node's bond has lost. */
  | 'lost-mac'
  /** A host that was read has the MAC, and by the model it does not answer. */
  | 'against-the-model'
  /** A MAC of no machine that is known. */
  | 'unknown-machine'

interface UnexplainedResponder extends Where {
  readonly fault: Fault
  readonly macs: readonly string[]
  /** Nodes behind it; nodes whose MACs are not known, for the last. */
  readonly nodes: readonly string[]
  readonly announcer: AnnouncerAt | null
  /** The host that holds the address and should answer by all that was read, and did not. */
  readonly instead: Instead | null
}

/** One answer may be a last one of the machine before. */
const FEWEST_LATER = 2

export const unexplainedResponder = defineRule({
  id: 'answers/unexplained-responder',
  title: 'An answer that nothing read of the hosts explains',
  severity: 'error',
  needs: ['answers', 'question', 'attribution'],
  optional: ['cluster', 'announcers'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'wire/flip-flop',
    'wire/no-answer',
    'wire/broadcast-not-answered',
  ],
  docs: {
    what: 'A MAC answers for the address, and no host that was read answers under it. Three things look like this: an announcer that goes on with a MAC which its interface has lost (a unicast request to the MAC of the node comes back with another one, or its bond with fail_over_mac=active has another MAC now); a program on a known host that answers by itself; a machine that nobody knows, which uses the address by DHCP, by hand, or for another cluster with the same pool. Where a host that was read holds the address and should answer, but only an unknown machine does, the finding names both.',
    why: 'Frames to a MAC that no interface has are lost. Another machine draws the traffic of the address to itself.',
    confirm:
      'Ask the node by unicast: `arping -c 3 -I IFACE -s MAC-OF-NODE VIP`, and look at the MAC that answers. On the hosts: `ip -brief link | grep -i MAC`, `ss -0 -p` (packet sockets). On the switch: the port of the MAC.',
    falseAlarms:
      'A host that was not read may have the MAC: the certainty says which ones are missing. A host that answered until the address moved on, within the capture, and was read afterwards is not reported. Where only a host that holds the address says that another machine is in the wrong place, the address may have moved since that host was read. Virtual MACs of VRRP, HSRP and GLBP are judged only for an address that an announcer of the cluster counts its own. A bond in balance-alb answers under the MACs of its members, and one with fail_over_mac=active under that of the active one: where its host was read, the MAC that it had before is known, and reported only where an announcer goes on with it alone (restarted after the capture, it does so no more). kube-vip answers for an address that it has by DHCP under the MAC that `kube-vip.io/hwaddr` of the Service names; that one is not reported.',
    references: [
      'RFC 5227 section 2.4',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#306',
      'metallb/metallb#519',
      'harvester/harvester#11260',
    ],
  },
  *check({ answers, question, attribution, cluster, announcers = [] }) {
    const nodes = cluster?.nodes.known ? cluster.nodes.value.map(({ name }) => name) : null
    const unnamed = nodes?.filter((node) => attribution.macsOf(node).length === 0) ?? []
    for (const table of answers) {
      if (!question.vips.includes(table.ip)) continue
      const open = table.responders.filter(
        (one) => isOpen(one, table) && !question.own.macs.includes(one.mac) && !isOfAnnouncer(one, table, announcers),
      )
      const found = sorted(open, table, nodes, unnamed)
      if (!found) continue
      const { fault, responders } = found
      const behind = [...new Set(responders.flatMap((one) => hostsOf(one, fault)))]
      const charge =
        table.rightful?.by === 'announcer' ? table.rightful.charges.find(({ host }) => behind.includes(host)) : null
      const data: UnexplainedResponder = {
        ip: formatIp(table.ip),
        vlans: table.vlans,
        fault,
        macs: responders.map(({ mac }) => formatMac(mac)),
        nodes: fault === 'unknown-machine' ? unnamed : behind,
        announcer: charge && !charge.kernelHasASay ? announcerAt(charge) : null,
        instead: fault === 'unknown-machine' ? insteadOf(table) : null,
      }
      yield {
        subject: tableSubject(table),
        ...weigh(found, data, table, nodes),
        severity: fault === 'against-the-model' || found.restsOnHolder ? 'warning' : 'error',
        data,
        evidence: responders.flatMap(({ mac }) => responderEvidence(table, mac)),
        checks: [
          ...responders.flatMap(({ against }) =>
            against.slice(0, 2).flatMap(({ host, on, prediction }) => checksOf(host, on, prediction.because)),
          ),
          ...table.replaced
            .slice(0, 1)
            .flatMap(({ host, explanation: { on, because } }) => checksOf(host, on, because)),
        ],
      }
    }
  },
  message: (data: UnexplainedResponder) => words(data),
  fixes: (data: UnexplainedResponder) => [fix(data)],
})

/**
 * Not explained, none that the operator named, and a MAC that a machine can have (else wire/unusable-mac). A virtual router may own an address, but none that an announcer counts its
 * own, or that a host of another group holds.
 */
function isOpen({ mac, explanations, isFormerOfBond }: Responder, { rightful, replaced }: AnswerTable): boolean {
  if (rightful?.by === 'operator' && rightful.macs.includes(mac)) return false
  if (mac === BROADCAST_MAC || mac === ZERO_MAC) return false
  const mayOwn = rightful?.by !== 'announcer' && replaced.length === 0
  return explanations.length === 0 && !isFormerOfBond && !(mayOwn && virtualRouterName(mac) !== null)
}

interface Found {
  readonly fault: Fault
  readonly responders: readonly Responder[]
  /** Nothing but the word of one host says that the machine is in the wrong place: the address may have moved since it was read. */
  readonly restsOnHolder?: boolean
}

/** The best explanation first; null where there is too little to say anything. */
function sorted(
  open: readonly Responder[],
  table: AnswerTable,
  nodes: readonly string[] | null,
  unnamed: readonly string[],
): Found | null {
  const lost = open.filter(({ lostBy }) => lostBy !== null)
  if (lost.length > 0) return { fault: 'lost-mac', responders: lost }
  const former = open.filter(
    ({ mac, behind, owners, against }) =>
      behind.length > 0 && owners.length === 0 && against.length === 0 && !isGroupMac(mac),
  )
  if (former.length > 0) return { fault: 'former-mac', responders: former }
  const unknown = open.filter(({ owners, against }) => owners.length === 0 && against.length === 0)
  // as many nodes without a known MAC as such machines: most likely they are the same
  const machines = unknown.filter(({ mac }) => virtualRouterName(mac) === null)
  const isBeyond = machines.length < unknown.length || machines.length > unnamed.length
  const isPlain = isBeyond && isOutOfPlace(table, nodes)
  if (isPlain || (unknown.length > 0 && table.replaced.length > 0))
    return { fault: 'unknown-machine', responders: unknown, restsOnHolder: !isPlain }
  const against = open.filter((one) => one.against.length > 0 && !gaveItUp(one, table))
  if (against.length > 0 && !mayAnnounce(table)) return { fault: 'against-the-model', responders: against }
  return null
}

/** The address moved on while it was captured: since it answered last only another host does, as the readings explain. */
function gaveItUp({ mac, claim, against }: Responder, { seen, responders }: AnswerTable): boolean {
  const answered = (seen?.exchanges ?? []).filter(({ answers }) => answers.length > 0)
  const later = answered.filter(({ at }) => at > claim.lastAt)
  const isElsewhere = ({ host }: Pick<Explanation, 'host'>) => against.every((own) => own.host !== host)
  const successors = new Set(responders.filter((one) => one.explanations.some(isElsewhere)).map((one) => one.mac))
  const isShared = (round: Exchange) => answerers(round).has(mac) && answerers(round).size > 1
  return (
    later.length >= FEWEST_LATER &&
    later.every((round) => [...answerers(round)].every((one) => successors.has(one))) &&
    !answered.some(isShared)
  )
}

/** Without a list of nodes one unknown machine may well be the right one. */
function isOutOfPlace({ rightful, responders }: AnswerTable, nodes: readonly string[] | null): boolean {
  if (nodes !== null || rightful !== null) return true
  return responders.length > 1 && responders.some(({ explanations }) => explanations.length > 0)
}

function insteadOf({ replaced }: AnswerTable): Instead | null {
  const [found] = replaced
  if (!found) return null
  const { host: node, explanation, sent: requests } = found
  const { interface: name, announcer = null } = explanation.reply
  return { node, interface: name, requests, announcer }
}

/** A speaker on another node than the one expected answers in the same way: rules of the announcer say why. */
function mayAnnounce({ rightful }: AnswerTable): boolean {
  return rightful?.by === 'announcer'
}

function hostsOf({ behind, against, lostBy }: Responder, fault: Fault): readonly string[] {
  if (fault === 'unknown-machine') return []
  if (fault === 'lost-mac') return lostBy === null ? [] : [lostBy]
  return fault === 'former-mac' ? behind : against.map(({ host }) => host)
}

function words({ fault, macs, nodes, announcer, instead, ...at }: UnexplainedResponder): string {
  const answers = `${listed(macs.map(namedMac))} ${macs.length === 1 ? 'answers' : 'answer'} for ${place(at)}`
  if (fault === 'former-mac') {
    const who = announcer ? `${announcer.title} on ${listed(nodes)}` : listed(nodes)
    return `${who} answers for ${place(at)} with ${listed(macs)}, a former MAC that no interface known of it has: a request to the MAC of ${listed(nodes)} comes back with it`
  }
  if (fault === 'lost-mac')
    return `${announcer?.title ?? 'an announcer'} on ${listed(nodes)} answers for ${place(at)} with ${listed(macs)}, which its bond no longer has since another member is the active one: what clients send to it is dropped`
  if (fault === 'against-the-model')
    return `${answers} and ${macs.length === 1 ? 'belongs' : 'belong'} to ${listed(nodes)}, though nothing read there makes it answer`
  const except = nodes.length > 0 ? ` whose MAC is known (not known: ${shortList(nodes)})` : ''
  return `${answers} and ${macs.length === 1 ? 'belongs' : 'belong'} to no known node${except}${insteadWords(instead)}`
}

function insteadWords(instead: Instead | null): string {
  if (instead === null) return ''
  const { node, interface: name, requests, announcer } = instead
  const does = announcer === null ? `holds the address on ${name}` : `announces it on ${name} (${announcer})`
  return `; ${node} ${does} and should answer by all that was read: it answered none of ${requests} requests`
}

function fix({ fault, ip, macs, nodes, announcer, instead }: UnexplainedResponder): Fix {
  if ((fault === 'former-mac' || fault === 'lost-mac') && announcer) return restartAgent(announcer, ip)
  const node = nodes[0]
  if (fault !== 'unknown-machine' && node !== undefined) return findProgram(ip, node, macs)
  return findMachine(ip, macs, instead)
}

/** Another MAC answered before it, or after it, and never in its time: two machines, or one that has changed its MAC. */
function tookTurns({ claim }: Responder, { responders }: AnswerTable): boolean {
  return responders.some(
    (other) => other.claim !== claim && (other.claim.firstAt > claim.lastAt || other.claim.lastAt < claim.firstAt),
  )
}

/** A list of nodes does not prove that it is whole, so that a MAC outside of it never certainly belongs to another machine. */
function weigh(
  { fault, responders, restsOnHolder }: Found,
  { nodes: named }: UnexplainedResponder,
  table: AnswerTable,
  nodes: readonly string[] | null,
): Confidence {
  if (fault === 'former-mac') {
    const behind = responders.flatMap((one) => one.behind)
    const unread = behind.filter((node) => table.unread.includes(node))
    return unread.length > 0
      ? possible(`the interfaces of ${shortList([...new Set(unread)])} were not read, and the MAC may be one of them`)
      : likely('a unicast request reaches one machine only, and its interfaces were read')
  }
  if (fault === 'lost-mac')
    return likely('the bond was read with another MAC, and no answer under that one is in the capture')
  if (fault === 'against-the-model')
    return possible('hosts and wire are not read in the same second, and a program may answer')
  if (restsOnHolder) return possible('the address may have moved, since it was read, to a host that was not')
  if (nodes === null) return possible('no list of nodes was read: the MAC may be that of another one')
  const bond = responders.some((one) => tookTurns(one, table))
    ? ', or a former MAC of a bond (fail_over_mac=active)'
    : ''
  if (named.length > 0) return possible(`no MAC is known of ${shortList(named)}: it may be theirs${bond}`)
  return table.unread.length > 0
    ? possible(`the interfaces of ${shortList(table.unread)} were not read: it may be one of theirs${bond}`)
    : likely('the interfaces of every node were read, and none has this MAC')
}
