import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatIp, isIpv4 } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { likely } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { answerers, byAsker } from './rounds.js'
import { outOfOrder, timeIsInOrder } from './time-order.js'

interface OnlyProbes extends Where {
  /** Those that answered the probes. */
  readonly macs: readonly string[]
  readonly requests: number
  /** The machine that asked, by the address of its requests. */
  readonly asker: string
  readonly probes: number
}

/** Fewer may be lost frames. */
const FEWEST_REQUESTS = 3
/** Requests this close to an answered probe reached a machine that was there. */
const NEAR_MICROS = 5_000_000

export const onlyProbesAnswered = defineRule({
  id: 'wire/only-probes-answered',
  title: 'The address answers probes but no ordinary ARP request',
  severity: 'error',
  needs: ['wire'],
  symptom: 'silence',
  docs: {
    what: 'RFC 5227 probes (sender 0.0.0.0) of a machine are answered, its ordinary requests in the same seconds are not. The address is there, but its machine refuses this asker.',
    why: 'No client that asks like this one can reach the address: nobody resolves an address by a probe.',
    confirm:
      'On the machine: `sysctl -a 2>/dev/null | grep -E "arp_filter|arp_ignore"` and `ip route get ASKER`. The kernel answers a probe before it looks at arp_filter and at the route back (net/ipv4/arp.c, arp_process).',
    falseAlarms: 'An asker outside of the subnet of the address, which the machine has no route to.',
    references: ['RFC 5227 section 2.1.1', 'net/ipv4/arp.c (arp_process, arp_filter)', 'acassen/keepalived#2512'],
  },
  *check({ wire }) {
    // what keeps a host from answering ordinary requests alone (arp_filter, arp_ignore) is about ARP
    for (const address of wire.addresses.filter(({ ip }) => isIpv4(ip))) {
      if (!timeIsInOrder(wire, address)) {
        if (address.asked && address.exchanges.length > 0) yield outOfOrder(place(where(address)))
        continue
      }
      const found = [...byAsker(address.exchanges)].map(refusal).find((one) => one !== null)
      if (!found) continue
      yield {
        subject: addressSubject(address),
        ...likely('probes and requests of one machine stand side by side; why it is refused was not seen'),
        severity: address.asked ? 'error' : 'warning',
        data: describe(address, found),
        evidence: evidence(found),
      }
    }
  },
  message: ({ macs, requests, probes, ...at }: OnlyProbes) =>
    `${listed(macs.map(namedMac))} answered ${counted(probes, 'probe')} for ${place(at)} but none of ${counted(requests, 'ordinary request')} from the same machine`,
  fixes: ({ ip, asker }) => [
    {
      summary: `Find out why the machine with ${ip} refuses ordinary requests`,
      risk: 'none',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: 'On that machine: arp_filter 1 answers only on the interface that the route back to the asker leaves by',
          run: sh`sysctl -a 2>/dev/null | grep -E ${'conf\\..*\\.(arp_filter|arp_ignore|rp_filter)'}`,
        },
        {
          kind: 'look',
          text: `Which way does its answer to ${asker} take?`,
          run: sh`ip route get ${asker}; ip -brief address`,
        },
        {
          kind: 'look',
          text: 'Does a filter drop ARP?',
          run: sh`nft list ruleset | grep -A5 arp; arptables -L -n`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

interface Refusal {
  readonly requests: readonly Exchange[]
  readonly probes: readonly Exchange[]
}

/** The rounds of one asker, where all its requests around answered probes were refused, and no request ever answered. */
function refusal(rounds: readonly Exchange[]): Refusal | null {
  const probes = rounds.filter(({ mode, answers }) => mode === 'probe' && answers.length > 0)
  const ordinary = rounds.filter(({ mode }) => mode !== 'probe')
  const requests = ordinary.filter(({ at }) => probes.some((probe) => Math.abs(probe.at - at) <= NEAR_MICROS))
  const refused = ordinary.every(({ answers }) => answers.length === 0)
  return refused && requests.length >= FEWEST_REQUESTS ? { requests, probes } : null
}

function describe(address: AddressFacts, { requests, probes }: Refusal): OnlyProbes {
  const macs = new Set(probes.flatMap((probe) => [...answerers(probe)]))
  return {
    ...where(address),
    macs: [...macs].map(formatMac),
    requests: requests.length,
    asker: formatIp(requests[0]!.askerIp),
    probes: probes.length,
  }
}

function evidence({ requests: [request], probes: [probe] }: Refusal) {
  const [answer] = probe?.answers ?? []
  return [
    ...(request ? [frameEvidence(request.frame, request.at, `ordinary request (${request.mode}), no answer`)] : []),
    ...(probe && answer
      ? [
          frameEvidence(
            answer.frame,
            probe.at + answer.afterMicros,
            `${formatMac(answer.mac)} answers the probe of frame ${probe.frame}`,
          ),
        ]
      : []),
  ]
}
