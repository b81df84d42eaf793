import type { Addresses } from './addresses.js'
import type { Claims } from './claims.js'
import * as ADDRESS from './columns/address.js'
import * as CHANGE from './columns/change.js'
import * as REGION from './columns/region.js'
import type { Core } from './core.js'
import type { Transition } from './model.js'

/** The times at which an address changed hands, as far as they were kept, oldest first. */
export function transitions(core: Core, addresses: Addresses, claims: Claims, address: number): readonly Transition[] {
  const { ints, doubles } = core
  const list: Transition[] = []
  for (let number = addresses.get(address, ADDRESS.firstChange); number > 0; ) {
    const row = REGION.changesAt / 4 + (number - 1) * CHANGE.width
    list.push({
      at: doubles[row / 2]!,
      frame: ints[row + CHANGE.frame]!,
      from: claims.mac(ints[row + CHANGE.from]!),
      to: claims.mac(ints[row + CHANGE.to]!),
      announced: ints[row + CHANGE.announced] !== 0,
    })
    number = ints[row + CHANGE.next]!
  }
  return list
}
