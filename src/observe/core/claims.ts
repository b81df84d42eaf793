import * as ADDRESS from '../columns/address.js'
import * as CLAIM from '../columns/claim.js'
import * as CLAIM_SEEN from '../columns/claim-seen.js'
import * as ID_TABLE from '../columns/id-table.js'
import * as REGION from '../columns/region.js'
import { addressColumn } from './addresses'
import { IdTable } from './id-table'

const ids = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.claims * ID_TABLE.rowBytes)

export function resetClaims(): void {
  ids.start(REGION.claimKeysAt, REGION.claimSlotsAt, REGION.claimSlots)
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

/** The number of a claim, or -1. */
export function findClaim(address: i32, mac: u64): i32 {
  return address < 0 ? -1 : ids.find(address, <u32>(mac >> 32), <u32>mac, 0)
}

/** The address of a column of a claim, of which there are doubles. */
// @ts-ignore: decorator
@inline
export function claimColumn(claim: i32, column: i32): usize {
  assert(<u32>claim < <u32>REGION.allClaims && column < CLAIM.width)
  return REGION.claimsAt + (<usize>claim) * CLAIM.rowBytes + (<usize>column) * 8
}

export function addToClaim(claim: i32, column: i32, value: i32): void {
  const at = claimColumn(claim, column)
  store<f64>(at, load<f64>(at) + <f64>value)
}

/** Puts it before all others on its address. */
function start(claim: i32, address: i32): void {
  memory.fill(claimColumn(claim, 0), 0, CLAIM.rowBytes)
  const seen = REGION.claimsSeenAt + (<usize>claim) * CLAIM_SEEN.rowBytes
  memory.fill(seen, 0, CLAIM_SEEN.rowBytes)
  const first = addressColumn(address, ADDRESS.firstClaim)
  const count = addressColumn(address, ADDRESS.claims)
  store<i32>(seen, address, CLAIM_SEEN.address * 4)
  store<i32>(seen, 1 << min<i32>(<i32>load<f64>(count), 31), CLAIM_SEEN.bit * 4)
  store<f64>(claimColumn(claim, CLAIM.next), load<f64>(first))
  store<f64>(first, <f64>(claim + 1))
  store<f64>(count, load<f64>(count) + 1)
}
