import type { AddressFacts, ClaimFacts, Exchange, WireFacts } from '../observe/model.js'
import { roundsAnsweredBy, roundsOf } from '../observe/rounds.js'
import { classifyResponder } from '../probe/classify.js'
import { formatIpv4 } from '../wire/ipv4.js'
import { isoFromMicros } from '../wire/iso-time.js'
import { BROADCAST_MAC, formatMac, type Mac } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'
import type { ReportedAddress, ReportedClaim } from './report.js'

/** What is known about MACs and addresses from outside the wire; every answer may be "nothing". */
export interface Names {
  vendor(mac: Mac): string | null
  owner(mac: Mac): Pick<ReportedClaim, 'node' | 'interface' | 'via'> | null
  service(ip: string): string | null
  expected(ip: string): ReportedAddress['expected']
  /** Whether this MAC is the one that should answer for the address; null when nobody can say. */
  isExpected(ip: string, mac: Mac): boolean | null
}

export const NO_NAMES: Names = {
  vendor: () => null,
  owner: () => null,
  service: () => null,
  expected: () => null,
  isExpected: () => null,
}

/** The `addresses` part of the report. */
export function reportAddresses(wire: WireFacts, names: Names): ReportedAddress[] {
  return wire.addresses.map((address) => reportAddress(address, names))
}

function reportAddress(address: AddressFacts, names: Names): ReportedAddress {
  const ip = formatIpv4(address.ip)
  const rounds = roundsOf(address)
  return {
    ip,
    vlans: [...address.vlans],
    rounds: rounds.asked,
    answeredRounds: rounds.answered,
    service: names.service(ip),
    expected: names.expected(ip),
    claims: address.claims.map((claim) => reportClaim(ip, claim, address, names)),
    timeline: address.exchanges.map((exchange) => reportExchange(exchange, address.exchanges[0]?.at ?? exchange.at)),
    missedResponderBound: rounds.asked > 0 ? Math.min(1, 3 / rounds.asked) : null,
  }
}

function reportClaim(ip: string, claim: ClaimFacts, address: AddressFacts, names: Names): ReportedClaim {
  const owner = names.owner(claim.mac)
  return {
    mac: formatMac(claim.mac),
    requests: claim.requests,
    replies: claim.replies,
    gratuitous: claim.gratuitous,
    firstSeen: isoFromMicros(claim.firstAt),
    lastSeen: isoFromMicros(claim.lastAt),
    rounds: roundsAnsweredBy(claim.mac, address),
    medianMs: claim.latency && millis(claim.latency.medianMicros),
    firstMs: claim.latency && millis(claim.latency.minMicros),
    firstAnswers: claim.firstAnswers,
    class: classifyResponder(claim),
    virtual: virtualRouterName(claim.mac),
    vendor: names.vendor(claim.mac),
    node: owner?.node ?? null,
    interface: owner?.interface ?? null,
    via: owner?.via ?? null,
    expected: names.isExpected(ip, claim.mac),
  }
}

function reportExchange(exchange: Exchange, start: number): ReportedAddress['timeline'][number] {
  return {
    atMs: millis(exchange.at - start),
    mode: exchange.mode,
    to: exchange.askedMac === BROADCAST_MAC ? null : formatMac(exchange.askedMac),
    answers: exchange.answers.map(({ mac, afterMicros }) => ({ mac: formatMac(mac), afterMs: millis(afterMicros) })),
  }
}

function millis(micros: number): number {
  return Math.round(micros) / 1000
}
