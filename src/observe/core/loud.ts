import * as LOUD from '../columns/loud.js'
import * as REGION from '../columns/region.js'
import * as STORM_TIER from '../columns/storm-tier.js'

let senders: i32 = 0
let targets: i32 = 0
let stacks: i32 = 0
/** Busy seconds of subjects beyond the bound. */
export let unlistedLoud: i32 = 0

/** How many rows are taken, of a scope by its place in RATE_SCOPES. */
export function loudCount(scope: i32): i32 {
  return scope === 0 ? senders : scope === 1 ? targets : stacks
}

/** A second ends in which a rate reached the lowest storm tier. */
export function noteLoud(place: i32, frames: i32, second: f64): void {
  const numbers = REGION.loudNumbersAt + ((<usize>place) << 2)
  let number = load<i32>(numbers)
  if (number === 0) {
    number = meetLoud(place, second) + 1
    store<i32>(numbers, number)
  }
  if (number === 0) {
    unlistedLoud++
    return
  }
  const row = rowAt(number - 1)
  const goesOn = load<f64>(row, LOUD.lastSecond * 8) === second - 1
  noteTier(row, frames >= STORM_TIER.info, goesOn)
  noteTier(row + 8, frames >= STORM_TIER.warning, goesOn)
  noteTier(row + 16, frames >= STORM_TIER.error, goesOn)
  if (<f64>frames > load<f64>(row, LOUD.peak * 8)) store<f64>(row, frames, LOUD.peak * 8)
  store<f64>(row, second, LOUD.lastSecond * 8)
  store<f64>(row, min(load<f64>(row, LOUD.firstSecond * 8), second), LOUD.firstSecond * 8)
  store<f64>(row, max(load<f64>(row, LOUD.newestSecond * 8), second), LOUD.newestSecond * 8)
}

// @ts-ignore: decorator
@inline
function noteTier(row: usize, isReached: bool, goesOn: bool): void {
  const run: f64 = isReached ? (goesOn ? load<f64>(row, LOUD.run * 8) + 1 : 1) : 0
  store<f64>(row, run, LOUD.run * 8)
  if (run > load<f64>(row, LOUD.longest * 8)) store<f64>(row, run, LOUD.longest * 8)
}

/** The number of a new row; -1 beyond the bound. */
function meetLoud(place: i32, second: f64): i32 {
  const subject = place / REGION.rateKinds
  const scope = subject < REGION.firstTarget ? 0 : subject < REGION.firstVlan ? 1 : 2
  const count = loudCount(scope)
  if (count === REGION.maxLoud) return -1
  if (scope === 0) senders++
  else if (scope === 1) targets++
  else stacks++
  const number = scope * REGION.maxLoud + count
  const row = rowAt(number)
  memory.fill(row, 0, LOUD.rowBytes)
  store<f64>(row, place, LOUD.place * 8)
  store<f64>(row, second, LOUD.firstSecond * 8)
  return number
}

function rowAt(number: i32): usize {
  assert(<u32>number < <u32>(3 * REGION.maxLoud))
  return REGION.loudAt + (<usize>number) * LOUD.rowBytes
}
