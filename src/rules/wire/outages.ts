import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import { type Ip, isIpv4 } from '../../wire/ip.js'
import { byAsker } from './rounds.js'

/** A stretch in which one asker got no answer, and nobody else did either. */
export interface Outage {
  /** Requests in a row without an answer, broadcasts among them. */
  readonly silent: readonly Exchange[]
  /** The last round before it that was answered. */
  readonly before: Exchange | null
  /** So many rounds before it were answered in a row. */
  readonly answeredBefore: number
  /** The first round after it that was answered; null: none until the end. */
  readonly after: Exchange | null
}

/** Fewer may be lost frames. */
export const FEWEST_REQUESTS = 3

/**
 * The outages that these rounds show, askers apart. An RFC 5227 probe is no ordinary request and neither opens nor ends one;
 * nor does the silence about a solicitation to one host, which announcers of IPv6 addresses (MetalLB) leave without an answer.
 */
export function outages(address: AddressFacts, rounds: readonly Exchange[]): Outage[] {
  return silences(address, rounds).filter(({ silent }) => silent.some(({ mode }) => mode === 'broadcast'))
}

/** The same, also where one machine alone was asked, which may be the wrong one. */
export function silences(address: AddressFacts, rounds: readonly Exchange[]): Outage[] {
  const ordinary = rounds.filter((round) => isOrdinary(round, address.ip))
  return [...byAsker(ordinary)].flatMap(stretches).filter((outage) => isWhole(outage, address))
}

function isOrdinary({ mode, answers }: Exchange, ip: Ip): boolean {
  return mode === 'broadcast' || (mode === 'unicast' && (isIpv4(ip) || answers.length > 0))
}

function stretches(rounds: readonly Exchange[]): Outage[] {
  const found: Outage[] = []
  let silent: Exchange[] = []
  let before: Exchange | null = null
  let answeredBefore = 0
  for (const round of rounds) {
    if (round.answers.length === 0) silent.push(round)
    else {
      found.push({ silent, before, answeredBefore, after: round })
      answeredBefore = silent.length > 0 ? 1 : answeredBefore + 1
      silent = []
      before = round
    }
  }
  return [...found, { silent, before, answeredBefore, after: null }]
}

/** Nobody showed a sign of life meanwhile. */
function isWhole({ silent }: Outage, address: AddressFacts): boolean {
  const [first, last] = [silent[0], silent.at(-1)]
  if (!first || !last || silent.length < FEWEST_REQUESTS) return false
  return !signsOfLife(address).some((at) => at > first.at && at <= last.at)
}

/** The times at which somebody is known to have spoken for the address. */
export function signsOfLife({ claims, exchanges, transitions }: AddressFacts): Micros[] {
  return [
    ...claims.flatMap(({ firstAt, lastAt, lastGratuitousAt }) => [firstAt, lastAt, lastGratuitousAt ?? firstAt]),
    ...transitions.map(({ at }) => at),
    ...exchanges.flatMap(({ at, answers }) => answers.map(({ afterMicros }) => at + afterMicros)),
  ]
}
