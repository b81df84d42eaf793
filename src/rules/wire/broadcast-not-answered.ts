import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, place, type Where, where } from './evidence.js'
import { answerers, ownRounds } from './rounds.js'

interface Deaf extends Where {
  /** MACs that answered when asked directly. */
  readonly macs: readonly string[]
  readonly broadcasts: number
}

/** A single unanswered broadcast may be a lost frame. */
const FEWEST_BROADCASTS = 2

export const broadcastNotAnswered = defineRule({
  id: 'wire/broadcast-not-answered',
  title: 'The address answers a direct question but no broadcast',
  severity: 'error',
  needs: ['wire', 'question'],
  docs: {
    what: 'A machine answered a request sent to its own MAC, while the broadcasts of the same asker for the same address got no answer from anybody.',
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
      for (const rounds of byAsker(ownRounds(address, question))) {
        const direct = rounds.filter(({ mode, answers }) => mode === 'unicast' && answers.length > 0)
        const broadcasts = rounds.filter(({ mode }) => mode === 'broadcast')
        if (direct.length === 0 || broadcasts.length < FEWEST_BROADCASTS) continue
        if (broadcasts.some(({ answers }) => answers.length > 0)) continue
        yield {
          subject: addressSubject(address),
          severity: address.asked ? 'error' : 'warning',
          data: describe(address, direct, broadcasts.length),
          evidence: [...broadcasts.slice(0, 1).map(silence), ...direct.slice(0, 1).flatMap(directAnswer)],
        }
        break
      }
    }
  },
  message: ({ macs, broadcasts, ...at }) =>
    `${listed(macs)} answers for ${place(at)} when asked directly, but to none of ${counted(broadcasts, 'broadcast')}`,
  fixes: ({ ip, macs }) => [
    {
      summary: `Find what keeps broadcasts from the machine with ${listed(macs)}`,
      risk: 'none',
      where: 'node',
      steps: [
        {
          kind: 'manual',
          text: 'Let l2doctor read the bridge, link and wireless settings of the node',
          run: sh`l2doctor audit-node NODE --vip ${ip}`,
        },
        {
          kind: 'manual',
          text: 'Is the interface, or a port of its bridge, shut to broadcasts? bcast_flood off, proxy_arp on, neigh_suppress on or isolated on are suspects',
          run: sh`ip -d link show; bridge -d link show`,
        },
        {
          kind: 'manual',
          text: 'VLAN-aware bridge: is the VLAN allowed on the bridge itself (the line of the bridge device)?',
          run: sh`bridge vlan show`,
        },
        {
          kind: 'manual',
          text: 'Is it a wireless interface? Access points and power saving drop broadcasts',
          run: sh`ls -d /sys/class/net/*/wireless`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Nothing to undo: these steps only look.',
    },
    {
      summary: 'Let broadcasts through a bridge port that is shut to them',
      risk: 'disruptive',
      where: 'node',
      steps: [
        {
          kind: 'runtime',
          text: 'On the port that leads to the network (PORT), where the settings above show it shut',
          run: sh`ip link set dev PORT type bridge_slave bcast_flood on proxy_arp off neigh_suppress off`,
        },
        {
          kind: 'runtime',
          text: 'VLAN-aware bridge that lacks the VLAN on itself',
          run: sh`bridge vlan add vid VID dev BRIDGE self`,
        },
        {
          kind: 'persistent',
          text: 'Put the same setting where the bridge is configured: netplan, NetworkManager, systemd-networkd or ifupdown',
        },
      ],
      sideEffects: ['The port carries broadcasts again; for a moment clients may learn new ARP entries.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'The same command with the values that `bridge -d link show` printed before; bridge vlan del vid VID dev BRIDGE self',
    },
  ],
})

function byAsker(rounds: readonly Exchange[]): Iterable<Exchange[]> {
  const groups = new Map<number, Exchange[]>()
  for (const round of rounds) groups.set(round.asker, [...(groups.get(round.asker) ?? []), round])
  return groups.values()
}

function describe(address: AddressFacts, direct: readonly Exchange[], broadcasts: number): Deaf {
  const macs = new Set(direct.flatMap((round) => [...answerers(round)]))
  return { ...where(address), macs: [...macs].map(formatMac), broadcasts }
}

function silence({ frame, at }: Exchange): Evidence {
  return frameEvidence(frame, at, 'broadcast request, no answer')
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
