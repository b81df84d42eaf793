import { captureOf } from '../../observe/capture-of.js'
import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatIp, isIpv6 } from '../../wire/ip.js'
import { formatIpv6, parseIpv6 } from '../../wire/ipv6.js'
import { formatMac } from '../../wire/mac.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type Evidence, type FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, isSix, listed, place, toAll, type Where, where } from './evidence.js'
import { unqueried } from './group-not-joined.js'
import { deafness, type Lost } from './lost-broadcasts.js'
import { answerers, ownRounds } from './rounds.js'
import { outOfOrder, timeIsInOrder } from './time-order.js'

interface Deaf extends Where {
  /** MACs that answered when asked directly. */
  readonly macs: readonly string[]
  readonly broadcasts: number
  /** Seconds of the capture in which no MLD query was heard at all; null: of IPv4, or too few to tell. */
  readonly unqueried: number | null
}

/** So many broadcasts with a sign of life on both sides leave no doubt. */
const SURE_BROADCASTS = 2

export const broadcastNotAnswered = defineRule({
  id: 'wire/broadcast-not-answered',
  title: 'The address answers unicast requests, but not those to all machines',
  severity: 'error',
  needs: ['wire', 'question'],
  symptom: 'silence',
  docs: {
    what: 'A machine answered a request sent to its own MAC, while the broadcasts (IPv6: multicast solicitations) of the same asker for the same address got no answer from anybody.',
    why: 'The announcer works, but broadcasts do not reach it. Clients that know the MAC go on until their entry expires; new clients find nothing. It often heals as soon as somebody runs tcpdump on the node, because promiscuous mode lets the broadcasts through.',
    confirm:
      'On the node, without promiscuous mode: `tcpdump -p -n -e -i IFACE arp and host VIP` while `arping -b -I IFACE VIP` (iputils) runs elsewhere: the broadcasts are missing. Without `-p` they may appear.',
    falseAlarms:
      'In a capture taken by a third party the answers to the broadcasts may have gone past it; askers are therefore judged one by one, and only this machine where it is known.',
    references: [
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#253',
      'net/bridge/br_forward.c (br_flood: ports with proxy_arp or bcast_flood off get no broadcast)',
      'net/bridge/br_vlan.c (br_allowed_egress)',
    ],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses) {
      if (!timeIsInOrder(wire, address)) {
        if (address.asked && address.exchanges.length > 0) yield outOfOrder(place(where(address)))
        continue
      }
      const found = deafness(address, ownRounds(address, question), question.probed)
      if (!found) continue
      yield {
        subject: addressSubject(address),
        ...weigh(found),
        severity: address.asked ? 'error' : 'warning',
        data: {
          ...describe(address, found),
          unqueried: isIpv6(address.ip) ? unqueried(captureOf(wire, address)) : null,
        },
        evidence: [
          ...found.slice(0, 1).map(({ broadcast }) => silence(broadcast, formatIp(address.ip))),
          ...found.slice(0, 1).flatMap(({ after }) => directAnswer(after)),
        ],
      }
    }
  },
  message: ({ macs, broadcasts, ...at }) =>
    `${listed(macs)} answers unicast requests for ${place(at)}, but none of ${counted(broadcasts, `${toAll(at.ip)} request`)} beside them`,
  fixes: ({ ip, macs, unqueried }) => [
    {
      summary: `Find what keeps ${toAll(ip)} requests from the machine with ${listed(macs)}`,
      risk: 'none',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: 'Let l2doctor read the bridge, link and wireless settings of the node',
          run: sh`l2doctor diagnose --vip ${ip}`,
        },
        {
          kind: 'look',
          text: 'Is the interface, or a port of its bridge, shut to broadcasts or multicasts? bcast_flood off (IPv6: mcast_flood off), proxy_arp on, neigh_suppress on or isolated on are suspects',
          run: sh`ip -d link show; bridge -d link show`,
        },
        ...snooping(ip, unqueried),
        {
          kind: 'look',
          text: 'VLAN-aware bridge: is the VLAN allowed on the bridge itself (the line of the bridge device)?',
          run: sh`bridge vlan show`,
        },
        {
          kind: 'look',
          text: 'Is it a wireless interface? Access points and power saving drop what goes to all machines',
          run: sh`ls -d /sys/class/net/*/wireless`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
    {
      summary: `Let ${toAll(ip)} requests through a bridge port that is shut to them`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        {
          kind: 'runtime',
          text: `On the port that leads to the network, where the settings above show it shut: bridge link set, with ${isSix(ip) ? 'mcast_flood on' : 'bcast_flood on, proxy_arp off'}, neigh_suppress off`,
        },
        {
          kind: 'runtime',
          text: 'VLAN-aware bridge that lacks the VLAN on itself: bridge vlan add, with that VLAN, the bridge as device, and self',
        },
        {
          kind: 'persistent',
          text: 'Put the same setting where the bridge is configured: netplan, NetworkManager, systemd-networkd or ifupdown',
        },
      ],
      sideEffects: [
        `The port carries ${toAll(ip)} frames again; for a moment clients may learn new neighbour entries.`,
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Set the values that `bridge -d link show` printed before; remove the VLAN from the bridge.',
    },
  ],
})

/** Solicitations go to a group: who has not joined it takes none, and a switch that snoops forwards it to those who joined, as far as it heard them. */
function snooping(ip: string, unqueried: number | null): readonly FixStep[] {
  const six = parseIpv6(ip)
  if (six === null) return []
  const group = formatIpv6(solicitedNodeOf(six))
  const heard = unqueried === null ? '' : ` (here no query was heard in ${unqueried} s)`
  return [
    {
      kind: 'look',
      text: `Has its interface joined ${group}, the group of the address? No output means that it has not`,
      run: sh`ip -6 maddr show | grep -wF ${group}`,
    },
    {
      kind: 'look',
      text: `If it has: does a bridge or switch snoop MLD where no querier asks${heard}? It may have forgotten who joined the group`,
      run: sh`bridge -d mdb show; ip -d link show type bridge | grep -oE 'mcast_(snooping|querier) [01]'`,
    },
  ]
}

function describe(address: AddressFacts, lost: readonly Lost[]): Omit<Deaf, 'unqueried'> {
  const macs = new Set(lost.flatMap(({ after }) => [...answerers(after)]))
  return { ...where(address), macs: [...macs].map(formatMac), broadcasts: lost.length }
}

function weigh(lost: readonly Lost[]): Confidence {
  return lost.filter(({ before }) => before).length >= SURE_BROADCASTS
    ? certain('unicast requests were answered just before and just after those to all')
    : likely('unicast requests were answered only after those to all')
}

function silence({ frame, at }: Exchange, ip: string): Evidence {
  return frameEvidence(frame, at, `${toAll(ip)} request, no answer`)
}

function directAnswer({ at, frame, answers }: Exchange): Evidence[] {
  return answers.map((answer) =>
    frameEvidence(
      answer.frame,
      at + answer.afterMicros,
      `${formatMac(answer.mac)} answers the direct request of frame ${frame}`,
    ),
  )
}
