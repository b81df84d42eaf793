import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatIpv4 } from '../../wire/ipv4.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence } from '../define.js'
import { addressSubject, frameEvidence } from './evidence.js'

interface Duplicate {
  readonly ip: string
  readonly macs: readonly string[]
  readonly contestedRounds: number
  readonly rounds: number
}

/** At most so many contested rounds are shown as evidence. */
const SHOWN_ROUNDS = 2

export const duplicateResponders = defineRule({
  id: 'wire/duplicate-responders',
  title: 'More than one machine answers for the same address',
  severity: 'error',
  needs: ['wire'],
  docs: {
    what: 'Two or more MAC addresses answered one and the same broadcast request for an address.',
    why: 'Each client keeps the answer it takes last or first, so clients end up on different machines: connections reset, some clients work, others do not, and it changes whenever an ARP entry expires.',
    confirm:
      'Ask by broadcast and look for two MACs in one round: `arping -b -I IFACE -c 5 VIP` (iputils; without `-b` it goes unicast after the first answer and hides the second) or `arp-scan -I IFACE VIP`.',
    falseAlarms:
      'Two answers of one MAC are not a conflict and are not reported. A VRRP or HSRP virtual MAC beside the real MAC of its router, a capture of several VLANs with the tags removed, or a deliberate anycast segment look alike.',
    references: [
      'RFC 826',
      'RFC 5227 section 2.4',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#740',
      'metallb/metallb#2747',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      if (address.contestedRounds === 0) continue
      yield {
        subject: addressSubject(address),
        data: describe(address),
        evidence: contested(address)
          .slice(0, SHOWN_ROUNDS)
          .flatMap((round) => roundEvidence(address, round)),
      }
    }
  },
  message: ({ ip, macs, contestedRounds, rounds }) =>
    `${macs.length} machines answer for ${ip}: ${macs.join(' and ')} (together in ${contestedRounds} of ${rounds} rounds)`,
  fixes: ({ ip, macs }) => [
    {
      summary: `Find the machine behind each MAC and stop all but one from answering for ${ip}`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        { kind: 'manual', text: `Find the port or node of ${macs.join(', ')}`, run: 'kubectl get nodes -o wide' },
        {
          kind: 'runtime',
          text: 'On each node: does the kernel hold the address?',
          run: `ip -brief address show to ${ip}/32`,
        },
      ],
      verify: `l2doctor scan --vip ${ip}`,
      undo: 'None needed: the steps only look.',
    },
  ],
})

function describe(address: AddressFacts): Duplicate {
  const macs = new Set(contested(address).flatMap((round) => round.answers.map(({ mac }) => formatMac(mac))))
  const { broadcast, probe } = address.asks
  return {
    ip: formatIpv4(address.ip),
    macs: [...macs],
    contestedRounds: address.contestedRounds,
    rounds: broadcast.sent + probe.sent,
  }
}

function contested(address: AddressFacts): Exchange[] {
  return address.exchanges.filter((round) => new Set(round.answers.map(({ mac }) => mac)).size > 1)
}

function roundEvidence(address: AddressFacts, round: Exchange): Evidence[] {
  const ip = formatIpv4(address.ip)
  return round.answers.map(({ mac, afterMicros, frame }) =>
    frameEvidence(
      frame,
      round.at + afterMicros,
      `${ip} is at ${formatMac(mac)}, ${afterMicros / 1000} ms after the request of frame ${round.frame}`,
    ),
  )
}
