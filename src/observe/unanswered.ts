import { isIpv6 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'
import { keptExchanges } from './exchanges.js'
import type { AddressFacts, Exchange, Micros, UnansweredAsker } from './model.js'
import type { Tables } from './tables.js'

/** What an answer takes at most on one segment: a Linux proxy waits 0.8 s (`proxy_delay`). A request nearer to the end is left open. */
const TIME_TO_ANSWER: Micros = 1_000_000
/** Linux, Windows and the BSDs ask again after a second where they got no answer; with one they would not ask again this soon. */
const RETRY_FROM: Micros = 900_000
const RETRY_TO: Micros = 5_000_000
/** As often as Linux asks before it gives up (`mcast_solicit`). */
const FEWEST_REQUESTS = 3
/** An answer to the same machine this near shows that answers reached the capture then. */
const NEAR: Micros = 60_000_000
/** One alone may be the machine that captures, which hears its own answers whoever asks. */
const FEWEST_MACHINES = 2

/** An answer that a machine got for an address. */
interface Heard {
  readonly address: number
  readonly mac: Mac
  readonly at: Micros
  readonly frame: number
}

/** How it went with what a machine asked for; `alive`: silent, though another machine claims it; `asked`: silent, and in the question. */
type Outcome = 'answered' | 'silent' | 'alive' | 'asked'

/** A machine that asks by one of its addresses. */
interface Asker {
  readonly outcomes: Map<number, Outcome>
  readonly counts: Record<Outcome, number>
  /** By time, but of virtual routers: such a MAC is one more of a machine that has its own. */
  readonly answers: Heard[]
}

/** All requests of one family on one VLAN stack. */
interface Segment {
  readonly askers: Map<string, Asker>
  /** Whom all goes to or from that goes to one machine; null: nothing did. */
  ends: readonly Mac[] | null
}

/** Who asked for an address in vain, in a capture that shows what answers it gets. `lastAt`: when the capture ends. */
export class Unanswered {
  private readonly tables: Tables
  private readonly lastAt: Micros
  private segments: ReadonlyMap<string, Segment> | null = null

  constructor(tables: Tables, lastAt: Micros) {
    this.tables = tables
    this.lastAt = lastAt
  }

  /**
   * Near its requests others answered it, by the same address of its own, for other addresses on the same VLAN stack, and it got the
   * answers of most addresses that it asked for, and of all that showed themselves. Null: nobody is like that.
   */
  asker(address: number, { claims, exchanges }: Pick<AddressFacts, 'claims' | 'exchanges'>): UnansweredAsker | null {
    const requests = this.inVain(exchanges)
    const [first] = requests
    if (first === undefined || claims.some(({ mac }) => mac === first.asker)) return null
    // one MAC, several machines
    if (virtualRouterName(first.asker) !== null) return null
    this.segments ??= segmentsIn(this.tables, this.lastAt)
    const { askers, ends } = this.segments.get(segmentKey(this.tables, address))!
    const asker = askers.get(keyOf(first))!
    if (!getsAnswers(asker, address)) return null
    const told = inARow(requests.filter(({ at }) => machinesWithin(asker, at, at, address, 1).length > 0))
    const [begin, end] = [told[0], told.at(-1)]
    if (begin === undefined || end === undefined || told.length < FEWEST_REQUESTS) return null
    const answers = machinesWithin(asker, begin.at, end.at, address, FEWEST_MACHINES)
    const isSilent =
      exchanges.every((one) => one.answers.length === 0) && claims.every((one) => one.lastAt < begin.at - NEAR)
    const isThere = ends?.length === 1 && ends[0] === first.asker
    return {
      asker: first.asker,
      requests: told,
      answers: answers.map(({ address: of, ...rest }) => ({ ...rest, ip: this.tables.addresses.ip(of) })),
      isThere,
      isAlone: isSilent && isThere && answers.length === FEWEST_MACHINES,
    }
  }

  /** The longest run of one machine. */
  private inVain(exchanges: readonly Exchange[]): readonly Exchange[] {
    const open = exchanges.filter(
      (one) => one.mode === 'broadcast' && one.answers.length === 0 && hadTime(one, this.lastAt),
    )
    if (open.length < FEWEST_REQUESTS) return []
    let best: readonly Exchange[] = []
    for (const all of byAsker(open).values()) {
      const run = all.length > best.length ? inARow(all) : []
      if (run.length > best.length) best = run
    }
    return best.length < FEWEST_REQUESTS ? [] : best
  }
}

function byAsker(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  const groups = new Map<string, Exchange[]>()
  for (const one of exchanges) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}

function keyOf({ asker, askerIp }: Pick<Exchange, 'asker' | 'askerIp'>): string {
  return `${asker}/${askerIp}`
}

function segmentKey({ addresses }: Tables, address: number): string {
  return `${addresses.stack(address)}/${isIpv6(addresses.ip(address))}`
}

function hadTime({ at }: Exchange, lastAt: Micros): boolean {
  return lastAt - at >= TIME_TO_ANSWER
}

/** Put again as if this one had no answer. */
export function isPutAgain({ at, frame }: Exchange, requests: readonly Exchange[]): boolean {
  return requests.some((one) => one.frame !== frame && one.at - at >= RETRY_FROM && one.at - at <= RETRY_TO)
}

/** The longest run of requests of which each is put again as if there had been no answer. */
export function inARow(requests: readonly Exchange[]): readonly Exchange[] {
  let best: readonly Exchange[] = []
  let run: Exchange[] = []
  for (const one of requests) {
    const since = one.at - (run.at(-1)?.at ?? -Infinity)
    if (since < RETRY_FROM) continue
    if (since > RETRY_TO) run = []
    run.push(one)
    if (run.length > best.length) best = run
  }
  return best
}

/** Of the other addresses most, and all that showed themselves. One of the question is no sign of answers that go past. */
function getsAnswers({ outcomes, counts }: Asker, address: number): boolean {
  const own = outcomes.get(address)
  const count = (outcome: Outcome) => counts[outcome] - (own === outcome ? 1 : 0)
  return count('alive') === 0 && count('answered') > count('silent')
}

/** The first answers of so many machines from a minute before to a minute after, for other addresses. */
function machinesWithin({ answers }: Asker, from: Micros, to: Micros, address: number, most: number): readonly Heard[] {
  const found: Heard[] = []
  for (let at = firstFrom(answers, from - NEAR); at < answers.length && found.length < most; at++) {
    const one = answers[at]!
    if (one.at > to + NEAR) break
    if (one.address !== address && found.every(({ mac }) => mac !== one.mac)) found.push(one)
  }
  return found
}

/** The place of the first that is not before. */
function firstFrom(answers: readonly Heard[], time: Micros): number {
  let [low, high] = [0, answers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (answers[middle]!.at < time) low = middle + 1
    else high = middle
  }
  return low
}

function segmentsIn(tables: Tables, lastAt: Micros): ReadonlyMap<string, Segment> {
  const { core, addresses, claims } = tables
  const segments = new Map<string, Segment>()
  for (let address = 0; address < addresses.count; address++) {
    if (addresses.firstKept(address) === 0) continue
    const key = segmentKey(tables, address)
    const segment: Segment = segments.get(key) ?? { askers: new Map(), ends: null }
    segments.set(key, segment)
    const exchanges = keptExchanges(core, addresses, claims, address)
    for (const one of exchanges) segment.ends = endsWith(segment.ends, one)
    const claimants = claims.made(address).map((claim) => claims.mac(claim))
    for (const [who, own] of byAsker(exchanges)) {
      const asker = segment.askers.get(who) ?? newAsker()
      segment.askers.set(who, asker)
      const done = own.filter((one) => hadTime(one, lastAt))
      const isAlive = claimants.some((mac) => mac !== own[0]?.asker)
      note(asker, address, done, isAlive ? 'alive' : addresses.isAsked(address) ? 'asked' : 'silent')
    }
  }
  for (const { askers } of segments.values())
    for (const { answers } of askers.values()) answers.sort((one, other) => one.at - other.at)
  return segments
}

function newAsker(): Asker {
  return { outcomes: new Map(), counts: { answered: 0, silent: 0, alive: 0, asked: 0 }, answers: [] }
}

/** `silence`: what it is where none of these was answered. Unicasts alone say nothing of that. */
function note(asker: Asker, address: number, exchanges: readonly Exchange[], silence: Outcome): void {
  let outcome: Outcome | null = exchanges.some(({ mode }) => mode === 'broadcast') ? silence : null
  for (const { at, asker: own, answers } of exchanges) {
    for (const { mac, frame, afterMicros } of answers) {
      outcome = 'answered'
      if (mac === own || virtualRouterName(mac) !== null) continue
      asker.answers.push({ address, mac, frame, at: at + afterMicros })
    }
  }
  if (outcome === null) return
  asker.outcomes.set(address, outcome)
  asker.counts[outcome]++
}

function endsWith(ends: readonly Mac[] | null, { mode, asker, askedMac, answers }: Exchange): readonly Mac[] | null {
  const partners = [...(mode === 'unicast' ? [askedMac] : []), ...answers.map(({ mac }) => mac)]
  let left = ends
  for (const partner of partners) {
    if (partner !== asker) left = (left ?? [asker, partner]).filter((mac) => mac === asker || mac === partner)
  }
  return left
}
