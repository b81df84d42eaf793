import * as ADDRESS from '../columns/address'
import * as CLAIM from '../columns/claim'
import * as SEEN from '../columns/claim-seen'
import * as REGION from '../columns/regions'
import { addressColumn } from './addresses'
import { IdTable } from './id-table'

const ids = changetype<IdTable>(REGION.idTablesAt + 32)

export function resetClaims(): void {
  ids.start(REGION.claimKeysAt, REGION.claimSlotsAt)
}

export function claimCount(): i32 {
  return ids.count
}

/** The number of a claim; it gets one when it has none. -1 beyond the bound, or when the address is. */
export function takeClaim(address: i32, mac: u64, isAsked: bool): i32 {
  if (address < 0) return -1
  const known = ids.count
  const claim = ids.take(address, <u32>(mac >> 32), <u32>mac, 0, isAsked ? REGION.allClaims : REGION.maxClaims)
  if (claim === known) start(claim, address)
  return claim
}

/** The address of a column of a claim, of which there are doubles. */
// @ts-ignore: decorator
@inline
export function claimColumn(claim: i32, column: i32): usize {
  return REGION.claimsAt + ((<usize>claim) * CLAIM.width + column) * 8
}

export function addToClaim(claim: i32, column: i32, value: i32): void {
  const at = claimColumn(claim, column)
  store<f64>(at, load<f64>(at) + <f64>value)
}

/** Puts it before all others on its address. */
function start(claim: i32, address: i32): void {
  memory.fill(claimColumn(claim, 0), 0, CLAIM.width * 8)
  const seen = REGION.claimsSeenAt + (<usize>claim) * (SEEN.width * 4)
  memory.fill(seen, 0, SEEN.width * 4)
  const first = addressColumn(address, ADDRESS.firstClaim)
  const count = addressColumn(address, ADDRESS.claims)
  store<i32>(seen, address, SEEN.address * 4)
  store<i32>(seen, 1 << min<i32>(<i32>load<f64>(count), 31), SEEN.bit * 4)
  store<f64>(claimColumn(claim, CLAIM.next), load<f64>(first))
  store<f64>(first, <f64>(claim + 1))
  store<f64>(count, load<f64>(count) + 1)
}
