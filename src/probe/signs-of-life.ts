import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import type { Responder } from './responder.js'

interface LastRequest {
  readonly at: number
  readonly toAll: boolean
  /** How many requests each host had answered before. */
  readonly before: ReadonlyMap<Mac, number>
}

/**
 * Whether a host may get an RFC 5227 probe: only one that has answered since the last request was sent. One that fell silent may have
 * left the address to another that is about to take it, and gives it up at a probe (RFC 5227 section 2.1.1). A proxy that answers late
 * answers a request before the last one meanwhile, and is there as well.
 */
export class SignsOfLife {
  private readonly heard: (vip: Ip) => readonly Responder[]
  /** How long the last request may be over, ms. */
  private readonly mostAgeMs: number
  private readonly last = new Map<Ip, LastRequest>()

  constructor(heard: (vip: Ip) => readonly Responder[], mostAgeMs: number) {
    this.heard = heard
    this.mostAgeMs = mostAgeMs
  }

  /** A request that names an asker is sent. Those to one host each follow one another: together they are the last request. */
  note(vip: Ip, toAll: boolean, at: number): void {
    const last = this.last.get(vip)
    const counted = () => new Map(this.heard(vip).map(({ mac, answers = 0 }) => [mac, answers]))
    this.last.set(vip, { at, toAll, before: toAll || last === undefined || last.toAll ? counted() : last.before })
  }

  /** Of a host whose answers nobody counts while the plan is made, the sender has to hear it (schedule.ts). */
  isThere(vip: Ip, { mac, answers }: Responder, now: number): boolean {
    if (answers === undefined) return true
    const last = this.last.get(vip)
    return last !== undefined && now - last.at <= this.mostAgeMs && answers > (last.before.get(mac) ?? 0)
  }

  /** Since the last request, ms; Infinity before the first. */
  sinceRequest(vip: Ip, now: number): number {
    return now - (this.last.get(vip)?.at ?? Number.NEGATIVE_INFINITY)
  }
}
