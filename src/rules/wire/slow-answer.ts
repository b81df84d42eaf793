import type { Question } from '../../facts/question.js'
import type { AddressFacts } from '../../observe/model.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, likely } from '../certainty.js'
import { defineRule, type Severity } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, counted, isSix, listed, place, type Where, where } from './evidence.js'
import { type Lateness, type Slowness, slowness, steadyLateness, unsteadyLateness } from './slowness.js'
import { timeIsInOrder } from './time-order.js'

interface Slow extends Where {
  readonly macs: readonly string[]
  readonly requests: number
  /** Of these, so many were answered late, at most after so many milliseconds. */
  readonly late: number
  readonly longestMs: number
  /** Milliseconds between the first request and the first reply, and between the last ones; of those that came late. */
  readonly firstMs: number
  readonly lastMs: number
}

type Delays = 'macs' | 'requests' | 'late' | 'first' | 'last' | 'longest'
type Judged = Confidence & { readonly severity?: Severity } & Pick<Lateness, Delays>

const PAIRED = 'each request was answered before the next one; what makes the answer late was not seen'
const AT_RANDOM =
  'how late each answer came is in the capture; a proxy of Linux, which waits at random up to 0.8 s, looks the same'
const AT_LEAST = 'requests and answers have no numbers: an answer may belong to an even older request'

function judge(address: AddressFacts, question: Question): Judged | null {
  const beyond = slowness(address, question)
  if (beyond) {
    const counted = likely('there are as many answers as requests, and nothing in them says which belongs to which')
    return { ...counted, ...steady(beyond) }
  }
  if (address.claims.some((claim) => isProxyClass(classifyResponder(claim, address)))) return null
  const paired = steadyLateness(address)
  if (paired) return { ...likely(PAIRED), ...steady(paired) }
  const found = unsteadyLateness(address)
  return (
    found && {
      ...likely(found.tooLate + found.silent > 0 ? AT_LEAST : AT_RANDOM),
      severity: severityOf(found),
      ...found,
    }
  )
}

function steady({ mac, requests, first, last }: Slowness): Pick<Lateness, Delays> {
  return { macs: [mac], requests, late: requests, first, last, longest: Math.max(first, last) }
}

/** A client gives up where most answers come too late; a machine that had to wake up is no fault. */
function severityOf({ tooLate, requests, isStart }: Lateness): Severity {
  if (isStart) return 'info'
  return tooLate * 2 > requests ? 'error' : 'warning'
}

export const slowAnswer = defineRule({
  id: 'wire/slow-answer',
  title: 'The address answers late',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'claim',
  docs: {
    what: 'Each request was answered, and each answer came about as late: 0.2 s or more, where a machine on the same segment takes some ms. Or some answers came that late, three or more and one in five at least; or more than one in ten only after 2 s. Where answers come later than the next request, as many replies as requests were seen, the first as late as the last.',
    why: 'A client waits that long for its first packet, each time it has to ask. Linux asks again after a second and gives up after three requests; a reply that comes after that is not used.',
    confirm: '`arping -b -I IFACE -c 5 -w 15 VIP` (iputils) prints the time of each answer.',
    falseAlarms:
      'Requests and answers have no numbers: one lost reply and one doubled one, just as far apart, look the same. A capture whose clock was set during it. A segment that is stretched over a slow link (radio, satellite). A machine in power save; that only its first answer comes late is information.',
    references: [
      'RFC 826',
      'net/core/neighbour.c neigh_timer_handler',
      'Documentation/networking/ip-sysctl.rst retrans_time_ms',
    ],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      if (!timeIsInOrder(wire, address)) continue
      const judged = judge(address, question)
      if (judged === null) continue
      const { macs, requests, late, first, last, longest, ...sure } = judged
      yield {
        subject: addressSubject(address),
        certainty: sure.certainty,
        because: sure.because,
        ...(sure.severity ? { severity: sure.severity } : {}),
        data: {
          ...where(address),
          macs: macs.map(formatMac),
          requests,
          late,
          longestMs: Math.round(longest / 1000),
          firstMs: Math.round(first / 1000),
          lastMs: Math.round(last / 1000),
        },
        evidence: address.claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, requests, late, longestMs, firstMs, lastMs, ...at }: Slow) =>
    late < requests || longestMs > Math.max(firstMs, lastMs)
      ? `${place(at)} answered ${late} of ${counted(requests, 'request')} late: after up to ${longestMs} ms (${listed(macs)})`
      : `${place(at)} answered each of ${counted(requests, 'request')} late: after ${firstMs} ms the first, after ${lastMs} ms the last (${listed(macs)})`,
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
