import type { AddressFacts, Exchange } from '../../observe/model.js'
import { roundsOf } from '../../observe/rounds.js'
import { isLate } from '../../probe/classify.js'
import { formatIp, isIpv4 } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Evidence, type Severity } from '../define.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { findMachines, leaveOneOwner } from './next-steps.js'
import { answerers, contestedRounds, isContested } from './rounds.js'
import { isRouterPair } from './takeover.js'

interface Duplicate extends Where {
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
  symptom: 'claim',
  docs: {
    what: 'Two or more MAC addresses answered one and the same broadcast (IPv6: multicast) request for an address.',
    why: 'Some clients keep the first answer, others the last, so clients end up on different machines: connections reset, some clients work and others do not, and it changes whenever a neighbour entry expires.',
    confirm:
      'Ask by broadcast and look for two MACs in one round: `arping -b -I IFACE -c 5 VIP` (iputils; without `-b` it goes unicast after the first answer and hides the second) or `arp-scan -I IFACE VIP`.',
    falseAlarms:
      'Two answers of one MAC (a mirror port, OVN) are not a conflict and are not reported, nor are the seconds after a takeover that was announced and then held. A virtual router MAC beside one real MAC is a warning only: often the router also answers with its own MAC. A capture of several VLANs with the tags taken off, or an address that is shared on purpose, looks like a conflict; an anycast address of IPv6 shows itself by late answers without the O flag.',
    references: [
      'RFC 826',
      'RFC 5227 section 2.4',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#740',
      'metallb/metallb#2747',
      'kube-vip/kube-vip#996',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      if (!isContested(address)) continue
      const anycast = looksLikeAnycast(address)
      if (anycast && !address.asked) continue
      const macs = responders(address)
      const contested = contestedRounds(address).slice(0, SHOWN_ROUNDS)
      yield {
        subject: addressSubject(address),
        ...(anycast ? ANYCAST : weigh(macs)),
        data: describe(address, macs.map(formatMac)),
        evidence: contested.flatMap((round) => roundEvidence(address, round)),
      }
    }
  },
  message: ({ macs, contestedRounds, rounds, ...at }) =>
    `${macs.length} MACs answer for ${place(at)}: ${listed(macs.map(namedMac))} (${macs.length > 2 ? 'two or more of them ' : ''}together in ${contestedRounds} of ${counted(rounds, 'round')})`,
  fixes: ({ ip, macs }) => [findMachines(ip, macs), leaveOneOwner(ip)],
})

/** Of the contested rounds; when none of them was kept, every MAC that ever answered a broadcast. */
function responders(address: AddressFacts): number[] {
  const macs = new Set(contestedRounds(address).flatMap((round) => [...answerers(round)]))
  if (macs.size > 0) return [...macs]
  return address.claims.filter(({ firstAnswers, latency }) => firstAnswers > 0 || latency).map(({ mac }) => mac)
}

function describe(address: AddressFacts, macs: readonly string[]): Duplicate {
  return { ...where(address), macs, contestedRounds: address.contestedRounds, rounds: roundsOf(address).asked }
}

function roundEvidence(address: AddressFacts, round: Exchange): Evidence[] {
  const ip = formatIp(address.ip)
  return round.answers.map(({ mac, afterMicros, frame }) =>
    frameEvidence(
      frame,
      round.at + afterMicros,
      `${ip} is at ${formatMac(mac)}, ${afterMicros / 1000} ms after the request of frame ${round.frame}`,
    ),
  )
}

/**
 * Holders of an anycast address never override, announce nothing, and wait at random before they answer (RFC 4861 section 7.2.7), as
 * proxies do; an announcer such as MetalLB answers at once. The address of a subnet with nothing behind its /64 belongs to all of its
 * routers (RFC 4291 section 2.6.1). A pool may hold such an address as well, which the request for it shows.
 */
function looksLikeAnycast({ ip, claims }: AddressFacts): boolean {
  if (isIpv4(ip) || claims.some(({ overriding, gratuitous }) => overriding + gratuitous > 0)) return false
  return BigInt.asUintN(64, ip) === 0n || claims.every(isLate)
}

const ANYCAST: { severity: Severity } & Confidence = {
  severity: 'warning',
  ...possible('it may be an anycast address: its holders all answer, never override, and announce nothing'),
}

/** A router's own MAC beside the virtual one is how VRRP, HSRP and CARP work. */
function weigh(macs: readonly Mac[]): { severity?: Severity } & Confidence {
  if (isRouterPair(macs)) return { severity: 'warning', ...possible('one MAC is virtual: both may be one router') }
  return likely('the answers stand side by side in the capture; two MACs may still be one machine')
}
