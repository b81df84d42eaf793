import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import { isSilenceTelling } from '../../facts/question.js'
import type { AddressFacts, Exchange, UnansweredAsker, WireFacts } from '../../observe/model.js'
import { formatIp, type Ip, resolverOf } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { defineRule, type Evidence } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { type AnnouncerHere, announcerSteps, announcersFor } from './announcer-steps.js'
import {
  addressSubject,
  claimEvidence,
  counted,
  frameEvidence,
  listed,
  modeWords,
  place,
  type Where,
  where,
} from './evidence.js'
import { watchFrames } from './next-steps.js'
import { ownRounds } from './rounds.js'
import { slowness } from './slowness.js'

interface NoAnswer extends Where {
  readonly requests: number
  /** MACs that claim the address by other packets (announcements, requests) and yet do not answer. */
  readonly announcedBy: readonly string[]
  /** Whose it is by the objects, or all announcers that were found; empty: none known. */
  readonly announcers: readonly AnnouncerHere[]
}

export const noAnswer = defineRule({
  id: 'wire/no-answer',
  title: 'Nobody answers for the address',
  severity: 'error',
  needs: ['wire', 'question'],
  optional: ['expected', 'announcers'],
  symptom: 'silence',
  docs: {
    what: 'The address was asked for by broadcast (IPv6: multicast), several times, and no machine answered.',
    why: 'Clients of this segment and the router cannot find the address: it is dead for everybody whose ARP or neighbour entry has expired.',
    confirm:
      '`arping -b -I IFACE -c 5 VIP` (iputils), or `ndisc6 -m VIP IFACE` for IPv6, from another machine of the same VLAN. Ping proves nothing: most announcers do not answer it.',
    falseAlarms:
      'An address that only BGP announces is not judged, as far as the objects of MetalLB, kube-vip or Cilium show it. The address is not on this segment or VLAN, or the machine that asks holds it itself (then nothing is judged). In a capture without requests of l2doctor it is said only as `possible`, and only where the machine that asked got the answers of two others within a minute, and all that goes to one machine is to or from it: the capture then stands at that machine. That machine may have the address itself, or the holder sits behind a switch or hypervisor with it and answers unheard.',
    references: [
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#2274',
      'metallb/metallb#2425',
      'metallb/metallb#259',
      'cilium/cilium#26586',
    ],
  },
  *check({ wire, question, expected, announcers }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const heard = question.unanswered?.includes(address.ip) ? address.unanswered : undefined
      const rounds = heard?.requests ?? ownRounds(address, question)
      if (isAnswered(address) || slowness(address, question) !== null) continue
      const byBgp = expected?.get(formatIp(address.ip))?.byBgp
      if (question.own.ips.includes(address.ip)) {
        yield {
          unjudged: place(where(address)),
          because: `${question.own.at ?? 'this machine'} holds the address; the wire cannot show its own answer`,
        }
      } else if (question.own.announces?.includes(address.ip)) {
        yield {
          unjudged: place(where(address)),
          because: `${question.own.at ?? 'this machine'} should announce the address; its agent does not hear the requests of its own machine`,
        }
      } else if (!(question.probed || heard) || rounds.length === 0) {
        yield {
          unjudged: place(where(address)),
          because: 'l2doctor sent no request for it; listening alone does not show who is silent',
        }
      } else if (question.own.unasked?.includes(address.ip)) {
        yield {
          unjudged: place(where(address)),
          because: 'another machine of the segment asks for it; this one sent no request all the while',
        }
      } else if (!isSilenceTelling(question, address.ip)) {
        yield { unjudged: place(where(address)), because: 'this machine is not on its segment' }
      } else if (byBgp) {
        yield { unjudged: place(where(address)), because: onlyByBgp(byBgp, address.ip) }
      } else if (rounds.every(({ mode }) => mode === 'probe')) {
        yield {
          unjudged: place(where(address)),
          because:
            'no request was sent for it, only an RFC 5227 probe, which proxy ARP never answers and which may be lost',
        }
      } else {
        yield {
          subject: addressSubject(address),
          ...(heard
            ? weighHeard(heard)
            : weigh(rounds.length, question.own.macs.length > 0 || hearsAnswers(wire, rounds))),
          data: describe(address, rounds.length, announcers),
          evidence: [
            ...rounds.slice(0, 1).map((round) => asked(round, formatIp(address.ip))),
            ...(heard?.answers ?? []).map(answerOfOther),
            ...address.claims.flatMap((claim) => claimEvidence(address, claim)),
          ],
        }
      }
    }
  },
  message: ({ requests, announcedBy, ...at }) =>
    announcedBy.length > 0
      ? `${listed(announcedBy)} claims ${place(at)} but answered none of ${counted(requests, 'request')}`
      : `nobody answers for ${place(at)}: ${counted(requests, 'request')}, no answer`,
  fixes: ({ ip, announcers }) => [
    {
      summary: `Find out who should answer for ${ip}, and what stops it`,
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'Let l2doctor compare announcers, nodes and wire',
          run: sh`l2doctor diagnose --vip ${ip}`,
        },
        {
          kind: 'look',
          text: 'Does a Service have the address, and does it have ready endpoints?',
          run: sh`kubectl get services -A -o wide | grep -w -F ${ip}`,
        },
        ...announcerSteps(announcers),
        {
          kind: 'look',
          text: 'On the node that should answer: do the requests arrive? (-p: a promiscuous capture can hide the fault)',
          run: watchFrames(ip),
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

function onlyByBgp(object: string, ip: Ip): string {
  return `${object} announces it by BGP only: no machine needs to answer ${resolverOf(ip)} for it`
}

function isAnswered({ asks }: AddressFacts): boolean {
  return asks.broadcast.answered + asks.probe.answered + asks.unicast.answered > 0
}

function describe(address: AddressFacts, requests: number, views?: readonly AnnouncerView[]): NoAnswer {
  const announcedBy = address.claims.map(({ mac }) => formatMac(mac))
  return { ...where(address), requests, announcedBy, announcers: announcersFor(formatIp(address.ip), views) }
}

function asked({ frame, at, mode }: Exchange, ip: string): Evidence {
  return frameEvidence(frame, at, `first request (${modeWords(mode, ip)}), unanswered like all others`)
}

function answerOfOther({ ip, mac, at, frame }: UnansweredAsker['answers'][number]): Evidence {
  return frameEvidence(frame, at, `the same machine got the answer of ${formatMac(mac)} for ${formatIp(ip)}`)
}

/** Who has an address hears no answer of its own, and what goes past a capture is not in it. */
function weighHeard({ asker }: UnansweredAsker): Confidence & { readonly severity: 'warning' } {
  const heard = `answers of others to ${formatMac(asker)} for their addresses are captured`
  return { severity: 'warning', ...possible(`${heard}; it may have this one itself, or answers go another way`) }
}

/** A bystander's capture has none, or a few that a switch flooded: it must have most for some other address. */
function hearsAnswers({ addresses }: WireFacts, [first]: readonly Exchange[]): boolean {
  return addresses.some(({ exchanges }) => {
    const own = exchanges.filter(({ asker, mode }) => asker === first?.asker && mode !== 'probe')
    return own.filter(({ answers }) => answers.length > 0).length * 2 > own.length
  })
}

/** A single frame may be lost. */
const SURE_REQUESTS = 3

/** `areHeard`: it is shown that answers to the one that asked would be in the capture. */
function weigh(requests: number, areHeard: boolean): Confidence {
  if (!areHeard) return likely('who asked probed too, as a scan does, but hardly an answer to it is in the capture')
  return requests >= SURE_REQUESTS
    ? certain(`no machine answered any of ${requests} requests`)
    : likely(`only ${counted(requests, 'request')}: a lost frame looks the same`)
}
