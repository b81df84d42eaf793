import type { Mac } from '../wire/mac.js'
import type { Addresses } from './addresses.js'
import * as ADDRESS from './columns/address.js'
import * as CLAIM from './columns/claim.js'
import * as CLAIM_SEEN from './columns/claim-seen.js'
import * as ID_TABLE from './columns/id-table.js'
import * as REGION from './columns/region.js'
import * as SOURCE from './columns/source.js'
import type { Core } from './core.js'
import type { Micros } from './model.js'

const KEYS = REGION.claimKeysAt / 4
const SAMPLES = REGION.samplesAt / 4

/** The records of claims, one for each MAC that was seen as the sender, or asked as the owner, of an address. */
export class Claims {
  private readonly core: Core
  private readonly addresses: Addresses

  constructor(core: Core, addresses: Addresses) {
    this.core = core
    this.addresses = addresses
  }

  get count(): number {
    return this.core.run.claimCount()
  }

  /** A column of columns/claim.ts. */
  get(claim: number, column: number): number {
    return this.core.doubles[REGION.claimsAt / 8 + claim * CLAIM.width + column]!
  }

  /** The number of the address which is claimed. */
  address(claim: number): number {
    return this.core.ints[seenAt(claim) + CLAIM_SEEN.address]!
  }

  lastFrame(claim: number): number {
    return this.core.ints[seenAt(claim) + CLAIM_SEEN.lastFrame]!
  }

  lastAt(claim: number): Micros {
    return this.core.doubles[(seenAt(claim) + CLAIM_SEEN.lastAt) / 2]!
  }

  lastGratuitousAt(claim: number): Micros | null {
    return this.core.doubles[(seenAt(claim) + CLAIM_SEEN.lastGratuitousAt) / 2]! || null
  }

  mac(claim: number): Mac {
    const key = KEYS + claim * ID_TABLE.keyWords
    return this.core.ints[key + 1]! * 2 ** 32 + (this.core.ints[key + 2]! >>> 0)
  }

  /** The claims on an address, in the order of their first appearance. */
  of(address: number): number[] {
    const claims: number[] = []
    let next = this.addresses.get(address, ADDRESS.firstClaim)
    for (; next > 0; next = this.get(next - 1, CLAIM.next)) claims.push(next - 1)
    return claims.reverse()
  }

  /** Those that were really made; a MAC that was only asked has a record too. */
  made(address: number): number[] {
    return this.of(address).filter((claim) => this.get(claim, CLAIM.firstFrame) > 0)
  }

  /** Whether a frame that made it came from its MAC. */
  isSource(claim: number): boolean {
    return this.core.ints[seenAt(claim) + CLAIM_SEEN.isSource] === 1
  }

  /** Ethernet sources of its frames that are not its MAC, in the order of their first appearance. */
  otherSources(claim: number): readonly Mac[] {
    const { ints, doubles } = this.core
    const sources: Mac[] = []
    for (let number = ints[seenAt(claim) + CLAIM_SEEN.lastSource]!; number > 0; ) {
      const row = REGION.sourcesAt / 8 + (number - 1) * SOURCE.width
      sources.push(doubles[row + SOURCE.mac]!)
      number = doubles[row + SOURCE.next]!
    }
    return sources.reverse()
  }

  /** Microseconds; null when nothing was answered. */
  medianLatency(claim: number): number | null {
    const sorted = this.samples(claim).toSorted((one, other) => one - other)
    if (sorted.length === 0) return null
    const middle = sorted.length >> 1
    return sorted.length % 2 === 1 ? sorted[middle]! : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2)
  }

  private samples(claim: number): Int32Array {
    const { ints } = this.core
    const seen = seenAt(claim)
    const [block, sampled] = [ints[seen + CLAIM_SEEN.block]!, ints[seen + CLAIM_SEEN.sampled]!]
    const first = block === 0 ? seen + CLAIM_SEEN.onlySample : SAMPLES + (block - 1) * REGION.blockSamples
    return ints.subarray(first, first + sampled)
  }
}

function seenAt(claim: number): number {
  return REGION.claimsSeenAt / 4 + claim * CLAIM_SEEN.width
}
