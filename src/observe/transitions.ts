import type { Addresses } from './addresses.js'
import type { Claims } from './claims.js'
import type { Micros, Transition } from './model.js'

const KEPT = 256
const MAX_KEPT = 32_768

/** Remembers each time an address changed hands. */
export class Transitions {
  private kept = 0
  private readonly lists = new Map<number, Transition[]>()
  private readonly addresses: Addresses
  private readonly claims: Claims

  constructor(addresses: Addresses, claims: Claims) {
    this.addresses = addresses
    this.claims = claims
  }

  /** A claim was seen which is not the last one seen on its address. */
  note(address: number, claim: number, at: Micros, frame: number, announced: boolean): void {
    const last = this.addresses.changeClaim(address, claim)
    if (last < 0) return
    this.addresses.addChange(address)
    const list = this.lists.get(address) ?? []
    if (list.length === KEPT || (this.kept >= MAX_KEPT && !this.addresses.isAsked(address))) return
    if (list.push({ at, frame, from: this.claims.mac(last), to: this.claims.mac(claim), announced }) === 1)
      this.lists.set(address, list)
    this.kept++
  }

  of(address: number): readonly Transition[] {
    return this.lists.get(address) ?? []
  }
}
