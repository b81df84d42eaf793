import * as ADDRESS from '../columns/address.js'
import * as ADDRESS_SEEN from '../columns/address-seen.js'
import * as CHANGE from '../columns/change.js'
import * as REGION from '../columns/region.js'
import { addressColumn, isAsked } from './addresses'
import { frame, now } from './noted'

let kept: i32 = 0

/** A claim was seen which is not the last one seen on its address; `seen` is where that is remembered. */
export function change(address: i32, seen: usize, claim: i32, gratuitous: bool): void {
  const before = load<i32>(seen, ADDRESS_SEEN.lastClaim * 4)
  store<i32>(seen, claim + 1, ADDRESS_SEEN.lastClaim * 4)
  if (before === 0) return
  const changes = addressColumn(address, ADDRESS.changes)
  const known = load<f64>(changes)
  store<f64>(changes, known + 1)
  if (known < REGION.maxChangesOfOne && hasRoom(address)) keep(address, before - 1, claim, gratuitous)
}

function hasRoom(address: i32): bool {
  return kept < REGION.maxChangesOthers || (kept < REGION.maxChanges && isAsked(address))
}

function keep(address: i32, from: i32, to: i32, gratuitous: bool): void {
  const row = rowAt(kept++)
  store<f64>(row, now)
  store<i32>(row, frame, CHANGE.frame * 4)
  store<i32>(row, from, CHANGE.from * 4)
  store<i32>(row, to, CHANGE.to * 4)
  store<i32>(row, gratuitous, CHANGE.announced * 4)
  store<i32>(row, 0, CHANGE.next * 4)
  const first = addressColumn(address, ADDRESS.firstChange)
  const last = addressColumn(address, ADDRESS.lastChange)
  if (load<f64>(first) === 0) store<f64>(first, kept)
  else store<i32>(rowAt(<i32>load<f64>(last) - 1), kept, CHANGE.next * 4)
  store<f64>(last, kept)
}

function rowAt(number: i32): usize {
  assert(<u32>number < <u32>REGION.maxChanges)
  return REGION.changesAt + (<usize>number) * CHANGE.rowBytes
}
