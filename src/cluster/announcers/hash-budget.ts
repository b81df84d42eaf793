import type { Gap } from '../../known.js'

/** A fraction of a second of hashing. 100 addresses of 5,000 nodes each, or 10,000 of 50, stay within it. */
const MOST_HASHES = 500_000

/** What elections may cost in one run: addresses times candidates grow beyond any patience on the largest clusters. */
export class HashBudget {
  #left = MOST_HASHES
  #refused = 0

  /** Whether an election over so many candidates may still be computed. */
  take(candidates: number): boolean {
    if (candidates > this.#left) {
      this.#refused += 1
      return false
    }
    this.#left -= candidates
    return true
  }

  gaps(announcer: string): Gap[] {
    if (this.#refused === 0) return []
    return [
      {
        subject: `${announcer}: election of ${this.#refused} Services`,
        reason: `not computed: more than ${MOST_HASHES} hashes in all`,
        hint: 'l2doctor who VIP computes it for one address',
      },
    ]
  }
}
