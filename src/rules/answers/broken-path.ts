import type { AnswerTable, BrokenPath } from '../../facts/answers/model.js'
import { formatIp } from '../../wire/ip.js'
import { silentByAnnouncer } from '../announcer/silent-node.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { place, type Where } from '../wire/evidence.js'
import { watchFrames } from '../wire/next-steps.js'
import { type AnnouncerAt, announcerAt, restartAgent } from './announcer-fixes.js'
import { checksOf, reasonEvidence, tableSubject, unansweredEvidence } from './parts.js'
import { isResolved, requestsOf } from './silence.js'

interface Broken extends Where {
  readonly node: string
  /** Null: the host was not read. */
  readonly interface: string | null
  readonly announcer: AnnouncerAt | null
  readonly requests: number
}

/** Fewer may be lost frames. */
const FEWEST_REQUESTS = 3

export const brokenPath = defineRule({
  id: 'answers/broken-path',
  title: 'A host should answer by all that was read, and no answer comes',
  severity: 'warning',
  needs: ['answers'],
  optional: ['cluster', 'announcers', 'wire', 'attribution', 'question', 'hosts'],
  explains: ['wire/no-answer', 'wire/broadcast-not-answered', 'wire/only-probes-answered'],
  docs: {
    what: 'By the objects of the cluster, or by the settings of its kernel, a host answers for the address, and not one of its answers was seen. Either the agent that should answer hangs (it holds the lease, or won the election, and keeps silent), or requests or answers are lost between that host and the machine that captured: a switch, a VLAN, a filter, a bridge in between.',
    why: 'The address is dead for those on this side of the fault, although every object looks right.',
    confirm:
      'On the host: `tcpdump -p -n -e -i IFACE arp and host VIP` (IPv6: `icmp6`) while a client asks. Requests arrive and no answer leaves: the agent. No request arrives: the way to the host. An answer leaves: the way back.',
    falseAlarms:
      'The announcer has moved the address after the cluster was read. A capture that a third machine took does not show answers between two others, so those are not judged.',
    references: ['cilium/cilium#48626', 'metallb/metallb#2274', 'net/ipv4/arp.c arp_process'],
  },
  *check({ answers, ...facts }) {
    let said: ReadonlySet<string> | null = null
    for (const table of answers) {
      const requests = requestsOf(table)
      if (requests < FEWEST_REQUESTS || isResolved(table)) continue
      const broken = table.broken.find((one) => isDue(one, table))
      if (!broken) continue
      said ??= silentByAnnouncer(facts)
      if (broken.charge !== null && said.has(formatIp(table.ip))) continue
      yield {
        subject: tableSubject(table),
        ...weigh(broken, table),
        data: describe(broken, table, requests),
        evidence: [...unansweredEvidence(table), ...evidenceOf(broken)],
        ...(broken.explanation
          ? { checks: checksOf(broken.host, broken.explanation.on, broken.explanation.because) }
          : {}),
      }
    }
  },
  message: (data: Broken) => words(data),
  fixes: ({ ip, announcer, node }: Broken) => (announcer ? [restartAgent(announcer, ip)] : [followFrames(node, ip)]),
})

/** The host that should answer by somebody's word; without one, a host that holds the address. */
function isDue({ host, explanation }: BrokenPath, { rightful }: AnswerTable): boolean {
  if (rightful?.by === 'announcer') return rightful.nodes[0] === host
  if (rightful?.by === 'node') return rightful.nodes.includes(host)
  return explanation?.reply.path === 'local'
}

function describe({ host, explanation, charge }: BrokenPath, { ip, vlans }: AnswerTable, requests: number): Broken {
  const bySocket = charge && !charge.kernelHasASay
  return {
    ip: formatIp(ip),
    vlans,
    node: host,
    interface: explanation?.reply.interface ?? null,
    announcer: bySocket ? announcerAt(charge) : null,
    requests,
  }
}

function words({ node, interface: name, announcer, requests, ...at }: Broken): string {
  const came = `none of ${requests} requests was answered by ${node}`
  if (announcer) {
    const says = announcer.from === 'lease' ? `${node} holds the lease of` : `${node} should announce`
    return `${says} ${place(at)} (${announcer.title}, ${announcer.detail}) and keeps silent: ${came}`
  }
  return `${node} should answer for ${place(at)} on ${name ?? 'its interface'} by all that was read, and ${came}: requests or answers are lost on the way`
}

function weigh({ explanation, charge, host }: BrokenPath, table: AnswerTable): Confidence {
  if (charge && !charge.kernelHasASay) {
    if (explanation === null) return possible(`${host} was not read: its interfaces and filters are not known`)
    return charge.because.from === 'lease'
      ? likely('the lease names the node and its interfaces were read, but the agent itself was not asked')
      : possible('the node follows from the objects; the speaker itself was not asked')
  }
  if (explanation && explanation.assumed.length > 0) return possible('some settings of the host were not read')
  return possible(
    table.rightful === null ? 'nobody says who should answer' : 'what lies between host and capture was not read',
  )
}

function evidenceOf({ host, explanation, charge }: BrokenPath): Evidence[] {
  const said: Evidence[] = charge
    ? [
        {
          kind: 'object',
          object: charge.because.detail,
          path: charge.because.from,
          value: charge.because.node,
        },
      ]
    : []
  const decisive = explanation?.because.findLast(({ check }) => check !== 'announcer')
  return [...said, ...(decisive ? [reasonEvidence(host, decisive)] : [])]
}

function followFrames(node: string, ip: string): Fix {
  return {
    summary: `Find out where the requests for ${ip}, or the answers of ${node}, are lost`,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      {
        kind: 'look',
        text: 'While a client asks: do the requests arrive, and do answers leave? (-p: a promiscuous capture can hide the fault)',
        run: watchFrames(ip),
      },
      {
        kind: 'look',
        text: 'They do not arrive: bridges, VLANs and filters on the way to the host',
        run: sh`bridge -d link show; bridge vlan show; nft list ruleset`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}
