import { compareVantages, pairOf, type Sight } from '../../facts/vantages/compare.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { counted, listed } from '../wire/evidence.js'
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

interface SilentPlace {
  readonly ip: string
  readonly silent: readonly { readonly place: string; readonly requests: number; readonly between: Between }[]
  /** Places that hear an answer, and the machines that answer there. */
  readonly elsewhere: readonly { readonly place: string; readonly machines: readonly string[] }[]
  /** Of the places that hear nothing. */
  readonly macs: readonly string[]
}

export const silentPlace = defineRule({
  id: 'vantage/silent-place',
  title: 'The address is answered in one place and not in another',
  severity: 'warning',
  needs: ['vantages', 'question'],
  symptom: 'silence',
  docs: {
    what: 'The address was asked for from several places at the same time. In one of them machines answered, in another no request was answered.',
    why: 'Clients, or the router, on the side of the silent place cannot reach the address, while it looks healthy from elsewhere: it depends on where one looks.',
    confirm:
      '`arping -b -I IFACE -c 5 VIP` in both places at the same time; `tcpdump -p -n -e -i IFACE arp` beside it in both shows whose broadcasts arrive.',
    falseAlarms:
      'A place that is on another segment or VLAN on purpose. A failover in the very second: ask again. A machine that answers one of the places by proxy ARP only.',
    references: ['RFC 826', 'bridge(8) isolated, neigh_suppress, bcast_flood', 'RFC 5517 (private VLANs)'],
  },
  *check({ vantages, question }) {
    for (const { ip, sights } of compareVantages(vantages, question.vips)) {
      const answered = sights.filter(({ state }) => state === 'answered')
      if (answered.length === 0) continue
      const quiet = sights.filter(({ state }) => state === 'silent')
      const silent = quiet.flatMap((one) => besideAnswered(one, answered) ?? [])
      const why = quiet.flatMap((one) => answered.map((other) => pairOf(one, other))).find(isWord)
      if (silent.length === 0 && isWord(why)) yield notCompared(formatIp(ip), why)
      if (silent.length === 0) continue
      yield {
        subject: ipSubject(formatIp(ip)),
        ...surest(silent.map((one) => weighSides(nearest(one, answered), one.asked))),
        data: describe(formatIp(ip), silent, answered),
        evidence: [...silent, ...answered].map(sightEvidence),
      }
    }
  },
  message: ({ ip, silent, elsewhere }: SilentPlace) => {
    const quiet = listed(silent.map(({ place, requests }) => `${place} (${counted(requests, 'request')})`))
    const others = listed(elsewhere.map(({ place, machines }) => `${place} hears ${listed(machines)}`))
    return `${quiet} ${silent.length === 1 ? 'hears' : 'hear'} no answer for ${ip}, but ${others}; ${waysWords(silent)}`
  },
  fixes: ({ ip, silent, macs, elsewhere }: SilentPlace) => [
    {
      summary: `Find where the frames for ${ip} stop on the way to ${listed(silent.map(({ place }) => place))}`,
      risk: 'none',
      where: 'switch',
      steps: findBetween(ip, [...new Set([...macs, ...elsewhere.flatMap(({ machines }) => machines)])]),
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

/** What it saw while another place was answered; null: there is none to compare it with. */
function besideAnswered(quiet: Sight, answered: readonly Sight[]): Sight | null {
  const pair = answered.map((one) => pairOf(quiet, one)).find((one) => !isWord(one))
  return pair === undefined || isWord(pair) ? null : pair[0]
}

function isWord<T>(pair: T): pair is Extract<T, string> {
  return typeof pair === 'string'
}

/** Of all places that hear an answer the one that is nearest. */
function nearest(silent: Sight, answered: readonly Sight[]): Between {
  const ways = answered.map(({ vantage }) => between(silent.vantage, vantage))
  return (['same segment', 'one way', 'apart'] as const).find((how) => ways.includes(how)) ?? 'unknown'
}

function describe(ip: string, silent: readonly Sight[], answered: readonly Sight[]): SilentPlace {
  return {
    ip,
    silent: silent.map((one) => ({
      place: nameOf(one.vantage),
      requests: one.asked,
      between: nearest(one, answered),
    })),
    elsewhere: answered.map((one) => ({
      place: nameOf(one.vantage),
      machines: one.machines.map(({ mac }) => formatMac(mac)),
    })),
    macs: silent.flatMap(({ vantage }) => vantage.own.macs.filter((mac) => vantage.heard.has(mac)).map(formatMac)),
  }
}
