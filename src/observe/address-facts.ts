import { compareIps, isIpv6 } from '../wire/ip.js'
import * as ADDRESS from './columns/address.js'
import * as CLAIM from './columns/claim.js'
import { probe as PROBE } from './columns/mode.js'
import { keptExchanges } from './exchanges.js'
import {
  type AddressFacts,
  type ClaimFacts,
  type Exchange,
  type ObserveOptions,
  REQUEST_MODES,
  type RequestMode,
} from './model.js'
import type { Tables } from './tables.js'
import { transitions } from './transitions.js'
import type { Unanswered } from './unanswered.js'

/** Beyond these, a report would be no use and too large for the memory that it is made in. */
const MAX_LISTED_ADDRESSES = 4096
const MAX_LISTED_CLAIMS = 16_384
const MAX_CLAIMS_OF_ADDRESS = 256

/** The numbers of the addresses to report, and how many more there would have been. */
export function listedAddresses(
  tables: Tables,
  { asked, allAddresses }: ObserveOptions,
): { listed: number[]; unlisted: number } {
  const { addresses } = tables
  const numbers = Array.from({ length: addresses.count }, (_, number) => number)
  const named = numbers.filter((address) => addresses.isAsked(address) && isWorthNaming(tables, address))
  const least = allAddresses ? 1 : 2
  const noticed = numbers.filter(
    (address) =>
      !addresses.isAsked(address) && (tables.claims.made(address).length >= least || wasDenied(tables, address)),
  )
  const worst = noticed.toSorted((one, other) => claimCount(tables, other) - claimCount(tables, one))
  let claims = 0
  const kept = worst.filter((address, place) => {
    claims += Math.min(claimCount(tables, address), MAX_CLAIMS_OF_ADDRESS)
    return place < MAX_LISTED_ADDRESSES && claims <= MAX_LISTED_CLAIMS
  })
  const places = new Map(asked.map((ip, place) => [ip, place]))
  const place = (address: number) => places.get(addresses.ip(address)) ?? asked.length
  const listed = [...named, ...kept].sort(
    (one, other) =>
      place(one) - place(other) ||
      addresses.stack(one) - addresses.stack(other) ||
      compareIps(addresses.ip(one), addresses.ip(other)),
  )
  return { listed, unlisted: noticed.length - kept.length }
}

/** `unanswered`: null where the times of the capture cannot be compared. */
export function addressFacts(tables: Tables, address: number, unanswered: Unanswered | null): AddressFacts {
  const { core, addresses, stacks } = tables
  const asked = addresses.isAsked(address)
  const claims = tables.claims.made(address).slice(0, MAX_CLAIMS_OF_ADDRESS)
  const claimants = new Set(claims.map((claim) => tables.claims.mac(claim)))
  const kept = keptExchanges(core, addresses, tables.claims, address)
  const exchanges = kept.filter((exchange) => !isIdle(exchange) || !claimants.has(exchange.asker))
  const answeredOwn = exchanges.filter(({ mode, asker }) => mode === 'probe' && claimants.has(asker)).length
  const idleProbes = sum(claims.map((claim) => tables.claims.get(claim, CLAIM.ownProbes))) - answeredOwn
  const facts: AddressFacts = {
    ip: addresses.ip(address),
    vlans: stacks.list[addresses.stack(address)] ?? [],
    asked,
    asks: perMode((mode) => ({
      sent: sentOf(tables, address, mode, idleProbes),
      answered: addresses.get(address, ADDRESS.answered + mode),
    })),
    contestedRounds: addresses.get(address, ADDRESS.contested),
    claims: claims.map((claim) => claimFacts(tables, address, claim)),
    transitions: transitions(core, addresses, tables.claims, address),
    changes: addresses.get(address, ADDRESS.changes),
    exchanges,
  }
  const inVain = asked && unanswered !== null ? unanswered.asker(address, facts) : null
  return inVain === null ? facts : { ...facts, unanswered: inVain }
}

/** A probe that nobody answered. */
function isIdle({ mode, answers }: Exchange): boolean {
  return mode === 'probe' && answers.length === 0
}

function sentOf({ addresses }: Tables, address: number, mode: number, idleProbes: number): number {
  const sent = addresses.get(address, ADDRESS.sent + mode)
  if (REQUEST_MODES[mode] !== 'probe') return sent
  return Math.max(addresses.get(address, ADDRESS.answered + mode), sent - Math.max(0, idleProbes))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

function claimFacts({ addresses, claims }: Tables, address: number, claim: number): ClaimFacts {
  const get = (column: number) => claims.get(claim, column)
  const sent = [0, 1, 2].map((mode) => addresses.get(address, ADDRESS.sent + mode))
  const probes = sent[2]! - addresses.get(address, ADDRESS.probesToOne) + get(CLAIM.askedProbe) - get(CLAIM.ownProbes)
  const could = [sent[0]!, get(CLAIM.askedUnicast), probes]
  const medianMicros = claims.medianLatency(claim)
  return {
    mac: claims.mac(claim),
    requests: get(CLAIM.requests),
    replies: get(CLAIM.replies),
    gratuitous: get(CLAIM.gratuitous),
    overriding: get(CLAIM.overriding),
    solicitedOverriding: get(CLAIM.solicitedOverriding),
    ...lifetime(
      { at: get(CLAIM.firstAt), frame: get(CLAIM.firstFrame) },
      { at: claims.lastAt(claim), frame: claims.lastFrame(claim) },
    ),
    answered: perMode((mode) => {
      const answered = get(CLAIM.answered + mode)
      return { asked: Math.max(could[mode]!, answered), answered }
    }),
    latency:
      medianMicros === null
        ? null
        : { minMicros: get(CLAIM.minLatency), medianMicros, maxMicros: get(CLAIM.maxLatency) },
    firstAnswers: get(CLAIM.firstAnswers),
    otherEthSources: claims.otherSources(claim),
    isEthSource: claims.isSource(claim),
    lastGratuitousAt: claims.lastGratuitousAt(claim),
  }
}

interface Sight {
  readonly at: number
  readonly frame: number
}

/** In the order of time, which need not be that of the file. */
function lifetime(one: Sight, other: Sight): Pick<ClaimFacts, 'firstAt' | 'firstFrame' | 'lastAt' | 'lastFrame'> {
  const [first, last] = one.at <= other.at ? [one, other] : [other, one]
  return { firstAt: first.at, firstFrame: first.frame, lastAt: last.at, lastFrame: last.frame }
}

/** An address asked for is reported where it was seen, and untagged when it was seen nowhere. */
function isWorthNaming(tables: Tables, address: number): boolean {
  const { addresses, stacks } = tables
  if (wasSeen(tables, address)) return true
  const ip = addresses.ip(address)
  const seen = stacks.list.some((_, stack) => {
    const other = addresses.find(stack, ip)
    return other >= 0 && wasSeen(tables, other)
  })
  return addresses.stack(address) === 0 && !seen
}

/** Somebody looked whether the IPv6 address is free, and it was not. */
function wasDenied({ addresses }: Tables, address: number): boolean {
  return isIpv6(addresses.ip(address)) && addresses.get(address, ADDRESS.answered + PROBE) > 0
}

function wasSeen(tables: Tables, address: number): boolean {
  return (
    claimCount(tables, address) > 0 || [0, 1, 2].some((mode) => tables.addresses.get(address, ADDRESS.sent + mode) > 0)
  )
}

function claimCount({ addresses }: Tables, address: number): number {
  return addresses.get(address, ADDRESS.claims)
}

function perMode<T>(value: (mode: number) => T): Readonly<Record<RequestMode, T>> {
  return Object.fromEntries(REQUEST_MODES.map((name, mode) => [name, value(mode)])) as Record<RequestMode, T>
}
