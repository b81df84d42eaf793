import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { Confirming, type HeardInWindow } from './confirming.js'
import { LISTEN_MS, type Step } from './plan.js'

export interface WatchPlanOptions {
  readonly vips: readonly Ip[]
  /** Upper bound over all addresses and kinds of frames. */
  readonly framesPerSecond: number
  /** From one broadcast to the next for the same address; longer where there are too many addresses for it. */
  readonly intervalMs: number
  /** How late a frame may be heard, ms. */
  readonly lateMs: number
  /** Whether we have an address to name as sender of a request for this one. Without, it is not asked for. */
  canAsk(ip: Ip): boolean
  /** Whether this machine holds it: then its own answer is not heard. */
  isOwn(ip: Ip): boolean
}

/** What is left of the pace for asking again, when there are so many addresses that it is never idle: a sixth. */
const SHARE_OF_ROUNDS = 5 / 6
/** At once; the others wait. */
const MOST_CONFIRMED = 4
/** What was sent late, behind something else, is made up for within this. */
const CATCH_UP_MS = 1000
/** From one look for work to the next, where nothing is due. */
const IDLE_MS = 1000
/**
 * To wake up costs more than what is done then: broadcasts that are due within this are sent together, at most so many, and what need not
 * be at once waits for one that is.
 */
const [SOON_MS, MOST_TOGETHER] = [600, 5]

interface Asked {
  readonly vip: Ip
  readonly at: number
  readonly before: ReadonlyMap<Mac, number>
}

/**
 * What a watch sends when: one broadcast for each address, in turn, at most five at a time. Where the answers to one are not those to
 * the one before, the address is asked as `scan` asks (see plan.ts), at most once in a window, because a single frame may be lost. Times
 * are milliseconds of any clock that only goes forward.
 */
export class WatchPlan {
  private options: WatchPlanOptions
  private readonly heard: HeardInWindow
  /** Who answered the last broadcast for an address. */
  private readonly usual = new Map<Ip, ReadonlySet<Mac>>()
  private readonly asked: Asked[] = []
  /** Addresses to be asked again, with the hosts that answered one of the two broadcasts. */
  private readonly suspicious = new Map<Ip, readonly Mac[]>()
  private readonly confirmedInWindow = new Set<Ip>()
  private confirming: readonly Confirming[] = []
  private turn = 0
  /** The first turn of the window. */
  private firstTurn = 0
  private broadcastAt: number | null = null
  private sendAt = Number.NEGATIVE_INFINITY
  /** Of the last frames, as many as the pace allows in a second. */
  private readonly sentAts: number[] = []
  /** Broadcasts that are still to be sent together with the last one. */
  private together = 0
  private isPaused = false

  constructor(options: WatchPlanOptions, heard: HeardInWindow) {
    this.options = options
    this.heard = heard
  }

  /** How long one round takes, ms. */
  get roundMs(): number {
    return this.spacing() * this.options.vips.length
  }

  /** Each address has had its turn in the window. */
  get isRoundAsked(): boolean {
    return this.turn - this.firstTurn >= this.options.vips.length
  }

  /** Nobody answered the last broadcast for any address. */
  get isAllSilent(): boolean {
    return this.usual.size > 0 && [...this.usual.values()].every(({ size }) => size === 0)
  }

  /** Goes on with other addresses, or from other addresses of ours; what is no longer watched is forgotten. */
  change(options: WatchPlanOptions): void {
    this.options = options
    const vips = new Set(options.vips)
    for (const kept of [this.usual, this.suspicious])
      for (const vip of kept.keys()) if (!vips.has(vip)) kept.delete(vip)
    this.confirming = this.confirming.filter(({ vip }) => vips.has(vip))
  }

  /** Begins nothing more, so that the window can end without an open question. */
  pause(): void {
    this.isPaused = true
  }

  /** All that was asked in the window has been answered, or will not be. */
  isQuiet(now: number): boolean {
    return this.confirming.length === 0 && this.asked.length === 0 && now - this.sentAt >= LISTEN_MS
  }

  /** A new window begins, in which nothing was heard yet. */
  resume(): void {
    this.isPaused = false
    this.firstTurn = this.turn
    this.asked.length = 0
    this.confirmedInWindow.clear()
  }

  /** The next step at this time; to be called again after it was taken. It is never done. */
  next(now: number): Exclude<Step, { step: 'done' }> {
    this.compare(now)
    const isAllowed = now >= (this.together > 0 ? this.allowedAt : Math.max(this.sendAt, this.allowedAt))
    if (!isAllowed) return wait(this.untilSend(now))
    return this.broadcast(now) ?? this.confirm(now)
  }

  /** Until the pace allows a frame; until the next broadcast, where that is soon and nothing else is to be sent. */
  private untilSend(now: number): number {
    const isIdle = !this.isPaused && this.confirming.length === 0 && this.suspicious.size === 0
    const untilBroadcast = this.untilBroadcast(now)
    const untilAllowed = Math.max(this.sendAt, this.allowedAt) - now
    return Math.max(untilAllowed, isIdle && untilBroadcast <= SOON_MS ? untilBroadcast : 0)
  }

  private get sentAt(): number {
    return this.sentAts.at(-1) ?? Number.NEGATIVE_INFINITY
  }

  /** No second holds more frames than the pace allows, however they lie in it. */
  private get allowedAt(): number {
    const first = this.sentAts.at(-this.inSecond) ?? Number.NEGATIVE_INFINITY
    return first + (1000 * this.inSecond) / this.options.framesPerSecond
  }

  /** Below one a second a frame has more than a second to itself. */
  private get inSecond(): number {
    return Math.max(1, Math.floor(this.options.framesPerSecond))
  }

  /** How many broadcasts go out at once. */
  private atOnce(): number {
    const { vips, framesPerSecond } = this.options
    return Math.max(1, Math.min(MOST_TOGETHER, vips.length, framesPerSecond / 2, SOON_MS / this.spacing()) | 0)
  }

  private untilBroadcast(now: number): number {
    return this.isPaused || this.options.vips.length === 0 ? IDLE_MS : (this.broadcastAt ?? now) - now
  }

  private spacing(): number {
    const { vips, framesPerSecond, intervalMs } = this.options
    return Math.max(1000 / (framesPerSecond * SHARE_OF_ROUNDS), intervalMs / Math.max(1, vips.length))
  }

  private broadcast(now: number): Exclude<Step, { step: 'done' }> | null {
    const { vips, canAsk } = this.options
    if (this.isPaused || vips.length === 0) {
      this.together = 0
      return null
    }
    if (this.together === 0) {
      if (now < (this.broadcastAt ?? now)) return null
      this.together = this.atOnce()
    }
    this.together -= 1
    this.broadcastAt = Math.max(this.broadcastAt ?? now, now - Math.min(CATCH_UP_MS, this.spacing())) + this.spacing()
    const vip = vips[this.turn++ % vips.length]!
    if (!canAsk(vip)) return null
    this.asked.push({ vip, at: now, before: this.broadcastsAnswered(vip) })
    return this.send(now, {
      step: 'send',
      ask: { vip, mode: 'broadcast', to: null, turn: Math.floor(this.turn / vips.length) },
    })
  }

  private confirm(now: number): Exclude<Step, { step: 'done' }> {
    this.beginConfirming()
    let soonest = IDLE_MS
    for (const one of this.confirming) {
      const step = one.next(now)
      if (step.step === 'send') return this.send(now, step)
      if (step.step === 'wait') soonest = Math.min(soonest, step.ms)
      else this.confirming = this.confirming.filter((other) => other !== one)
    }
    const untilBroadcast = this.untilBroadcast(now)
    const untilCompared = (this.asked[0]?.at ?? Number.POSITIVE_INFINITY) + LISTEN_MS - now
    const isSoon = untilBroadcast <= SOON_MS
    return wait(Math.max(1, Math.min(soonest, untilBroadcast, isSoon ? IDLE_MS : untilCompared)))
  }

  private send<S extends Step>(now: number, step: S): S {
    this.sentAts.push(now)
    while (this.sentAts.length > this.inSecond) this.sentAts.shift()
    this.sendAt = now + 1000 / this.options.framesPerSecond
    return step
  }

  /** Compares the answers to each broadcast with those to the one before, once all of them are in. */
  private compare(now: number): void {
    for (let first = this.asked[0]; first && now - first.at >= LISTEN_MS; first = this.asked[0]) {
      this.asked.shift()
      const { vip, before } = first
      const answers = [...this.broadcastsAnswered(vip)]
      const answered = new Set(answers.flatMap(([mac, count]) => (count > (before.get(mac) ?? 0) ? [mac] : [])))
      const usual = this.usual.get(vip)
      this.usual.set(vip, answered)
      if (this.confirmedInWindow.has(vip) || !this.isNews(vip, usual, answered)) continue
      this.suspicious.set(vip, [...new Set([...(usual ?? []), ...answered])])
    }
  }

  /** Of an address that was not asked for before, all is news but one answer; and our own we do not hear. */
  private isNews(vip: Ip, usual: ReadonlySet<Mac> | undefined, answered: ReadonlySet<Mac>): boolean {
    if (usual === undefined) return answered.size !== (this.options.isOwn(vip) ? 0 : 1)
    return answered.size !== usual.size || [...answered].some((mac) => !usual.has(mac))
  }

  private beginConfirming(): void {
    for (const [vip, suspects] of this.suspicious) {
      if (this.isPaused || this.confirming.length >= MOST_CONFIRMED) return
      this.suspicious.delete(vip)
      const { framesPerSecond, lateMs, canAsk, isOwn } = this.options
      if (!canAsk(vip)) continue // as a scan it would get a probe then
      this.confirmedInWindow.add(vip)
      const confirming = new Confirming(vip, { framesPerSecond, lateMs, canAsk, isOwn, suspects }, this.heard)
      this.confirming = [...this.confirming, confirming]
    }
  }

  private broadcastsAnswered(vip: Ip): ReadonlyMap<Mac, number> {
    return new Map([...this.heard.answers(vip)].map(([mac, { broadcast }]) => [mac, broadcast]))
  }
}

function wait(ms: number): { readonly step: 'wait'; readonly ms: number } {
  return { step: 'wait', ms }
}
