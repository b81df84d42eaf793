import * as ID_TABLE from '../columns/id-table.js'
import * as REGION from '../columns/region.js'
import { IdTable } from './id-table'

/** IPv6 addresses by number: so they fit where ARP has an address of 32 bits. 0 is `::`, -1 one beyond the bound. */
const ids = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.ips * ID_TABLE.rowBytes)

/** Frames that name an address beyond the bound. */
export let unlistedIps: i32 = 0

export function countUnlisted(): void {
  unlistedIps++
}

export function resetIps(): void {
  ids.start(REGION.ipKeysAt, REGION.ipSlotsAt, REGION.ipSlots)
}

/** The number of the address that lies at a place; it gets one when it has none. */
export function takeIp(at: usize): i32 {
  const a = load<u32>(at)
  const b = load<u32>(at, 4)
  const c = load<u32>(at, 8)
  const d = load<u32>(at, 12)
  return (a | b | c | d) === 0 ? 0 : ids.take(a, b, c, d, REGION.maxIps) + 1
}

/** The same, for whoever only looks: -1 when it has none. */
export function findIp(at: usize): i32 {
  const number = ids.find(load<u32>(at), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12))
  return number < 0 ? -1 : number + 1
}
