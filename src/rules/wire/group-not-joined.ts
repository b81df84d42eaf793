import { captureOf } from '../../observe/capture-of.js'
import type { AddressFacts, CaptureFacts, ListenerFacts, ListenerQuery } from '../../observe/model.js'
import { isIpv6 } from '../../wire/ip.js'
import { formatIpv6, type Ipv6 } from '../../wire/ipv6.js'
import { formatMac } from '../../wire/mac.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, frameEvidence, namedMac, place, type Where, where } from './evidence.js'
import { timeIsInOrder } from './time-order.js'

interface NotJoined extends Where {
  readonly mac: string
  readonly group: string
  /** Who asked for the groups (the MLD querier). */
  readonly querier: string
}

interface Found {
  readonly mac: number
  readonly query: ListenerQuery
  readonly report: ListenerQuery['hosts'][number]
}

export const groupNotJoined = defineRule({
  id: 'wire/group-not-joined',
  title: 'A machine answers for an IPv6 address whose multicast group it has not joined',
  severity: 'warning',
  needs: ['wire'],
  explains: ['wire/broadcast-not-answered', 'wire/no-answer', 'wire/intermittent-answer'],
  docs: {
    what: 'A querier asked for multicast listeners (MLD). The machine that answers for the address reported its groups, and the solicited-node group of the address is not among them, nor did another machine join it.',
    why: 'Neighbour solicitations go to that group. A switch or bridge that snoops MLD forwards them only to members: behind it new clients find nobody, while those that know the MAC go on.',
    confirm:
      'On the machine: `ip -6 maddr show dev IFACE` lacks the group. On a Linux bridge: `bridge -d mdb show`. On the switch: `show ipv6 mld snooping address`.',
    falseAlarms:
      'Where nothing on the way snoops MLD, solicitations arrive all the same. A capture at a port of a switch that snoops shows no reports of other machines, and then this is not judged. Reports that name many groups at once are not judged either.',
    references: [
      'RFC 3810',
      'RFC 4541 section 3',
      'RFC 4861 section 7.2.1',
      'cilium/cilium#44311',
      'cilium/cilium#46274',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses.filter(({ ip }) => isIpv6(ip))) {
      const { listeners } = captureOf(wire, address)
      if (!listeners.isWhole || !timeIsInOrder(wire, address)) continue
      const found = findIn(address, listeners)
      if (found === null) continue
      const { mac, query, report } = found
      const group = formatIpv6(solicitedNodeOf(address.ip as Ipv6))
      yield {
        subject: addressSubject(address),
        ...weigh(address),
        severity: address.asked ? 'warning' : 'info',
        data: { ...where(address), mac: formatMac(mac), group, querier: formatMac(query.querier) },
        evidence: [
          frameEvidence(query.frame, query.at, `${formatMac(query.querier)} asks for multicast listeners`),
          frameEvidence(report.frame, report.at, `${formatMac(mac)} reports its groups, without ${group}`),
        ],
      }
    }
  },
  message: ({ mac, group, querier, ...at }: NotJoined) =>
    `${namedMac(mac)} answers for ${place(at)}, but has not joined ${group}, as its report to the querier ${querier} shows: a switch that snoops MLD would forward no solicitation to it`,
  fixes: ({ ip, group }: NotJoined) => [
    {
      summary: `Find out why the machine that answers for ${ip} does not join ${group}`,
      risk: 'none',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: 'On the machine: no output means that the group is not joined. A kernel joins it for each address that it holds; a program must do so itself (Cilium does since 1.19.6)',
          run: sh`ip -6 maddr show | grep -wF ${group}`,
        },
        {
          kind: 'look',
          text: 'On a hypervisor or switch between: does it snoop, and does it forward the group to the machine?',
          run: sh`ip -d link show type bridge | grep -oE 'mcast_(snooping|querier) [01]'; bridge -d mdb show`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

/** Where each solicitation to the group was answered, nothing was seen to keep one back. */
function weigh({ exchanges }: AddressFacts): Confidence {
  const isLost = exchanges.some(({ mode, answers }) => mode === 'broadcast' && answers.length === 0)
  const unseen = 'its report answers a query and lacks the group; whether a switch on the way snoops MLD was not seen'
  return isLost ? likely(unseen) : possible(`${unseen}, and each solicitation seen was answered`)
}

/** One that claimed the address before its report and still after the query. */
function findIn({ ip, vlans, claims }: AddressFacts, { answers, joined }: ListenerFacts): Found | null {
  const isHere = (other: { readonly vlans: readonly number[] }) => other.vlans.join('.') === vlans.join('.')
  const group = Number((ip as Ipv6) & 0xff_ffffn)
  const query = answers.find(isHere)
  if (!query || joined.some((one) => isHere(one) && one.groups.has(group))) return null
  for (const { mac, firstAt, lastAt, replies } of claims) {
    const report = query.hosts.find((host) => host.mac === mac)
    if (report && replies > 0 && firstAt <= report.at && lastAt >= query.at) return { mac, query, report }
  }
  return null
}

/** How many seconds of this capture hold no query at all: a switch that snoops forgets who joined after 260 s (RFC 3810 section 9.4). */
export function unqueried({ listeners, firstAt, lastAt }: CaptureFacts): number | null {
  const seconds = firstAt === null || lastAt === null ? 0 : Math.floor((lastAt - firstAt) / 1e6)
  return listeners.queries === 0 && seconds >= FORGOTTEN_SECONDS ? seconds : null
}

const FORGOTTEN_SECONDS = 260
