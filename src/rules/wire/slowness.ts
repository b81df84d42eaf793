import type { Question } from '../../facts/question.js'
import type { AddressFacts, ClaimFacts, Exchange, Micros } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { ownRounds } from './rounds.js'

/** One machine answers every request, and each answer comes late. */
export interface Slowness {
  readonly mac: Mac
  readonly requests: number
  /** Between the first request and the first reply, and between the last ones. */
  readonly first: Micros
  readonly last: Micros
}

/** Linux asks again after a second (`net.ipv4.neigh.default.retrans_time_ms`), and a proxy answers within 0.8 s. */
const SLOW: Micros = 1_000_000
/** What two delays may differ by and still be the same. */
const JITTER: Micros = 300_000
const FEWEST_REQUESTS = 2
/** A reply this soon after a request belongs to it, whatever else it could answer. */
const PROMPT: Micros = 10_000

/**
 * Replies that come later than the next request look as if the first rounds had been silent: ARP numbers neither. As many
 * replies as requests, the first as late as the last, are one delay. Null: not so, or too much else to say.
 */
export function slowness(address: AddressFacts, question: Question): Slowness | null {
  const [claim, ...others] = address.claims
  if (!claim || others.length > 0 || claim.requests + claim.gratuitous > 0) return null
  const requests = askedOf(claim, ownRounds(address, question))
  const [first, last] = [requests[0], requests.at(-1)]
  if (!first || !last || requests.length < FEWEST_REQUESTS || !isWhole(address, requests)) return null
  if (answersPromptly(requests)) return null
  const [begin, end] = [claim.firstAt - first.at, claim.lastAt - last.at]
  const isSteady = Math.abs(begin - end) <= JITTER && Math.min(begin, end) >= SLOW
  return isSteady ? { mac: claim.mac, requests: requests.length, first: begin, last: end } : null
}

/** Answers of a machine on the same segment take a few ms; each of these took this long. */
export const LATE: Micros = 200_000
const FEWEST_LATE = 3
/** Three answers of a proxy, which waits at random up to 0.8 s, are so near to each other once in a hundred times. */
const STEADY: Micros = 60_000

/**
 * Each broadcast was answered, and each answer came about as late. A proxy waits at random (`proxy_delay`, 0.8 s) and is another
 * finding where it shows itself; null also where several machines answer.
 */
export function steadyLateness({ claims, exchanges }: Pick<AddressFacts, 'claims' | 'exchanges'>): Slowness | null {
  const [claim, ...others] = claims
  if (!claim?.latency || others.length > 0 || claim.latency.minMicros < LATE) return null
  if (claim.latency.maxMicros - claim.latency.minMicros > STEADY) return null
  const asked = exchanges.filter(({ mode }) => mode === 'broadcast')
  const delays = asked.flatMap(({ answers }) => answers[0]?.afterMicros ?? [])
  const [first, last] = [delays[0], delays.at(-1)]
  if (first === undefined || last === undefined || delays.length < FEWEST_LATE) return null
  return delays.length < asked.length ? null : { mac: claim.mac, requests: asked.length, first, last }
}

/** Some of the answers come late, or all of them and each as it happens. */
export interface Lateness {
  readonly macs: readonly Mac[]
  /** Broadcasts that were answered, and how many of these late. */
  readonly requests: number
  readonly late: number
  /** Of these, so many later than a client waits for it. */
  readonly tooLate: number
  /** Broadcasts without an answer, to which a late answer may belong. */
  readonly silent: number
  readonly first: Micros
  readonly last: Micros
  readonly longest: Micros
  /** Only the first answer came late, as from a machine that had to wake up. */
  readonly isStart: boolean
}

/** An answer later than this comes after the client has asked again; the fold pairs it only where no newer request is open. */
const TOO_LATE: Micros = 2_000_000
/** So many late answers of all are no chance, and so many that come too late are as bad as none. */
const LATE_SHARE = 0.2
const TOO_LATE_SHARE = 0.1
/** Prompt answers after a late one that show a machine which had to wake up. */
const FEWEST_AFTER_START = 3

/** How late the first answers to broadcasts were; null where they came in time, but for a few. */
export function unsteadyLateness({ exchanges }: Pick<AddressFacts, 'exchanges'>): Lateness | null {
  const broadcasts = exchanges.filter(({ mode }) => mode === 'broadcast')
  const firsts = broadcasts.flatMap(({ answers }) => firstOf(answers) ?? [])
  const late = firsts.filter(({ afterMicros }) => afterMicros >= LATE)
  const tooLate = late.filter(({ afterMicros }) => afterMicros > TOO_LATE).length
  const isOften = late.length >= FEWEST_LATE && late.length >= firsts.length * LATE_SHARE
  const [first, last] = [late[0], late.at(-1)]
  if (!first || !last || !(isOften || tooLate > firsts.length * TOO_LATE_SHARE)) return null
  return {
    macs: [...new Set(late.map(({ mac }) => mac))],
    requests: firsts.length,
    late: late.length,
    tooLate,
    silent: broadcasts.length - firsts.length,
    first: first.afterMicros,
    last: last.afterMicros,
    longest: Math.max(...late.map(({ afterMicros }) => afterMicros)),
    isStart: late.length === 1 && firsts[0] === first && firsts.length > FEWEST_AFTER_START,
  }
}

function firstOf(answers: Exchange['answers']): Exchange['answers'][number] | null {
  return answers.reduce<Exchange['answers'][number] | null>(
    (first, one) => (first === null || one.afterMicros < first.afterMicros ? one : first),
    null,
  )
}

/** The requests that this machine had to answer, if there are as many replies of it; a proxy answers no probe. */
function askedOf({ mac, replies }: ClaimFacts, rounds: readonly Exchange[]): readonly Exchange[] {
  const all = rounds.filter(({ mode, askedMac }) => mode !== 'unicast' || askedMac === mac)
  const ordinary = all.filter(({ mode }) => mode !== 'probe')
  return [all, ordinary].find(({ length }) => length === replies) ?? []
}

/** Most answers that were paired came at once: a silent request among them was lost. */
function answersPromptly(requests: readonly Exchange[]): boolean {
  const answers = requests.flatMap(({ answers }) => answers)
  return answers.filter(({ afterMicros }) => afterMicros <= PROMPT).length * 2 > answers.length
}

/** One machine asked, and every request of it was kept. */
function isWhole({ asks, exchanges }: AddressFacts, requests: readonly Exchange[]): boolean {
  const sent = asks.broadcast.sent + asks.unicast.sent + asks.probe.sent
  const askers = new Set(exchanges.map(({ asker }) => asker))
  return askers.size === 1 && exchanges.length === sent && requests.length > 0
}
