import type { RequestMode } from '../observe/model.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'

/** A host whose answer for an address has been heard. */
export interface Responder {
  readonly mac: Mac
  /** It answered an RFC 5227 probe at least once. */
  readonly answeredProbe: boolean
}

export interface PlanOptions {
  readonly vips: readonly Ipv4[]
  /** Broadcasts for each address; Infinity asks as long as `forMs` lasts. */
  readonly rounds: number
  /** From one broadcast to the next for the same address. */
  readonly intervalMs: number
  /** Upper bound over all addresses and kinds of frames. */
  readonly framesPerSecond: number
  /** How long the whole run takes; null: as long as the rounds need. */
  readonly forMs: number | null
  /** Hosts to ask by unicast even when their answer to a broadcast was never heard. */
  readonly suspects: readonly Mac[]
  /** Hosts to ask by unicast too, of which silence is expected: one frame each; read when the rounds are over. */
  readonly bystanders?: readonly Mac[]
  /** Addresses asked for once, by broadcast and before all else, to learn whose MAC is whose. */
  readonly neighbours?: readonly Ipv4[]
}

/** One frame to send, to everybody or to one host. */
export interface Ask {
  readonly vip: Ipv4
  readonly mode: RequestMode
  readonly to: Mac | null
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
/** Timers are a millisecond coarse: at high rates what was sent late is made up for, within this. */
const CATCH_UP_MS = 20
/** Up to so many addresses, an RFC 5227 probe follows every broadcast that nobody has answered yet. */
const FEW = 8

interface Due {
  readonly at: number
  readonly vip: Ipv4
  readonly round: number
}

/**
 * What to send when: for each address broadcasts with our own address; between them RFC 5227 probes until every
 * responder has answered one; at the end one unicast to each responder, and a probe to those that never answered one.
 * The addresses take turns.
 * Times are milliseconds of any clock that only goes forward.
 */
export class ProbePlan {
  private readonly options: PlanOptions
  private readonly heard: (vip: Ipv4) => readonly Responder[]
  // Each queue is in order by itself, because the delay that leads into it is always the same.
  private readonly broadcasts = new Queue()
  private readonly probes = new Queue()
  private readonly settled = new Queue()
  private readonly ready: Ask[] = []
  private startedAt: number | null = null
  private sendAt = 0
  private doneAt = 0
  /** The end of `forMs`, come what may. */
  private endAt = Number.POSITIVE_INFINITY

  constructor(options: PlanOptions, heard: (vip: Ipv4) => readonly Responder[]) {
    this.options = options
    this.heard = heard
  }

  /** The next step at this time; to be called again after it was taken. */
  next(now: number): Step {
    if (this.startedAt === null) this.start(now)
    if (now >= this.endAt) return { step: 'done' }
    for (;;) {
      const ask = this.ready[0]
      if (ask) return now < this.sendAt ? wait(this.sendAt - now) : this.send(ask, now)
      const queue = this.earliest()
      if (!queue) return now < this.doneAt ? wait(this.doneAt - now) : { step: 'done' }
      const dueIn = Math.max(queue.at, this.sendAt) - now
      if (dueIn > 0) return wait(dueIn)
      this.prepare(queue, queue.take(), now)
    }
  }

  private start(now: number): void {
    this.startedAt = this.sendAt = now
    if (this.options.forMs !== null) this.doneAt = this.endAt = now + this.options.forMs
    for (const vip of this.options.neighbours ?? []) this.ready.push({ vip, mode: 'broadcast', to: null })
    for (const vip of this.options.vips) this.broadcasts.add({ at: now, vip, round: 0 })
  }

  private earliest(): Queue | null {
    const first = [this.broadcasts, this.probes, this.settled].reduce((a, b) => (b.at < a.at ? b : a))
    return first.at === Number.POSITIVE_INFINITY ? null : first
  }

  private prepare(queue: Queue, due: Due, now: number): void {
    if (queue === this.broadcasts) this.broadcast(due, now)
    else if (queue === this.probes) this.probe(due)
    else this.settle(due)
  }

  private broadcast({ vip, round }: Due, now: number): void {
    this.ready.push({ vip, mode: 'broadcast', to: null })
    const last = this.isLast(round, now)
    if (last) this.settled.add({ at: now + SETTLED_MS, vip, round })
    else this.broadcasts.add({ at: now + this.options.intervalMs, vip, round: round + 1 })
    if (!last || round === 0) this.probes.add({ at: now + this.options.intervalMs / 2, vip, round })
  }

  private isLast(round: number, now: number): boolean {
    const { rounds, forMs, intervalMs } = this.options
    const late = forMs !== null && now + intervalMs > (this.startedAt ?? now) + forMs - LISTEN_MS - PROMPT_MS
    return late || round + 1 >= rounds
  }

  private probe({ vip, round }: Due): void {
    const responders = this.heard(vip)
    const silent = responders.length === 0 && this.options.vips.length <= FEW
    if (round === 0 || silent || !responders.every((responder) => responder.answeredProbe))
      this.ready.push({ vip, mode: 'probe', to: null })
  }

  /** One unicast to each; a host that hears no broadcasts, or misses many, can still prove itself by a probe of its own. */
  private settle({ vip }: Due): void {
    const proven = new Map(this.options.suspects.map((mac) => [mac, false]))
    for (const { mac, answeredProbe } of this.heard(vip)) proven.set(mac, answeredProbe)
    const others = (this.options.bystanders ?? []).filter((mac) => !proven.has(mac))
    for (const to of [...proven.keys(), ...others]) this.ready.push({ vip, mode: 'unicast', to })
    const unproven = [...proven.keys()].filter((mac) => !proven.get(mac))
    for (let n = 0; n < LAST_PROBES; n++) {
      for (const to of unproven) this.ready.push({ vip, mode: 'probe', to })
    }
  }

  private send(ask: Ask, now: number): Step {
    this.ready.shift()
    const period = 1000 / this.options.framesPerSecond
    this.sendAt = Math.max(this.sendAt, now - (period < CATCH_UP_MS ? CATCH_UP_MS : 0)) + period
    this.doneAt = Math.max(this.doneAt, now + (ask.mode === 'broadcast' ? LISTEN_MS : PROMPT_MS))
    return { step: 'send', ask }
  }
}

/** About how long a plan takes: the rounds, or the frames at the rate, whichever is slower. */
export function estimateSeconds({ vips, rounds, intervalMs, framesPerSecond, forMs, neighbours }: PlanOptions): number {
  if (forMs !== null) return forMs / 1000
  const frames = vips.length * (rounds + 1) + (neighbours?.length ?? 0)
  return (Math.max((rounds - 1) * intervalMs, (frames / framesPerSecond) * 1000) + LISTEN_MS) / 1000
}

function wait(ms: number): Step {
  return { step: 'wait', ms }
}

/** First in, first out, without moving what is behind. */
class Queue {
  private items: Due[] = []
  private head = 0

  /** When the first is due; Infinity when there is none. */
  get at(): number {
    return this.items[this.head]?.at ?? Number.POSITIVE_INFINITY
  }

  add(item: Due): void {
    this.items.push(item)
  }

  take(): Due {
    const item = this.items[this.head++] as Due
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }
}
