import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { vridOf } from '../wire/virtual-mac.js'
import { type MasterChange, Masters } from './masters.js'
import { type Holder, intervals, type Move, measure, type Span } from './measure.js'
import type { SeenAdvert, Sign } from './sign.js'

/** A machine has lost an address when it has answered no request for so long while another answered. */
const SETTLE_MICROS = 2_000_000
const FEWEST_ANSWERS = 3
/** A single request may be lost. */
const FEWEST_UNANSWERED = 3
/** What is kept of the time before anything happens, so that a picture has a beginning. */
const KEPT_MICROS = 10_000_000
/** More would be hours of silence at the usual pace, or a storm. */
const MOST_KEPT = 60_000
/** Signs from one look at what is too old to the next. */
const FORGET_EVERY = 1024
const MOST_LISTED = 64
const MOST_MOVES = 1000

interface Owner {
  readonly mac: Mac
  /** Of a virtual MAC: null until somebody advertises. */
  master: string | null
  lastAt: number
}

/** A machine that answers beside the one that has the address so far. */
interface Rival {
  readonly holder: Holder
  readonly firstAt: number
  lastAt: number
  answers: number
}

/** The machine that has the address was silent, and answered again: no other one did meanwhile. */
export interface Outage extends Span {
  readonly from: number
  readonly until: number
}

/** A machine answered for a while beside the one that has the address, and stopped. */
export interface Visit {
  readonly mac: Mac
  readonly from: number
  readonly until: number
}

/** How an address stands when nothing more comes. */
export type Standing =
  /** It was never answered for. */
  | { readonly state: 'unanswered' }
  /** One machine answers. */
  | { readonly state: 'steady' }
  /** Nobody has answered since; the requests after that say so. */
  | { readonly state: 'silent'; readonly since: number; readonly silence: Span }
  /** More than one machine answered until the end. */
  | { readonly state: 'contested'; readonly by: readonly Mac[]; readonly since: number }
  /** Another machine answers, for too short a time to say that the old one has stopped. */
  | { readonly state: 'unsettled'; readonly to: Mac; readonly since: number }

/** Follows one address from machine to machine. Bounded: what is kept of a quiet time are its last seconds. */
export class Stopwatch {
  readonly ip: Ip
  readonly moves: Move[] = []
  readonly outages: Outage[] = []
  readonly visits: Visit[] = []
  owner: Owner | null = null
  asks = 0
  answers = 0
  private heard = 0
  /** Signs beyond the bound, and when the last of them was: a measure of that time would be wrong. */
  private lost = 0
  private lostAt = 0
  /** Of those, the ones that a move was measured without. */
  private missed = 0
  private readonly ourMac: Mac | null
  private readonly masters: Masters
  /** Machines that got an answer here: what they ask, and its silence, can be seen here. */
  private readonly answered = new Set<Mac>()
  private readonly rivals = new Map<string, Rival>()
  private signs: Sign[] = []

  /** `ourMac`: count our own requests only; null: those of everybody whose answers are seen. */
  constructor(ip: Ip, ourMac: Mac | null) {
    this.ip = ip
    this.ourMac = ourMac
    this.masters = new Masters(ip)
  }

  advert(seen: SeenAdvert): void {
    this.masters.hear(seen)
  }

  sign(sign: Sign): void {
    if (this.signs.length < MOST_KEPT) this.signs.push(sign)
    else [this.lost, this.lostAt] = [this.lost + 1, sign.at]
    if (sign.what === 'ask') this.asks += this.counts(sign.asker) ? 1 : 0
    if (sign.what === 'answer') this.answer(sign)
    if (++this.heard % FORGET_EVERY === 0 && this.rivals.size === 0) this.forget()
  }

  /** Signs that a measure of what happened would have needed and that were not kept. */
  get unkept(): number {
    return this.lost + this.missed
  }

  /** The newest change of master since the last move. */
  get masterChange(): MasterChange | null {
    return this.masters.change(this.owner?.mac ?? null)
  }

  /** How far apart the requests were of late. */
  get askEvery(): Move['askEvery'] {
    return intervals(this.askTimes())
  }

  /** `endedAt`: when the last frame was seen. */
  standing(): Standing {
    const { owner } = this
    if (owner === null) return { state: 'unanswered' }
    const rivals = [...this.rivals.values()]
    const after = this.askTimes().filter((at) => at > Math.max(owner.lastAt, ...rivals.map(({ lastAt }) => lastAt)))
    if (rivals.length > 0 && after.length < FEWEST_UNANSWERED) return this.disputed(owner, rivals)
    if (after.length < FEWEST_UNANSWERED) return { state: 'steady' }
    const since = Math.max(owner.lastAt, ...rivals.map(({ lastAt }) => lastAt))
    const silence = { least: after.at(-1)! - after[0]!, most: after.at(-1)! - since }
    return { state: 'silent', since, silence }
  }

  private disputed(owner: Owner, rivals: readonly Rival[]): Standing {
    const since = Math.min(...rivals.map(({ firstAt }) => firstAt))
    const [only] = rivals
    if (rivals.length === 1 && only!.firstAt > owner.lastAt) return { state: 'unsettled', to: only!.holder.mac, since }
    return { state: 'contested', by: [...new Set([owner.mac, ...rivals.map(({ holder }) => holder.mac)])], since }
  }

  private counts(asker: Mac): boolean {
    return this.ourMac === null ? this.answered.has(asker) : asker === this.ourMac
  }

  private askTimes(): number[] {
    return this.signs.flatMap((one) => (one.what === 'ask' && this.counts(one.asker) ? [one.at] : []))
  }

  private answer({ at, mac, to }: Extract<Sign, { what: 'answer' }>): void {
    this.answers += 1
    this.answered.add(to)
    const master = vridOf(mac) === null ? null : (this.masters.last(mac)?.advert.source ?? null)
    const holder = { mac, master }
    if (this.owner === null) this.owner = { ...holder, lastAt: at }
    else if (isSame(this.owner, holder)) {
      this.owner.master ??= master
      this.answeredByOwner(this.owner, at)
    } else this.answeredByRival(this.owner, holder, at)
  }

  private answeredByOwner(owner: Owner, at: number): void {
    if (this.rivals.size === 0) this.noteOutage(owner.lastAt, at)
    owner.lastAt = at
    const rivals = [...this.rivals.values()]
    if (rivals.length === 0 || rivals.some(({ lastAt }) => at - lastAt < SETTLE_MICROS)) return
    for (const { holder, firstAt, lastAt } of rivals) {
      if (this.visits.length < MOST_LISTED) this.visits.push({ mac: holder.mac, from: firstAt, until: lastAt })
    }
    this.rivals.clear()
  }

  private answeredByRival(owner: Owner, holder: Holder, at: number): void {
    const key = keyOf(holder)
    const rival = this.rivals.get(key) ?? { holder, firstAt: at, lastAt: at, answers: 0 }
    rival.lastAt = at
    rival.answers += 1
    if (this.rivals.size < MOST_LISTED) this.rivals.set(key, rival)
    const others = [...this.rivals.values()].filter((one) => one !== rival)
    const quietSince = Math.max(owner.lastAt, ...others.map(({ lastAt }) => lastAt))
    if (rival.answers >= FEWEST_ANSWERS && at - quietSince >= SETTLE_MICROS) this.settle(owner, rival, at)
  }

  private settle(owner: Owner, rival: Rival, at: number): void {
    const handover = {
      from: { mac: owner.mac, master: owner.master },
      to: rival.holder,
      lastOldAt: owner.lastAt,
      firstNewAt: rival.firstAt,
      masters: this.masters.change(rival.holder.mac),
    }
    if (this.moves.length < MOST_MOVES) this.moves.push(measure(handover, this.signs, (asker) => this.counts(asker)))
    this.owner = { ...rival.holder, lastAt: at }
    this.rivals.clear()
    ;[this.missed, this.lost] = [this.missed + this.lost, 0]
    this.masters.forgetChanges()
    // the picture of the next one begins here; an announcement belongs to one only
    this.signs = this.signs.filter((one) => one.at >= at - SETTLE_MICROS && one.what !== 'announcement')
  }

  private noteOutage(from: number, until: number): void {
    const unanswered = this.unansweredBetween(from, until).slice(0, -1)
    if (unanswered.length < FEWEST_UNANSWERED - 1 || this.outages.length === MOST_LISTED) return
    this.outages.push({ from, until, least: unanswered.at(-1)! - unanswered[0]!, most: until - from })
  }

  /** Requests between two answers. Goes back to the first of these only, as it is called for each answer. */
  private unansweredBetween(from: number, until: number): number[] {
    const times: number[] = []
    for (let place = this.signs.length - 1; place >= 0; place--) {
      const one = this.signs[place]!
      if (one.what === 'answer' && one.at <= from) break
      if (one.what === 'ask' && one.at > from && one.at < until && this.counts(one.asker)) times.push(one.at)
    }
    return times.reverse()
  }

  /** Nothing is going on: what is older than a few seconds before the last answer counts for no measure any more. */
  private forget(): void {
    const since = (this.owner?.lastAt ?? this.signs.at(-1)?.at ?? 0) - KEPT_MICROS
    this.signs = this.signs.filter(({ at }) => at >= since)
    if (this.lostAt < since) this.lost = 0
  }
}

/** Nothing tells two machines with one virtual MAC apart but two masters that are known. */
function isSame(owner: Holder, other: Holder): boolean {
  const isOneMaster = owner.master === null || other.master === null || owner.master === other.master
  return owner.mac === other.mac && isOneMaster
}

function keyOf({ mac, master }: Holder): string {
  return `${mac} ${master}`
}
