import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import type { AddressFacts, ClaimFacts, Exchange, WireFacts } from '../observe/model.js'
import { roundsAnsweredBy, roundsOf } from '../observe/rounds.js'
import { classifyResponder } from '../probe/classify.js'
import { formatIp, isIpv6 } from '../wire/ip.js'
import { isoFromMicros } from '../wire/iso-time.js'
import { formatMac, isGroupMac, type Mac } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'
import type { ReportedAddress, ReportedClaim } from './report.js'

/** What is known about MACs and addresses from outside the wire; every answer may be "nothing". */
export interface Names {
  vendor(mac: Mac): string | null
  owner(mac: Mac): Pick<ReportedClaim, 'node' | 'interface' | 'via'> | null
  /** `namespace/name` of each Service that has the address. */
  services(ip: string): readonly string[]
  expected(ip: string): ReportedAddress['expected']
  /** Whether this MAC is the one that should answer for the address; null when nobody can say. */
  isExpected(ip: string, mac: Mac): boolean | null
  /** The object by which BGP alone announces the address; null where none says so. */
  byBgp(ip: string): string | null
  /** A host of its segment that can be looked from; null where none is known. */
  lookFrom(ip: string): string | null
}

export const NO_NAMES: Names = {
  vendor: () => null,
  owner: () => null,
  services: () => [],
  expected: () => null,
  isExpected: () => null,
  byBgp: () => null,
  lookFrom: () => null,
}

/** An address before it is judged. */
export interface AddressLine extends Omit<ReportedAddress, 'verdict' | 'because'> {
  /** What keeps it from being called healthy, even if no rule says a word. */
  readonly doubt: Doubt | null
}

/** `stays`: also where a rule found a symptom, which is then not the whole of it. */
export interface Doubt extends Gap {
  readonly stays?: boolean
}

/** The `addresses` part of the report. */
export function reportAddresses(
  wire: WireFacts,
  names: Names,
  doubtOf: (address: AddressFacts) => Doubt | null,
): AddressLine[] {
  return wire.addresses.map((address) => ({
    ...reportAddress(address, names),
    doubt: doubtOf(address),
  }))
}

function reportAddress(address: AddressFacts, names: Names): Omit<AddressLine, 'doubt'> {
  const ip = formatIp(address.ip)
  const rounds = roundsOf(address)
  const start = address.exchanges.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY)
  return {
    ip,
    vlans: [...address.vlans],
    asked: address.asked,
    rounds: rounds.asked,
    answeredRounds: rounds.answered,
    ...servicesOf(ip, names),
    expected: names.expected(ip),
    claims: address.claims.map((claim) => reportClaim(ip, claim, address, names)),
    timeline: address.exchanges.map((exchange) => reportExchange(exchange, start)),
    ownEntry: null,
    missedResponderBound: rounds.asked > 0 ? Math.min(1, 3 / rounds.asked) : null,
  }
}

/** The Services that have an address, as a list and in one text. */
export function servicesOf(ip: string, names: Pick<Names, 'services'>): Pick<ReportedAddress, 'service' | 'services'> {
  const services = [...names.services(ip)]
  return { service: services.length > 0 ? services.join(', ') : null, services }
}

function reportClaim(ip: string, claim: ClaimFacts, address: AddressFacts, names: Names): ReportedClaim {
  const owner = names.owner(claim.mac)
  return {
    mac: formatMac(claim.mac),
    requests: claim.requests,
    replies: claim.replies,
    gratuitous: claim.gratuitous,
    advertisements: isIpv6(address.ip) ? claim.replies : 0,
    firstSeen: isoFromMicros(claim.firstAt),
    lastSeen: isoFromMicros(claim.lastAt),
    rounds: roundsAnsweredBy(claim.mac, address),
    medianMs: claim.latency && millis(claim.latency.medianMicros),
    firstMs: claim.latency && millis(claim.latency.minMicros),
    firstAnswers: claim.firstAnswers,
    class: classifyResponder(claim, address),
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
    to: isGroupMac(exchange.askedMac) ? null : formatMac(exchange.askedMac),
    answers: exchange.answers.map(({ mac, afterMicros }) => ({ mac: formatMac(mac), afterMs: millis(afterMicros) })),
  }
}

function millis(micros: number): number {
  return Math.round(micros) / 1000
}

/** The line with what the machine that asked had in its own table. */
export function withOwnEntry<L extends AddressLine>(line: L, { own: { neighbours = [] } }: Pick<Question, 'own'>): L {
  const found = line.vlans.length === 0 ? neighbours.find((one) => formatIp(one.ip) === line.ip) : undefined
  if (!found) return line
  const { interface: name, mac, states } = found
  return { ...line, ownEntry: { interface: name, mac: formatMac(mac), states: [...states] } }
}
