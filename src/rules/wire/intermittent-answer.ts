import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type Evidence } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { type AnnouncerHere, announcerSteps, announcersFor } from './announcer-steps.js'
import { type Loss, lossOfAnother, TOLERATED_LOSS, weighLoss } from './asker-loss.js'
import { goesPast, REGULAR } from './captured-silence.js'
import { addressSubject, counted, frameEvidence, isSix, listed, place, toAll, type Where, where } from './evidence.js'
import { watchFrames } from './next-steps.js'
import { outages } from './outages.js'
import { ownRounds } from './rounds.js'
import { slowness } from './slowness.js'
import { timeIsInOrder } from './time-order.js'

interface Intermittent extends Where {
  readonly macs: readonly string[]
  readonly rounds: number
  readonly answeredRounds: number
  /** The machine that asked, where it is not ours. */
  readonly asker: string | null
  readonly announcers: readonly AnnouncerHere[]
}

const SHOWN_ROUNDS = 3

export const intermittentAnswer = defineRule({
  id: 'wire/intermittent-answer',
  title: 'The address answers only some of the time',
  severity: 'warning',
  needs: ['wire', 'question'],
  optional: ['announcers'],
  symptom: 'silence',
  docs: {
    what: 'Some broadcast (IPv6: multicast) requests for the address were answered and others were not, although they were put the same way.',
    why: 'A client whose requests fall into the gaps sees the address as dead for seconds. New clients and clients with an expired entry are hit, the others are not.',
    confirm:
      '`arping -b -I IFACE -c 30 VIP` (iputils): the losses are counted at the end. Compare with the address of the node itself.',
    falseAlarms:
      'Probes (sender 0.0.0.0) are not counted, as a proxy never answers them. On a wireless client the loss may be its own. In a capture taken by a third party answers to others may go past it: of another machine only silences between answers to it count, and a request that it repeats although it has its answer does not; where most answers are missing, it must put its requests again where it has none.',
    references: ['RFC 826', 'cilium/cilium#26586', 'kube-vip/kube-vip#475'],
  },
  *check({ wire, question, announcers }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      if (slowness(address, question) !== null) continue
      const own = question.probed ? ownLoss(address, question) : null
      const other = own === null && timeIsInOrder(wire, address) ? lossOfAnother(address, question) : null
      const loss = own ?? other
      if (loss === null) continue
      const sure = own ? weighOwn(own, question) : weighLoss(loss)
      if (sure === null) {
        yield goesPast(place(where(address)))
        continue
      }
      const answered = loss.rounds.length - loss.silent.length
      const isMost = answered * 2 >= loss.rounds.length
      yield {
        subject: addressSubject(address),
        ...sure,
        severity: own && !isMost ? 'error' : 'warning',
        data: describe(address, loss, own ? null : loss.rounds[0]!.asker, announcers),
        evidence: loss.silent.slice(0, SHOWN_ROUNDS).map((round) => silence(round, formatIp(address.ip))),
      }
    }
  },
  message: ({ macs, rounds, answeredRounds, asker, ...at }) =>
    `${place(at)} answered ${answeredRounds} of ${counted(rounds, `${toAll(at.ip)} request`)}${asker === null ? '' : ` of ${asker}`} (${listed(macs)})`,
  fixes: ({ ip, macs, announcers }) => [
    {
      summary: 'Find where requests or answers are lost: at the node, or on the way',
      risk: 'none',
      where: 'node',
      steps: [
        { kind: 'look', text: 'Let l2doctor join wire, cluster and hosts', run: sh`l2doctor diagnose --vip ${ip}` },
        {
          kind: 'look',
          text: `On the node with ${listed(macs)}, while \`l2doctor scan --vip ${ip} --rounds 30\` runs elsewhere: does each request arrive, and does each get an answer? Where one arrives and no answer leaves, the announcer is overloaded or an election goes on (-p: a promiscuous capture can hide the fault)`,
          run: watchFrames(ip),
        },
        ...announcerSteps(announcers),
        {
          kind: 'look',
          text: 'Requests do not arrive: a wireless link that drops them, or a rate limit on the switch port',
          run: isSix(ip)
            ? sh`show interfaces status err-disabled`
            : sh`show ip arp inspection statistics; show interfaces status err-disabled`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip} --rounds 30`,
      undo: ONLY_LOOKS,
    },
  ],
})

/** Of our own requests, more than a busy network loses, and not in one stretch. */
function ownLoss(address: AddressFacts, question: Question): Loss | null {
  const rounds = ownRounds(address, question).filter(({ mode }) => mode === 'broadcast')
  const silent = rounds.filter(isSilent)
  const isLossy = silent.length < rounds.length && silent.length > rounds.length * TOLERATED_LOSS
  return isLossy && !isOutage(address, rounds) ? { rounds, silent } : null
}

/** Of a scan in a file it must show that answers to it reach the capture. */
function weighOwn({ rounds, silent }: Loss, { own }: Question): Confidence {
  const answered = rounds.length - silent.length
  return own.macs.length > 0 || (answered >= REGULAR && answered * 2 >= rounds.length)
    ? certain('each request and its answers are in the capture')
    : likely('who asked probed too, as a scan does, but few answers to it are in the capture')
}

/** Silent in one stretch and never else: the address was down, which wire/silent-for-a-time and wire/stopped-answering say. */
function isOutage(address: AddressFacts, rounds: readonly Exchange[]): boolean {
  const stretches = outages(address, rounds)
  const silent = stretches.flatMap((outage) => outage.silent)
  return stretches.length === 1 && silent.length === rounds.filter(isSilent).length
}

function describe(
  address: AddressFacts,
  { rounds, silent }: Loss,
  asker: Mac | null,
  views?: readonly AnnouncerView[],
): Intermittent {
  const answers = rounds.flatMap((round) => round.answers)
  return {
    ...where(address),
    macs: [...new Set(answers.map(({ mac }) => formatMac(mac)))],
    rounds: rounds.length,
    answeredRounds: rounds.length - silent.length,
    asker: asker === null ? null : formatMac(asker),
    announcers: announcersFor(formatIp(address.ip), views),
  }
}

function isSilent({ answers }: Exchange): boolean {
  return answers.length === 0
}

function silence({ frame, at }: Exchange, ip: string): Evidence {
  return frameEvidence(frame, at, `${toAll(ip)} request, no answer`)
}
