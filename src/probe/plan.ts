import type { RequestMode } from '../observe/model.js'
import { type Ip, isIpv6 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { DETECTED_MS, DiscoveryAsks } from './discovery-asks.js'
import { type Due, DueQueue } from './due-queue.js'
import type { Responder } from './responder.js'
import { SignsOfLife } from './signs-of-life.js'

export interface PlanOptions {
  readonly vips: readonly Ip[]
  /** Broadcasts for each address; Infinity asks as long as `forMs` lasts; 0: they were sent before, and who was heard is asked alone. */
  readonly rounds: number
  /** From one broadcast to the next for the same address. */
  readonly intervalMs: number
  /** Upper bound over all addresses and kinds of frames. */
  readonly framesPerSecond: number
  /** How long the whole run takes; null: as long as the rounds need. */
  readonly forMs: number | null
  /** How late a frame may be heard, ms; by default at once. */
  readonly lateMs?: number
  /** Hosts to ask by unicast even when their answer to a broadcast was never heard. */
  readonly suspects: readonly Mac[]
  /** Hosts to ask by unicast too, of which silence is expected: one frame each; read when the rounds are over. */
  readonly bystanders?: readonly Mac[]
  /** Addresses asked for once, by broadcast and before all else, to learn whose MAC is whose. */
  readonly neighbours?: readonly Ip[]
  /**
   * Whether we have an address to name as sender of a request for this one; by default for all. Else an IPv4 address gets one probe,
   * an IPv6 address nothing.
   */
  readonly canAsk?: (ip: Ip) => boolean
  /** IPv6 addresses that get no solicitation from ::, because this machine holds them; by default none. */
  readonly isOwn?: (ip: Ip) => boolean
}

/** One frame to send, to everybody or to one host. */
export interface Ask {
  readonly vip: Ip
  readonly mode: RequestMode
  readonly to: Mac | null
  /** Of an IPv6 address, where we have several to ask from: they take turns. */
  readonly turn?: number
  /**
   * Of an IPv6 address: the packet is for the group of the address, the frame for one host. A host that does not hold the address
   * drops it; one that forwards would send a packet for the address itself on its way.
   */
  readonly byGroup?: boolean
}

export type Step =
  | { readonly step: 'send'; readonly ask: Ask }
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'done' }

/** Proxies answer up to `proxy_delay` (0.8 s) late: who stops listening earlier misses them. */
export const LISTEN_MS = 1000
/** After this time a late answer is in, and its sender can be asked by unicast. */
const SETTLED_MS = 850
/** Unicasts and probes are answered at once or never. */
const PROMPT_MS = 200
/** Probes to a responder that has not answered one: one alone may be a lost frame. */
const LAST_PROBES = 2
/** From one look whether the answer that a probe waits for has come to the next. */
const LOOK_AGAIN_MS = 50
/** Timers are a millisecond coarse: at high rates what was sent late is made up for, within this. */
const CATCH_UP_MS = 20

/** An ask that waits for its turn, and what is to be done once it was sent. */
interface Waiting {
  readonly ask: Ask
  readonly sent?: (at: number) => void
}

/**
 * What to send when: for each address broadcasts with our own address; between them RFC 5227 probes until every
 * responder has answered one; at the end one unicast to each responder, and a probe to those that never answered one.
 * A probe looks like a conflict to a host that is about to take the address (RFC 5227 section 2.1.1), so it waits for an answer
 * (see signs-of-life.ts), and an address that has answered no request gets none, but for the single one where a request cannot be
 * sent (of IPv6 none at all, and no probe goes to a group: see discovery-asks.ts). The addresses take turns; a probe whose answer has
 * come goes before the requests for others.
 * Times are milliseconds of any clock that only goes forward.
 */
export class ProbePlan {
  /** How long the last request may be over when the host that answered it gets a probe. */
  readonly mostAgeMs: number
  private readonly options: PlanOptions
  private readonly heard: (vip: Ip) => readonly Responder[]
  private readonly discovery: DiscoveryAsks
  private readonly life: SignsOfLife
  // Each queue is in order by itself, because the delay that leads into it is always the same.
  private readonly broadcasts = new DueQueue()
  private readonly probes = new DueQueue()
  private readonly settled = new DueQueue()
  private readonly proving = new DueQueue()
  private readonly waitingToProbe = new DueQueue()
  private readonly waitingToProve = new DueQueue()
  private readonly detected = new DueQueue()
  private readonly ready: Waiting[] = []
  private startedAt: number | null = null
  private sendAt = 0
  private doneAt = 0
  /** The end of `forMs`, come what may. */
  private endAt = Number.POSITIVE_INFINITY

  constructor(options: PlanOptions, heard: (vip: Ip) => readonly Responder[]) {
    this.options = options
    this.heard = heard
    this.discovery = new DiscoveryAsks(options.isOwn ?? (() => false), heard)
    this.mostAgeMs = LISTEN_MS + 2000 / options.framesPerSecond
    this.life = new SignsOfLife(heard, this.mostAgeMs)
  }

  /** The next step at this time; to be called again after it was taken. */
  next(now: number): Step {
    if (this.startedAt === null) this.start(now)
    if (now >= this.endAt) return { step: 'done' }
    for (;;) {
      const first = this.ready[0]
      if (first) return now < this.sendAt ? this.until(this.sendAt, now) : this.send(first, now)
      const queue = this.earliest()
      if (!queue) return now < this.doneAt ? this.until(this.doneAt, now) : { step: 'done' }
      const due = Math.max(queue.at, this.sendAt)
      if (due > now) return this.until(due, now)
      this.prepare(queue, queue.take(), now)
    }
  }

  private until(at: number, now: number): Step {
    return { step: 'wait', ms: Math.min(at, this.endAt) - now }
  }

  private start(now: number): void {
    this.startedAt = this.sendAt = now
    if (this.options.forMs !== null) this.doneAt = this.endAt = now + this.options.forMs
    for (const vip of this.options.neighbours ?? []) {
      if (this.canAsk(vip)) this.push({ vip, mode: 'broadcast' })
      else this.probeBlindly(vip)
    }
    for (const vip of this.options.vips) {
      if (this.canAsk(vip)) (this.options.rounds === 0 ? this.settled : this.broadcasts).add({ at: now, vip, round: 0 })
      else if (this.options.rounds > 0) this.probeBlindly(vip)
    }
  }

  private canAsk(ip: Ip): boolean {
    return this.options.canAsk?.(ip) ?? true
  }

  private probeBlindly(vip: Ip): void {
    if (!isIpv6(vip)) this.push({ vip, mode: 'probe' })
  }

  private push({ to = null, ...ask }: Omit<Ask, 'to'> & { to?: Mac | null }, sent?: (at: number) => void): void {
    this.ready.push({ ask: { ...ask, to }, ...(sent && { sent }) })
  }

  private earliest(): DueQueue | null {
    const soon = [this.waitingToProve, this.proving, this.waitingToProbe, this.probes]
    const first = [...soon, this.broadcasts, this.settled, this.detected].reduce((a, b) => (b.at < a.at ? b : a))
    if (first.at === Number.POSITIVE_INFINITY) return null
    const at = Math.max(first.at, this.sendAt)
    return soon.find((queue) => queue.at <= at) ?? first
  }

  private prepare(queue: DueQueue, due: Due, now: number): void {
    if (queue === this.broadcasts) this.broadcast(due, now)
    else if (queue === this.probes || queue === this.waitingToProbe) this.probe(due, now)
    else if (queue === this.settled) this.settle(due, now)
    else if (queue === this.detected) this.probeTwice(due.vip, now)
    else if (isIpv6(due.vip)) this.proveSix(due, now)
    else this.prove(due, now)
  }

  private broadcast({ vip, round }: Due, now: number): void {
    this.push({ vip, mode: 'broadcast', ...(isIpv6(vip) ? { turn: round } : {}) })
    if (isIpv6(vip)) this.discovery.notice(vip, now)
    const last = this.isLast(round, now)
    if (last) this.settled.add({ at: now + SETTLED_MS + (this.options.lateMs ?? 0), vip, round })
    else this.broadcasts.add({ at: now + this.options.intervalMs, vip, round: round + 1 })
    if (!last || round === 0) this.probes.add({ at: now + this.options.intervalMs / 2, vip, round })
  }

  private isLast(round: number, now: number): boolean {
    const { rounds, forMs, intervalMs } = this.options
    const late = forMs !== null && now + intervalMs > (this.startedAt ?? now) + forMs - LISTEN_MS - 2 * PROMPT_MS
    return late || round + 1 >= rounds
  }

  private probe(due: Due, now: number): void {
    const { vip } = due
    const unproven = this.unproven(vip)
    if (isIpv6(vip)) this.probeSix(vip, now)
    else if (unproven.some((one) => this.life.isThere(vip, one, now))) this.push({ vip, mode: 'probe' })
    else if (unproven.length > 0) this.lookAgain(this.waitingToProbe, due, now)
  }

  /** Whoever answers late may answer yet; false: no longer. */
  private lookAgain(queue: DueQueue, due: Due, now: number): boolean {
    const isOpen = this.life.sinceRequest(due.vip, now) + LOOK_AGAIN_MS <= LISTEN_MS
    if (isOpen) queue.add({ ...due, at: now + LOOK_AGAIN_MS })
    return isOpen
  }

  /** One unicast to each; a host that hears no broadcasts, or misses many, can still prove itself by a probe of its own. */
  private settle(due: Due, now: number): void {
    const { vip } = due
    const { suspects, bystanders = [] } = this.options
    const heard = this.heard(vip).map(({ mac }) => mac)
    const all = [...new Set([...suspects, ...heard, ...bystanders])]
    const asks = all.map((to) => ({ vip, to, mode: 'unicast', ...directly(vip, 0, !heard.includes(to)) }) as const)
    if (isIpv6(vip)) this.discovery.notice(vip, now)
    const last = asks.pop()
    for (const ask of asks) this.push(ask)
    const prove = (at: number) => this.proving.add({ ...due, at: at + PROMPT_MS })
    if (last !== undefined) this.push(last, prove)
  }

  private prove(due: Due, now: number): void {
    const { vip } = due
    const unproven = this.unproven(vip)
    const there = unproven.filter((one) => this.life.isThere(vip, one, now))
    if (there.length < unproven.length && this.lookAgain(this.waitingToProve, due, now)) return
    for (let n = 0; n < LAST_PROBES; n++) {
      for (const { mac } of there) this.push({ vip, mode: 'probe', to: mac })
    }
  }

  /** Who ignored one request gets another, from another address of ours. */
  private proveSix({ vip, round }: Due, now: number): void {
    for (const { mac, byGroup } of this.discovery.askAgain(vip)) {
      this.push({ vip, to: mac, mode: 'unicast', ...directly(vip, 1, byGroup) })
    }
    this.probeTwice(vip, now)
    if (this.discovery.hasUndetected(vip, now)) this.detected.add({ at: now + DETECTED_MS, vip, round })
  }

  private probeTwice(vip: Ip, now: number): void {
    for (let n = 0; n < LAST_PROBES; n++) this.probeSix(vip, now)
  }

  private probeSix(vip: Ip, now: number): void {
    this.discovery.notice(vip, now)
    for (const to of this.discovery.safeToProbe(vip, now)) this.push({ vip, mode: 'probe', to })
  }

  /** Hosts that answered requests for the address, and no probe yet. */
  private unproven(vip: Ip): Responder[] {
    return this.heard(vip).filter(({ answeredProbe }) => !answeredProbe)
  }

  private send({ ask, sent }: Waiting, now: number): Step {
    this.ready.shift()
    sent?.(now)
    if (ask.mode !== 'probe' && !isIpv6(ask.vip)) this.life.note(ask.vip, ask.mode === 'broadcast', now)
    const period = 1000 / this.options.framesPerSecond
    this.sendAt = Math.max(this.sendAt, now - (period < CATCH_UP_MS ? CATCH_UP_MS : 0)) + period
    this.doneAt = Math.max(this.doneAt, now + (ask.mode === 'broadcast' ? LISTEN_MS : PROMPT_MS))
    return { step: 'send', ask }
  }
}

/** About how long a plan takes: the rounds, or the frames at the rate, whichever is slower. */
export function estimateSeconds({ vips, rounds, intervalMs, framesPerSecond, forMs, neighbours }: PlanOptions): number {
  if (forMs !== null) return forMs / 1000
  const frames = vips.length * rounds + (neighbours?.length ?? 0)
  return (Math.max((rounds - 1) * intervalMs, (frames / framesPerSecond) * 1000) + LISTEN_MS) / 1000
}

/** What a request to one host has beside its address, of IPv6. */
function directly(vip: Ip, turn: number, byGroup: boolean): Pick<Ask, 'turn' | 'byGroup'> {
  return isIpv6(vip) ? { turn, byGroup } : {}
}
