import type { AddressFacts, Exchange } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, place, type Where, where } from './evidence.js'
import { ownRounds } from './rounds.js'

interface Intermittent extends Where {
  readonly macs: readonly string[]
  readonly rounds: number
  readonly answeredRounds: number
}

/** One lost frame in ten is a busy network; more is a fault. */
const TOLERATED_LOSS = 0.1
const SHOWN_ROUNDS = 3

export const intermittentAnswer = defineRule({
  id: 'wire/intermittent-answer',
  title: 'The address answers only some of the time',
  severity: 'warning',
  needs: ['wire', 'question'],
  docs: {
    what: 'Some broadcast requests for the address were answered and others were not, although they were put the same way.',
    why: 'A client whose requests fall into the gaps sees the address as dead for seconds. New clients and clients with an expired entry are hit, the others are not.',
    confirm:
      '`arping -b -I IFACE -c 30 VIP` (iputils): the losses are counted at the end. Compare with the address of the node itself.',
    falseAlarms:
      'Probes (sender 0.0.0.0) are not counted, as a proxy never answers them. On a wireless client the loss may be its own. In a capture taken by a third party the answers to others are invisible, so only rounds of this machine count where it is known.',
    references: ['RFC 826', 'cilium/cilium#26586', 'kube-vip/kube-vip#475'],
  },
  *check({ wire, question }) {
    if (!question.probed) return
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const rounds = ownRounds(address, question).filter(({ mode }) => mode === 'broadcast')
      const data = describe(address, rounds)
      if (data.answeredRounds === 0 || data.answeredRounds >= data.rounds * (1 - TOLERATED_LOSS)) continue
      yield {
        subject: addressSubject(address),
        severity: data.answeredRounds * 2 < data.rounds ? 'error' : 'warning',
        data,
        evidence: rounds.filter(isSilent).slice(0, SHOWN_ROUNDS).map(silence),
      }
    }
  },
  message: ({ macs, rounds, answeredRounds, ...at }) =>
    `${place(at)} answered ${answeredRounds} of ${counted(rounds, 'broadcast request')} (${listed(macs)})`,
  fixes: ({ ip, macs }) => [
    {
      summary: 'Find where requests or answers are lost: at the node, or on the way',
      risk: 'none',
      where: 'node',
      steps: [
        { kind: 'manual', text: 'Let l2doctor join wire, cluster and hosts', run: sh`l2doctor diagnose --vip ${ip}` },
        {
          kind: 'manual',
          text: `On the node with ${listed(macs)}, while \`l2doctor scan --vip ${ip} --rounds 30\` runs elsewhere: does each request arrive, and does each get an answer? (-p: a promiscuous capture can hide the fault)`,
          run: sh`tcpdump -p -n -e -i IFACE arp and host ${ip}`,
        },
        {
          kind: 'manual',
          text: 'Requests arrive and no answer leaves: an overloaded announcer, or an election in between',
          run: sh`kubectl get leases -A | grep -E 'plndr-|kubevip-|cilium-l2announce-'; kubectl -n metallb-system get pods -o wide`,
        },
        {
          kind: 'manual',
          text: 'Requests do not arrive: a wireless link that drops broadcasts, or an ARP rate limit on the switch port',
          run: sh`show ip arp inspection statistics; show interfaces status err-disabled`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip} --rounds 30`,
      undo: 'Nothing to undo: these steps only look.',
    },
  ],
})

function describe(address: AddressFacts, rounds: readonly Exchange[]): Intermittent {
  const answers = rounds.flatMap((round) => round.answers)
  return {
    ...where(address),
    macs: [...new Set(answers.map(({ mac }) => formatMac(mac)))],
    rounds: rounds.length,
    answeredRounds: rounds.filter((round) => !isSilent(round)).length,
  }
}

function isSilent({ answers }: Exchange): boolean {
  return answers.length === 0
}

function silence({ frame, at }: Exchange): Evidence {
  return frameEvidence(frame, at, 'broadcast request, no answer')
}
