import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { LISTEN_MS, ProbePlan, type Step } from './plan.js'
import type { Responder } from './responder.js'

export interface WatchPlanOptions {
  readonly vips: readonly Ip[]
  /** Upper bound over all addresses and kinds of frames. */
  readonly framesPerSecond: number
  /** From one broadcast to the next for the same address; longer where there are too many addresses for it. */
  readonly intervalMs: number
  /** Whether we have an address to name as sender of a request for this one. Without, it is not asked for. */
  canAsk(ip: Ip): boolean
  /** Whether this machine holds it: then its own answer is not heard. */
  isOwn(ip: Ip): boolean
}

/** What was heard since the window began. */
export interface HeardInWindow {
  /** The hosts that answered for an address. */
  responders(vip: Ip): readonly Responder[]
  /** How many broadcasts for an address each host answered. */
  broadcastsAnswered(vip: Ip): ReadonlyMap<Mac, number>
}

/** What is left of the pace for asking again, when there are so many addresses that it is never idle: a sixth. */
const SHARE_OF_ROUNDS = 5 / 6
/** At once; the others wait. */
const MOST_CONFIRMED = 4
/** What was sent late, behind something else, is made up for within this. */
const CATCH_UP_MS = 1000
/** Beside the broadcast that showed a change, and as `scan` asks. */
const CONFIRMING = { rounds: 4, intervalMs: 200, forMs: null }

interface Asked {
  readonly vip: Ip
  readonly at: number
  readonly before: ReadonlyMap<Mac, number>
}

/**
 * What a watch sends when: one broadcast for each address, in turn and evenly spread. Where the answers to one are not those to the one
 * before, the address is asked as `scan` asks (see plan.ts), at most once in a window, because a single frame may be lost. Times are
 * milliseconds of any clock that only goes forward.
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
  private confirming: { readonly vip: Ip; readonly plan: ProbePlan }[] = []
  private turn = 0
  private broadcastAt: number | null = null
  private sendAt = Number.NEGATIVE_INFINITY
  private sentAt = Number.NEGATIVE_INFINITY
  private isPaused = false

  constructor(options: WatchPlanOptions, heard: HeardInWindow) {
    this.options = options
    this.heard = heard
  }

  /** How long one round takes, ms. */
  get roundMs(): number {
    return this.spacing() * this.options.vips.length
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
    this.asked.length = 0
    this.confirmedInWindow.clear()
  }

  /** The next step at this time; to be called again after it was taken. It is never done. */
  next(now: number): Exclude<Step, { step: 'done' }> {
    this.compare(now)
    if (now < this.sendAt) return wait(this.sendAt - now)
    return this.broadcast(now) ?? this.confirm(now)
  }

  private spacing(): number {
    const { vips, framesPerSecond, intervalMs } = this.options
    return Math.max(1000 / (framesPerSecond * SHARE_OF_ROUNDS), intervalMs / Math.max(1, vips.length))
  }

  private broadcast(now: number): Exclude<Step, { step: 'done' }> | null {
    const { vips, canAsk } = this.options
    if (this.isPaused || now < (this.broadcastAt ?? now) || vips.length === 0) return null
    this.broadcastAt = Math.max(this.broadcastAt ?? now, now - Math.min(CATCH_UP_MS, this.spacing())) + this.spacing()
    const vip = vips[this.turn++ % vips.length]!
    if (!canAsk(vip)) return null
    this.asked.push({ vip, at: now, before: this.heard.broadcastsAnswered(vip) })
    return this.send(now, {
      step: 'send',
      ask: { vip, mode: 'broadcast', to: null, turn: Math.floor(this.turn / vips.length) },
    })
  }

  private confirm(now: number): Exclude<Step, { step: 'done' }> {
    this.beginConfirming()
    let soonest = 1000
    for (const one of this.confirming) {
      const step = one.plan.next(now)
      if (step.step === 'send') return this.send(now, step)
      if (step.step === 'wait') soonest = Math.min(soonest, step.ms)
      else this.confirming = this.confirming.filter((other) => other !== one)
    }
    const untilBroadcast = this.isPaused ? soonest : (this.broadcastAt ?? now) - now
    const untilCompared = (this.asked[0]?.at ?? Number.POSITIVE_INFINITY) + LISTEN_MS - now
    return wait(Math.max(1, Math.min(soonest, untilBroadcast, untilCompared)))
  }

  private send<S extends Step>(now: number, step: S): S {
    this.sentAt = now
    this.sendAt = now + 1000 / this.options.framesPerSecond
    return step
  }

  /** Compares the answers to each broadcast with those to the one before, once all of them are in. */
  private compare(now: number): void {
    for (let first = this.asked[0]; first && now - first.at >= LISTEN_MS; first = this.asked[0]) {
      this.asked.shift()
      const { vip, before } = first
      const answers = [...this.heard.broadcastsAnswered(vip)]
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
      this.confirmedInWindow.add(vip)
      const { framesPerSecond, canAsk, isOwn } = this.options
      const options = { ...CONFIRMING, vips: [vip], framesPerSecond, canAsk, isOwn, suspects }
      this.confirming.push({ vip, plan: new ProbePlan(options, (ip) => this.heard.responders(ip)) })
    }
  }
}

function wait(ms: number): { readonly step: 'wait'; readonly ms: number } {
  return { step: 'wait', ms }
}
