import type { AddressFacts } from '../../observe/model.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import { formatMac } from '../../wire/mac.js'
import { likely } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, counted, isSix, place, type Where, where } from './evidence.js'
import { type Slowness, slowness, steadyLateness } from './slowness.js'
import { timeIsInOrder } from './time-order.js'

interface Slow extends Where {
  readonly macs: readonly string[]
  readonly requests: number
  /** Milliseconds between the first request and the first reply, and between the last ones. */
  readonly firstMs: number
  readonly lastMs: number
}

const PAIRED = 'each request was answered before the next one; what makes the answer late was not seen'

/** A proxy that gives itself away is a finding of its own. */
function late(address: AddressFacts): Slowness | null {
  const found = steadyLateness(address)
  const claim = address.claims.find(({ mac }) => mac === found?.mac)
  return claim && !isProxyClass(classifyResponder(claim, address)) ? found : null
}

export const slowAnswer = defineRule({
  id: 'wire/slow-answer',
  title: 'The address answers every request, but late',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'claim',
  docs: {
    what: 'Each request was answered, and each answer came about as late: 0.2 s or more, where a machine on the same segment takes some ms. Where answers come later than the next request, as many replies as requests were seen, the first as late as the last.',
    why: 'A client waits that long for its first packet, each time it has to ask. Linux asks again after a second and gives up after three requests; a reply that comes after that is not used.',
    confirm: '`arping -b -I IFACE -c 5 -w 15 VIP` (iputils) prints the time of each answer.',
    falseAlarms:
      'ARP does not number requests and replies: one lost reply and one doubled one, just as far apart, look the same. A capture whose clock was set during it. A segment that is stretched over a slow link (radio, satellite).',
    references: [
      'RFC 826',
      'net/core/neighbour.c neigh_timer_handler',
      'Documentation/networking/ip-sysctl.rst retrans_time_ms',
    ],
  },
  *check({ wire, question }) {
    if (!timeIsInOrder(wire)) return
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const beyond = slowness(address, question)
      const slow = beyond ?? late(address)
      if (slow === null) continue
      yield {
        subject: addressSubject(address),
        ...likely(
          beyond ? 'there are as many replies as requests, and ARP does not say which belongs to which' : PAIRED,
        ),
        data: {
          ...where(address),
          macs: [formatMac(slow.mac)],
          requests: slow.requests,
          firstMs: Math.round(slow.first / 1000),
          lastMs: Math.round(slow.last / 1000),
        },
        evidence: address.claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, requests, firstMs, lastMs, ...at }: Slow) =>
    `${place(at)} answered each of ${counted(requests, 'request')} late: after ${firstMs} ms the first, after ${lastMs} ms the last (${macs.join(', ')})`,
  fixes: ({ ip, macs }: Slow) => [
    {
      summary: 'Find where the time passes: on the node, or on the way',
      risk: 'none',
      where: 'node',
      steps: [
        { kind: 'look', text: 'Let l2doctor join wire, cluster and hosts', run: sh`l2doctor diagnose --vip ${ip}` },
        {
          kind: 'look',
          text: `On the node with ${macs.join(', ')}, while \`l2doctor scan --vip ${ip}\` runs elsewhere: how long after each request does the answer leave? (-p: a promiscuous capture can hide the fault)`,
          run: isSix(ip)
            ? sh`timeout 20 tcpdump -p -n -e -ttt -i any ${'icmp6 and ip6[40] >= 135 and ip6[40] <= 136'}`
            : sh`timeout 20 tcpdump -p -n -e -ttt -i any arp and host ${ip}`,
        },
        {
          kind: 'look',
          text: 'It leaves late: is the node short of CPU? (a program such as the MetalLB speaker answers only when it runs)',
          run: sh`uptime; cat /proc/pressure/cpu`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})
