import type { AddressFacts, Exchange } from '../../observe/model.js'
import { isIpv6 } from '../../wire/ip.js'
import { formatMac, isGroupMac, type Mac } from '../../wire/mac.js'
import { type Confidence, certain, possible } from '../certainty.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { alone } from '../host-parts.js'
import { sh } from '../shell.js'
import { addressSubject, frameEvidence, namedMac, place, type Where, where } from './evidence.js'
import { findMachines } from './next-steps.js'
import { isOneRouter } from './takeover.js'
import { outOfOrder, timeIsInOrder } from './time-order.js'

/** A host waits this long for an answer to its probe (RetransTimer, RFC 4861 section 10). */
const WAITED = 1_000_000

interface Denied extends Where {
  /** The host that looked whether the address is free. */
  readonly asker: string
  /** Who answered that it is not, or looked as well. */
  readonly other: string
  readonly how: 'answered' | 'asked-too'
  readonly afterMs: number
}

interface Denial {
  readonly probe: Exchange
  readonly other: Mac
  readonly how: Denied['how']
  readonly afterMicros: number
  readonly frame: number
}

export const detectionDenied = defineRule({
  id: 'wire/detection-denied',
  title: 'Another machine answered the duplicate address detection of a host',
  severity: 'warning',
  needs: ['wire', 'question'],
  explains: ['wire/no-answer', 'wire/stopped-answering', 'answers/silent-holder'],
  docs: {
    what: 'A host looked whether an IPv6 address is free (a solicitation from ::, RFC 4862 section 5.4), and another machine answered within the second for it, or looked for the same address in the same second. The host was not seen to use the address afterwards.',
    why: 'The host marks the address dadfailed. It does not answer for it, not even when the other machine has left, until the address is removed and added again: after a failover the address is dead.',
    confirm: 'On the host: `ip -6 address show dadfailed`. The kernel logs "IPv6 duplicate address VIP detected!".',
    falseAlarms:
      'A solicitation that a loop brings back to its sender is no conflict (RFC 7527) and is not reported. A switch that answers in the place of a host (EVPN) has the MAC of that host, or of a former one. A host whose accept_dad is 0, or which adds the address with nodad, does not look at all.',
    references: ['RFC 4862 section 5.4', 'RFC 7527', 'net/ipv6/addrconf.c (addrconf_dad_failure)'],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses.filter(({ ip }) => isIpv6(ip))) {
      const denial = denialOf(address, question.own.macs)
      if (denial === null) continue
      if (!timeIsInOrder(wire, address)) {
        yield outOfOrder(place(where(address)))
        continue
      }
      const { probe, other, how, afterMicros } = denial
      yield {
        subject: addressSubject(address),
        ...weigh(denial),
        severity: address.asked ? 'warning' : 'info',
        data: {
          ...where(address),
          asker: formatMac(probe.asker),
          other: formatMac(other),
          how,
          afterMs: Math.round(afterMicros / 1000),
        },
        evidence: evidenceOf(denial),
      }
    }
  },
  message: ({ asker, other, how, afterMs, ...at }: Denied) =>
    how === 'answered'
      ? `${asker} looked whether ${place(at)} is free, and ${namedMac(other)} answered after ${afterMs} ms that it is not: ${asker} does not use the address`
      : `${asker} and ${other} looked within ${afterMs} ms whether ${place(at)} is free: each takes the other for its holder, and neither uses the address`,
  fixes: (data: Denied) => [decide(data)],
})

/** The last probe that another machine denied, of a host that was not heard to use the address afterwards. */
function denialOf(address: AddressFacts, own: readonly Mac[]): Denial | null {
  // a probe of l2doctor goes to one machine
  const probes = address.exchanges.filter(
    ({ mode, askedMac, asker }) => mode === 'probe' && isGroupMac(askedMac) && !own.includes(asker),
  )
  const failed = probes.filter((probe) => !usesLater(address, probe))
  const denials = failed.flatMap((probe) => answered(probe) ?? askedToo(probe, failed) ?? [])
  return denials.at(-1) ?? null
}

function usesLater({ claims }: AddressFacts, { asker, at }: Exchange): boolean {
  return claims.some(({ mac, lastAt }) => mac === asker && lastAt > at)
}

function answered(probe: Exchange): Denial | null {
  const found = probe.answers.find(
    ({ mac, afterMicros }) => afterMicros < WAITED && mac !== probe.asker && !isOneRouter([mac, probe.asker]),
  )
  if (!found) return null
  return { probe, other: found.mac, how: 'answered', afterMicros: found.afterMicros, frame: found.frame }
}

/** Two hosts that look at the same time both give up (RFC 4862 section 5.4.3). */
function askedToo(probe: Exchange, probes: readonly Exchange[]): Denial | null {
  const other = probes.find(({ asker, at }) => asker !== probe.asker && at < probe.at && probe.at - at < WAITED)
  if (!other) return null
  return { probe: other, other: probe.asker, how: 'asked-too', afterMicros: probe.at - other.at, frame: probe.frame }
}

function weigh({ how }: Denial): Confidence {
  return how === 'answered'
    ? certain('the answer came while the host still waited for one')
    : possible('a device that forwards a probe under a MAC of its own looks the same')
}

function evidenceOf({ probe, other, how, afterMicros, frame }: Denial): Evidence[] {
  const second = how === 'answered' ? `${formatMac(other)} answers that it has it` : `${formatMac(other)} looks too`
  return [
    frameEvidence(probe.frame, probe.at, `${formatMac(probe.asker)} looks whether the address is free`),
    frameEvidence(frame, probe.at + afterMicros, second),
  ]
}

function decide({ ip, asker, other }: Denied): Fix {
  const found = findMachines(ip, [asker, other])
  return {
    ...found,
    summary: `Find out which of ${asker} and ${other} should have ${ip}`,
    steps: [
      ...found.steps,
      {
        kind: 'look',
        text: `On the host with ${asker}: is the address marked dadfailed? Once the other machine has given it up, it must be removed and added again`,
        run: sh`ip -6 address show to ${alone(ip)}`,
        where: 'node',
      },
    ],
  }
}
