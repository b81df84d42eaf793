import type { AddressFacts, ClaimFacts, Exchange } from '../../observe/model.js'
import { classifyResponder } from '../../probe/classify.js'
import { isIpv6 } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { likely } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { answerers, byAsker } from './rounds.js'

interface Refusing extends Where {
  readonly macs: readonly string[]
  /** Unicast solicitations to them, none of which was answered. */
  readonly unicasts: number
  /** Multicast solicitations of the same asker that they answered. */
  readonly multicasts: number
}

/** One may be a lost frame. */
const FEWEST = 2

export const unicastNotAnswered = defineRule({
  id: 'wire/unicast-not-answered',
  title: 'The address answers multicast solicitations but no unicast ones',
  severity: 'info',
  needs: ['wire'],
  docs: {
    what: 'A machine answered the neighbour solicitations to the group of an IPv6 address, but none of those that the same asker sent to the machine alone. MetalLB (0.15.3, measured) does so: it listens to the group, and its node does not hold the address.',
    why: 'A neighbour checks an entry that it has by a unicast solicitation (RFC 4861 section 7.3.3). Linux asks the group when nobody answers, and loses nothing (measured). A router or switch that deletes the entry instead drops the packets of a moment, again and again.',
    confirm:
      '`ip -6 neigh show to VIP` on a client while it sends: the entry goes from STALE over DELAY and PROBE to REACHABLE each time, by an answer to a multicast solicitation.',
    falseAlarms:
      'A note about how the announcer works, no fault of the network. A proxy entry does not answer unicast solicitations either, and is reported as a proxy. In a capture of a third party the answers may have gone past it: only askers whose other answers were captured count.',
    references: ['RFC 4861 section 7.3.3', 'RFC 7048', 'net/core/neighbour.c (neigh_timer_handler)'],
  },
  *check({ wire }) {
    for (const address of wire.addresses.filter(({ ip, asked }) => asked && isIpv6(ip))) {
      const refusing = address.claims.flatMap((claim) => refusal(address, claim) ?? [])
      const [first] = refusing
      if (first === undefined) continue
      yield {
        subject: addressSubject(address),
        ...likely('unanswered and answered solicitations of one asker stand side by side'),
        data: describe(address, refusing),
        evidence: [
          frameEvidence(first.unicasts[0]!.frame, first.unicasts[0]!.at, 'unicast solicitation, no answer'),
          frameEvidence(first.multicasts[0]!.frame, first.multicasts[0]!.at, 'multicast solicitation, answered'),
        ],
      }
    }
  },
  message: ({ macs, unicasts, multicasts, ...at }: Refusing) =>
    `${listed(macs.map(namedMac))} answered ${counted(multicasts, 'multicast solicitation')} for ${place(at)} but none of ${counted(unicasts, 'unicast solicitation')}`,
  fixes: ({ ip }) => [
    {
      summary: `Check whether a router of the segment loses its entry for ${ip}`,
      risk: 'none',
      where: 'workstation',
      steps: [
        { kind: 'look', text: 'On a client that uses the address, several times', run: sh`ip -6 neigh show to ${ip}` },
        {
          kind: 'look',
          text: 'On the router: look at its neighbour entry for the address while traffic goes to it; does it disappear for a moment?',
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

interface Refusal {
  readonly mac: Mac
  readonly unicasts: readonly Exchange[]
  readonly multicasts: readonly Exchange[]
}

/**
 * The rounds of one asker that show it; null where a unicast was answered, or too little was seen. A kernel that holds the address
 * answers both: its silence is that of a machine which has it no more, as is that of one which others have followed.
 */
function refusal(address: AddressFacts, claim: ClaimFacts): Refusal | null {
  const { mac } = claim
  if (claim.answered.unicast.answered > 0 || classifyResponder(claim, address) !== 'unknown') return null
  const last = address.exchanges.findLast(({ mode, answers }) => mode === 'broadcast' && answers.length > 0)
  if (last === undefined || !answerers(last).has(mac)) return null
  for (const rounds of byAsker(address.exchanges)) {
    const unicasts = rounds.filter(({ mode, askedMac }) => mode === 'unicast' && askedMac === mac)
    const multicasts = rounds.filter((round) => round.mode === 'broadcast' && answerers(round).has(mac))
    if (unicasts.length >= FEWEST && multicasts.length >= FEWEST) return { mac, unicasts, multicasts }
  }
  return null
}

function describe(address: AddressFacts, refusing: readonly Refusal[]): Refusing {
  const most = (counts: readonly number[]) => Math.max(...counts)
  return {
    ...where(address),
    macs: refusing.map(({ mac }) => formatMac(mac)),
    unicasts: most(refusing.map(({ unicasts }) => unicasts.length)),
    multicasts: most(refusing.map(({ multicasts }) => multicasts.length)),
  }
}
