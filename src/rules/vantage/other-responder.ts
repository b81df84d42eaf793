import { compareVantages, type Machine, pairOf, type Sight } from '../../facts/vantages/compare.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { type Confidence, possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { listed } from '../wire/evidence.js'
import { findMachines } from '../wire/next-steps.js'
import {
  type Between,
  between,
  findBetween,
  nameOf,
  notCompared,
  sightEvidence,
  surest,
  waysWords,
  weighSides,
} from './sides.js'

interface Difference {
  readonly place: string
  /** Machines that answer here and not there. */
  readonly here: readonly string[]
  readonly other: string
  readonly there: readonly string[]
  readonly between: Between
}

interface OtherResponder {
  readonly ip: string
  readonly differences: readonly Difference[]
}

export const otherResponder = defineRule({
  id: 'vantage/other-responder',
  title: 'Another machine answers for the address in another place',
  severity: 'error',
  needs: ['vantages', 'question'],
  symptom: 'claim',
  docs: {
    what: 'The address was asked for from several places at the same time, and a machine that answers in one of them does not answer in another.',
    why: 'Which machine gets the traffic depends on where the client is. On one segment two machines answer for one address, and none of the places sees it alone; on two segments each has a machine with that address.',
    confirm: '`arping -b -I IFACE -c 5 VIP` in both places at the same time; compare the MACs.',
    falseAlarms:
      'Two segments that use the same addresses on purpose. A failover in the very second: ask again. Files are compared only as far as they overlap in time and have the same VLAN tags; a clock that was wrong is not seen. An answer by proxy ARP, which depends on who asks. A first-hop router whose virtual MAC is rewritten on the way (VXLAN with an anycast gateway).',
    references: ['RFC 826', 'RFC 5227', 'bridge(8) isolated, neigh_suppress'],
  },
  *check({ vantages, question }) {
    for (const { ip, sights } of compareVantages(vantages, question.vips)) {
      const answered = sights.filter(({ state }) => state === 'answered')
      const found = differing(answered)
      const apart = answered.flatMap((one, at) => answered.slice(0, at).map((other) => pairOf(other, one)))
      const why = apart.find((pair) => typeof pair === 'string')
      if (found.length === 0 && typeof why === 'string') yield notCompared(formatIp(ip), why)
      if (found.length === 0) continue
      const sure = surest(found.map(({ here, there, how }) => weigh(how, here, there)))
      yield {
        subject: ipSubject(formatIp(ip)),
        ...sure,
        severity: sure.certainty === 'possible' ? 'warning' : 'error',
        data: { ip: formatIp(ip), differences: found.map(describe) },
        evidence: [...new Set(found.flatMap(({ here, there }) => [here, there]))].map(sightEvidence),
      }
    }
  },
  message: ({ ip, differences }: OtherResponder) => {
    const words = differences.map(
      ({ place, here, other, there }) =>
        `${listed(here)} ${answers(here)} for ${ip} at ${place} and not at ${other}, where ${listed(there)} ${answers(there)}`,
    )
    return `${words.join('; ')}; ${waysWords(differences.map(({ other, between }) => ({ place: other, between })))}`
  },
  fixes: ({ ip, differences }: OtherResponder) => {
    const macs = [...new Set(differences.flatMap(({ here, there }) => [...here, ...there]))]
    return [
      findMachines(ip, macs),
      {
        summary: `Find what lies between the places that see different machines for ${ip}`,
        risk: 'none',
        where: 'switch',
        steps: findBetween(ip, macs),
        verify: sh`l2doctor scan --vip ${ip}`,
        undo: ONLY_LOOKS,
      },
    ]
  },
})

function answers(machines: readonly string[]): string {
  return machines.length === 1 ? 'answers' : 'answer'
}

interface Found {
  readonly here: Sight
  readonly there: Sight
  readonly how: Between
}

/** Each place against the first one that it can be compared with: else places that agree would be told of again and again. */
function differing(sights: readonly Sight[]): Found[] {
  return sights.flatMap((sight, at) => {
    const pairs = sights.slice(0, at).map((before) => pairOf(before, sight))
    const [first, other] = pairs.find((pair) => typeof pair !== 'string') ?? []
    if (!first || !other) return []
    const how = between(first.vantage, other.vantage)
    if (missing(first, other).length > 0) return [{ here: first, there: other, how }]
    return missing(other, first).length > 0 ? [{ here: other, there: first, how }] : []
  })
}

function describe({ here, there, how }: Found): Difference {
  return {
    place: nameOf(here.vantage),
    here: missing(here, there).map(formatMac),
    other: nameOf(there.vantage),
    there: there.machines.map(({ mac }) => formatMac(mac)),
    between: how,
  }
}

/** MACs that answer at one place and not at the other, whose own they are not either: it does not hear itself. */
function missing({ machines }: Sight, other: Sight): Mac[] {
  const seen = new Set([...other.machines.map(({ mac }) => mac), ...other.vantage.own.macs])
  return machines.map(({ mac }) => mac).filter((mac) => !seen.has(mac))
}

/** A machine that answers now and then may have been missed at the other place by chance. */
function weigh(how: Between, here: Sight, there: Sight): Confidence {
  const gone = new Set(missing(here, there))
  const steady = ({ mac, answered }: Machine) => gone.has(mac) && answered * 2 >= here.asked
  if (!here.machines.some(steady))
    return possible('it answered only some of the requests, and may have missed the others')
  return weighSides(how, there.asked)
}
