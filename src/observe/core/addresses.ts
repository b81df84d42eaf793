import * as ADDRESS from '../columns/address.js'
import * as ADDRESS_SEEN from '../columns/address-seen.js'
import * as FLOW_KEY from '../columns/flow-key.js'
import * as ID_TABLE from '../columns/id-table.js'
import * as REGION from '../columns/region.js'
import { IdTable } from './id-table'
import { takeIp } from './ips'
import { startRates } from './rates'

/** Exchanges listed in full. */
const KEPT_IF_ASKED = 1024
const KEPT = 64

const ids = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.addresses * ID_TABLE.rowBytes)
const asked = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.asked * ID_TABLE.rowBytes)

export function resetAddresses(): void {
  ids.start(REGION.addressKeysAt, REGION.addressSlotsAt, REGION.addressSlots)
  asked.start(REGION.askedKeysAt, REGION.askedSlotsAt, REGION.askedSlots)
}

/** An address is asked for, on whatever VLAN. */
export function ask(ip: u32): void {
  asked.take(ip, 0, 0, 0, REGION.maxAsked)
  takeAddress(0, ip)
}

/** So is the IPv6 address that was put where a target's place is (region.ts). */
export function ask6(): void {
  const ip = takeIp(REGION.discoveryTargetAt)
  asked.take(ip, FLOW_KEY.six, 0, 0, REGION.maxAsked)
  takeAddress(FLOW_KEY.six, ip)
}

/** `stack` says of which family it is: the number of a VLAN stack, with FLOW_KEY.six or without, as in all that follows. */
export function isAskedIp(stack: u32, ip: u32): bool {
  return asked.find(ip, stack & FLOW_KEY.six, 0, 0) >= 0
}

export function addressCount(): i32 {
  return ids.count
}

/** Whether the address of a number is asked for. */
export function isAsked(address: i32): bool {
  const key = REGION.addressKeysAt + (<usize>address) * ID_TABLE.keyBytes
  return isAskedIp(load<u32>(key), load<u32>(key, 4))
}

/** The number of an address, or -1. */
export function findAddress(stack: u32, ip: u32): i32 {
  return ids.find(stack, ip, 0, 0)
}

/** The same; it gets one when it has none. -1 beyond the bound. */
export function takeAddress(stack: u32, ip: u32): i32 {
  const isAsked = isAskedIp(stack, ip)
  const known = ids.count
  const address = ids.take(stack, ip, 0, 0, isAsked ? REGION.allAddresses : REGION.maxAddresses)
  if (address === known) start(address, isAsked)
  return address
}

/** The address of a column of an address, of which there are doubles. */
// @ts-ignore: decorator
@inline
export function addressColumn(address: i32, column: i32): usize {
  assert(<u32>address < <u32>REGION.allAddresses && column < ADDRESS.width)
  return REGION.addressesAt + (<usize>address) * ADDRESS.rowBytes + (<usize>column) * 8
}

export function addToAddress(address: i32, column: i32, value: i32): void {
  const at = addressColumn(address, column)
  store<f64>(at, load<f64>(at) + <f64>value)
}

function start(address: i32, isAsked: bool): void {
  memory.fill(addressColumn(address, 0), 0, ADDRESS.rowBytes)
  const seen = REGION.addressesSeenAt + (<usize>address) * ADDRESS_SEEN.rowBytes
  memory.fill(seen, 0, ADDRESS_SEEN.rowBytes)
  store<i32>(seen, isAsked ? KEPT_IF_ASKED : KEPT, ADDRESS_SEEN.keepLeft * 4)
  startRates(REGION.firstTarget + address)
}
