import * as ADDRESS from '../columns/address'
import * as SEEN from '../columns/address-seen'
import * as REGION from '../columns/regions'
import { IdTable } from './id-table'
import { startRates } from './rates'

/** Exchanges listed in full. */
const KEPT_IF_ASKED = 1024
const KEPT = 64

const ids = changetype<IdTable>(REGION.idTablesAt)
const asked = changetype<IdTable>(REGION.idTablesAt + 16)

export function resetAddresses(): void {
  ids.start(REGION.addressKeysAt, REGION.addressSlotsAt)
  asked.start(REGION.askedKeysAt, REGION.askedSlotsAt)
}

/** An address is asked for, on whatever VLAN. */
export function ask(ip: u32): void {
  asked.take(ip, 0, 0, 0, REGION.maxAsked)
  takeAddress(0, ip)
}

export function isAskedIp(ip: u32): bool {
  return asked.find(ip, 0, 0, 0) >= 0
}

export function addressCount(): i32 {
  return ids.count
}

/** Whether the address of a number is asked for. */
export function isAsked(address: i32): bool {
  return isAskedIp(load<u32>(REGION.addressKeysAt + ((<usize>address) << 4), 4))
}

/** The number of an address, or -1. */
export function findAddress(stack: u32, ip: u32): i32 {
  return ids.find(stack, ip, 0, 0)
}

/** The same; it gets one when it has none. -1 beyond the bound. */
export function takeAddress(stack: u32, ip: u32): i32 {
  const isAsked = isAskedIp(ip)
  const known = ids.count
  const address = ids.take(stack, ip, 0, 0, isAsked ? REGION.allAddresses : REGION.maxAddresses)
  if (address === known) start(address, isAsked)
  return address
}

/** The address of a column of an address, of which there are doubles. */
// @ts-ignore: decorator
@inline
export function addressColumn(address: i32, column: i32): usize {
  return REGION.addressesAt + ((<usize>address) * ADDRESS.width + column) * 8
}

export function addToAddress(address: i32, column: i32, value: i32): void {
  const at = addressColumn(address, column)
  store<f64>(at, load<f64>(at) + <f64>value)
}

function start(address: i32, isAsked: bool): void {
  memory.fill(addressColumn(address, 0), 0, ADDRESS.width * 8)
  const seen = REGION.addressesSeenAt + (<usize>address) * (SEEN.width * 4)
  memory.fill(seen, 0, SEEN.width * 4)
  store<i32>(seen, isAsked ? KEPT_IF_ASKED : KEPT, SEEN.keepLeft * 4)
  startRates(REGION.firstTarget + address)
}
