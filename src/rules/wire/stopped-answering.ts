import { formatIp } from '../../wire/ip.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule } from '../define.js'
import { goesPast, lastOutage, weighSilence } from './captured-silence.js'
import {
  addressSubject,
  counted,
  frameEvidence,
  listed,
  modeWords,
  namedMac,
  place,
  type Where,
  where,
} from './evidence.js'
import { findMachines } from './next-steps.js'
import { answerers } from './rounds.js'
import { outOfOrder, timeIsInOrder } from './time-order.js'

interface Stopped extends Where {
  /** Those that answered last. */
  readonly macs: readonly string[]
  /** ISO times of the last answer and of the first request after it that got none. */
  readonly answeredAt: string
  readonly silentFrom: string
  readonly requests: number
}

export const stoppedAnswering = defineRule({
  id: 'wire/stopped-answering',
  title: 'The address stopped answering',
  severity: 'error',
  needs: ['wire', 'question'],
  symptom: 'silence',
  like: 'wire/no-answer',
  docs: {
    what: 'A machine answered for the address, and from some moment on no request was answered any more, neither unicast nor broadcast or multicast, until the capture ends.',
    why: 'The machine that held the address is gone, and no other took it over: clients cannot reach it once their neighbour entries expire.',
    confirm: '`arping -b -I IFACE -c 5 VIP` (iputils): is it still silent?',
    falseAlarms:
      'A capture that ends in the middle of a failover. A capture taken by a third party may miss answers that a switch does not deliver to it. It is `certain` only where the capture shows that answers to the machine that asks reach it: answers of others to it go on, or it had all its answers there and then asks one machine and all, as without an answer. After a single answer, which a switch may have flooded, it is `possible` if the requests are put again each second, and not reported if they are far apart.',
    references: ['RFC 826', 'RFC 4861 section 7.3 (the like states of ARP entries: linux/net/core/neighbour.c)'],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      if (!timeIsInOrder(wire, address)) {
        if (address.exchanges.length > 0) yield outOfOrder(place(where(address)))
        continue
      }
      const outage = lastOutage(address, question)
      const [first, before] = [outage?.silent[0], outage?.before]
      if (!outage || !first || !before) continue
      const sure = weighSilence(outage, address, question)
      if (sure === null) {
        yield goesPast(place(where(address)))
        continue
      }
      yield {
        subject: addressSubject(address),
        ...sure,
        data: {
          ...where(address),
          macs: [...answerers(before)].map(formatMac),
          answeredAt: isoFromMicros(before.at),
          silentFrom: isoFromMicros(first.at),
          requests: outage.silent.length,
        },
        evidence: [
          frameEvidence(before.frame, before.at, 'the last request that was answered'),
          frameEvidence(
            first.frame,
            first.at,
            `the first of ${outage.silent.length} without an answer (${modeWords(first.mode, formatIp(address.ip))})`,
          ),
        ],
      }
    }
  },
  message: ({ macs, answeredAt, silentFrom, requests, ...at }: Stopped) =>
    `${listed(macs.map(namedMac))} answered for ${place(at)} until ${answeredAt}; of ${counted(requests, 'request')} since ${silentFrom} none was answered`,
  fixes: ({ ip, macs }) => [findMachines(ip, macs)],
})
