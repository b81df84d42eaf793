import type { AddressFacts } from '../../observe/model.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule } from '../define.js'
import { goesPast, weighSilence } from './captured-silence.js'
import { addressSubject, counted, frameEvidence, place, type Where, where } from './evidence.js'
import { deafness } from './lost-broadcasts.js'
import { findMachines } from './next-steps.js'
import { type Outage, outages, signsOfLife } from './outages.js'
import { answerers, ownRounds } from './rounds.js'
import { slowness } from './slowness.js'
import { timeIsInOrder } from './time-order.js'

interface Silence extends Where {
  /** ISO times: the first request without an answer, the first sign of life after it, and the first answer. */
  readonly from: string
  readonly heardAt: string
  readonly answeredAt: string
  readonly seconds: number
  readonly requests: number
  /** MACs that claim the address. */
  readonly macs: readonly string[]
}

/** A failover takes less. */
const LONG_SECONDS = 10

export const silentForATime = defineRule({
  id: 'wire/silent-for-a-time',
  title: 'The address did not answer for a time, and does again',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'silence',
  like: 'wire/no-answer',
  docs: {
    what: 'Several requests in a row, broadcasts among them, got no answer; later ones did. The address was down and came up again, or its machine failed and another one took over.',
    why: 'Clients could not reach the address in that time. How long it took is what a failover costs.',
    confirm: 'The logs of the announcer and of the node at the times named: a restart, an election, a lost lease.',
    falseAlarms:
      'A restart or a failover on purpose. It is information where the silence was short or ended with an announcement, as a failover does. In a capture taken by a third party answers may go past it: requests that are far apart, and of which some are answered, are not reported.',
    references: ['RFC 826', 'RFC 5227 section 3'],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      if (!timeIsInOrder(wire, address)) continue
      const rounds = ownRounds(address, question)
      if (deafness(address, rounds, question.probed) !== null || slowness(address, question) !== null) continue
      const [outage] = outages(address, rounds).filter(({ after }) => after !== null)
      const data = outage && describe(address, outage)
      if (!data) continue
      const sure = weighSilence(outage, address, question)
      if (sure === null) {
        yield goesPast(place(where(address)))
        continue
      }
      const first = outage.silent[0]!
      yield {
        subject: addressSubject(address),
        ...sure,
        severity: data.seconds >= LONG_SECONDS && !isAnnounced(address, outage) ? 'warning' : 'info',
        data,
        evidence: [
          frameEvidence(first.frame, first.at, `the first of ${outage.silent.length} requests without an answer`),
          ...(outage.after ? [frameEvidence(outage.after.frame, outage.after.at, 'answered again')] : []),
        ],
      }
    }
  },
  message: ({ from, heardAt, answeredAt, seconds, requests, ...at }: Silence) =>
    `${place(at)} answered none of ${counted(requests, 'request')} from ${from} on, was heard again at ${heardAt} (${seconds} s later) and answers since ${answeredAt}`,
  fixes: ({ ip, macs }) => (macs.length > 0 ? [findMachines(ip, macs)] : []),
})

function describe(address: AddressFacts, { silent, after }: Outage): Silence | null {
  const [first, last] = [silent[0], silent.at(-1)]
  if (!first || !last || !after) return null
  const heard = Math.min(...signsOfLife(address).filter((at) => at > last.at))
  return {
    ...where(address),
    from: isoFromMicros(first.at),
    heardAt: isoFromMicros(heard),
    answeredAt: isoFromMicros(after.at + Math.min(...after.answers.map(({ afterMicros }) => afterMicros))),
    seconds: Math.round((heard - first.at) / 1e5) / 10,
    requests: silent.length,
    macs: [...answerers(after)].map(formatMac),
  }
}

/** Whoever answers now announced itself after the silence: the last announcement of each MAC is known. */
function isAnnounced({ claims, transitions }: AddressFacts, { silent }: Outage): boolean {
  const from = silent[0]?.at ?? 0
  const claimed = claims.some(({ lastGratuitousAt }) => lastGratuitousAt !== null && lastGratuitousAt > from)
  return claimed || transitions.some(({ at, announced }) => announced && at > from)
}
