import type { AddressFacts, Exchange, Micros, RequestMode } from '../observe/model.js'
import { FEWEST_REQUESTS } from '../rules/wire/outages.js'
import { LATE } from '../rules/wire/slowness.js'
import { formatIp, isIpv4 } from '../wire/ip.js'
import { isoFromMicros } from '../wire/iso-time.js'
import type { Doubt } from './addresses.js'

/**
 * Requests beyond those that are kept one by one are only counted, and rules judge those kept. Where the counts show that enough of
 * the others got no answer to be an outage, or that what was kept may be lateness, no rule could have said so. Null: nothing of it.
 */
export function beyondKept(address: AddressFacts): Doubt | null {
  const { asked, asks, exchanges } = address
  const modes = ordinaryModes(address)
  const kept = exchanges.filter(({ mode }) => modes.includes(mode))
  const sent = sum(modes.map((mode) => asks[mode].sent))
  const silent = sent - sum(modes.map((mode) => asks[mode].answered))
  if (!asked || sent <= kept.length) return null
  const unjudged = silent - kept.filter(isSilent).length
  const couldBeOutage = unjudged > 0 && unjudged + silentAtEnd(kept) >= FEWEST_REQUESTS
  if (!couldBeOutage && !(silent > 0 && isLate(address))) return null
  return {
    stays: true,
    subject: formatIp(address.ip),
    reason: reasonOf({ kept: kept.length, sent, unjudged, late: !couldBeOutage }),
    hint: kept.length === 0 ? hintAlone(formatIp(address.ip)) : hintOf(formatIp(address.ip), restFrom(kept)),
  }
}

/** Those that the rules on silence go by (rules/wire/outages.ts): announcers of IPv6 addresses may leave one to one host unanswered. */
function ordinaryModes({ ip }: AddressFacts): readonly RequestMode[] {
  return isIpv4(ip) ? ['broadcast', 'unicast'] : ['broadcast']
}

function isSilent({ answers }: Exchange): boolean {
  return answers.length === 0
}

/** An outage may begin among the last ones kept. */
function silentAtEnd(kept: readonly Exchange[]): number {
  return kept.length - 1 - kept.findLastIndex((exchange) => !isSilent(exchange))
}

/** With the last answer before an outage that may begin among the last ones kept: a longer one was judged already. */
function restFrom(kept: readonly Exchange[]): Micros {
  return kept.at(-1 - Math.min(silentAtEnd(kept), FEWEST_REQUESTS))?.at ?? kept[0]?.at ?? 0
}

/** No answer came at once: each may belong to a request before the one that it was paired with. */
function isLate({ claims }: AddressFacts): boolean {
  return claims.length === 1 && (claims[0]?.latency?.minMicros ?? 0) >= LATE
}

interface Counts {
  readonly kept: number
  readonly sent: number
  /** Requests without an answer among those not kept. */
  readonly unjudged: number
  readonly late: boolean
}

function reasonOf({ kept, sent, unjudged, late }: Counts): string {
  const judged =
    kept === 0
      ? `none of ${sent} requests was judged one by one`
      : `only the first ${kept} of ${sent} requests were judged one by one`
  if (late) return `${judged}; no answer came at once, and how late each one is was not judged`
  return kept === 0
    ? `${judged}; ${unjudged} got no answer`
    : `${judged}; of the ${sent - kept} after them ${unjudged} got no answer`
}

/** So many were kept of other addresses that no room was left. */
function hintAlone(subject: string): string {
  return `judge this address alone (a live look keeps its capture with --write FILE): l2doctor scan --read FILE --vip ${subject}`
}

/** The form of time that every version of editcap reads. */
function hintOf(subject: string, at: Micros): string {
  const from = isoFromMicros(at).slice(0, 19).replace('T', ' ')
  return `judge the rest by itself (a live look keeps its capture with --write FILE): TZ=UTC editcap -A '${from}' FILE rest.pcap && l2doctor scan --read rest.pcap --vip ${subject}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
