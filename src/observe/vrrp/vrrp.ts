import { type AdvertFailure, decodeAdvert } from '../../wire/advert.js'
import type { ArpDecoder } from '../../wire/arp-decoder.js'
import { macAt } from '../../wire/decode-frame.js'
import type { Micros } from '../micros.js'
import type { VrrpFacts } from './model.js'
import { Router } from './router.js'

const MOST_ROUTERS = 1024

/** Gathers what adverts say. They are few, one a second for each virtual router, so they need not pass the core. */
export class Vrrp {
  private adverts = 0
  private unlistedRouters = 0
  private readonly routers = new Map<string, Router>()
  private readonly failures = new Map<AdvertFailure, number>()

  /** The decoder holds a frame of VRRP. */
  note(view: DataView, { vrrp, words, vlans, vlanCount }: ArpDecoder, at: Micros, frame: number): void {
    const advert = decodeAdvert(view, vrrp)
    if (typeof advert === 'string') {
      this.failures.set(advert, (this.failures.get(advert) ?? 0) + 1)
      return
    }
    this.adverts++
    const stack = [...vlans.subarray(0, vlanCount)]
    const key = `${advert.protocol} ${advert.family} ${advert.vrid} ${stack.join('.')}`
    const router = this.routers.get(key)
    if (router === undefined && this.routers.size === MOST_ROUTERS) this.unlistedRouters++
    else {
      const one = router ?? new Router(advert, stack)
      if (router === undefined) this.routers.set(key, one)
      one.note(advert, { at, frame, mac: macAt(words, 1, true) })
    }
  }

  /** Of the virtual routers that may have two masters now, the longest advert interval, ms; 0: there is none. */
  contestedMs(isShared: (ip: string) => boolean): number {
    return Math.max(0, ...[...this.routers.values()].map((router) => router.contestedMs(isShared)))
  }

  facts(): VrrpFacts {
    return {
      adverts: this.adverts,
      failures: Object.fromEntries(this.failures),
      routers: [...this.routers.values()].map((router) => router.facts()),
    }
  }

  /** What the bounds cost, in words. */
  dropped(): readonly (readonly [number, string])[] {
    const machines = [...this.routers.values()].reduce((sum, { unlisted }) => sum + unlisted, 0)
    return [
      [this.unlistedRouters, 'VRRP adverts of virtual routers beyond the first 1024: not analysed'],
      [machines, 'VRRP adverts of machines beyond the first 16 of a virtual router: not analysed'],
    ]
  }
}
