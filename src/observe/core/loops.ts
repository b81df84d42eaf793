import * as FLOW from '../columns/flow.js'
import * as FLOW_KEY from '../columns/flow-key.js'
import * as LOOP from '../columns/loop.js'
import * as REGION from '../columns/region.js'
import { keyOf } from './flows'
import { now } from './noted'

/** How many rows there are. */
export let loops: i32 = 0
/** Seconds of loops beyond the bound. */
export let unlistedLoops: i32 = 0

/** Counts one more copy of a broadcast frame, of the flow in a row; by now the open second has so many. */
export function countLoop(flow: usize, copies: i32): void {
  const isFirst = copies === LOOP.copiesPerSecond + 1
  if (isFirst) store<i32>(flow, take(flow), FLOW.loop * 4)
  const number = load<i32>(flow, FLOW.loop * 4)
  if (number === 0) return
  const row = rowAt(number - 1)
  store<i32>(row, load<i32>(row, LOOP.copies * 4) + (isFirst ? copies : 1), LOOP.copies * 4)
  store<i32>(row, max(load<i32>(row, LOOP.peakPerSecond * 4), copies), LOOP.peakPerSecond * 4)
  store<f64>(row, max(load<f64>(row, LOOP.lastAt * 4), now), LOOP.lastAt * 4)
}

/** The number, plus one, of the loop which a flow belongs to, also when the flow was forgotten meanwhile; 0 beyond the bound. */
function take(flow: usize): i32 {
  const key = keyOf(flow)
  for (let number = 0; number < loops; number++) {
    if (memory.compare(rowAt(number), key, FLOW_KEY.bytes) === 0) return number + 1
  }
  if (loops === REGION.maxLoops) {
    unlistedLoops++
    return 0
  }
  const row = rowAt(loops)
  memory.fill(row, 0, LOOP.rowBytes)
  memory.copy(row, key, FLOW_KEY.bytes)
  store<i32>(row, load<i32>(flow, FLOW.firstFrame * 4), LOOP.firstFrame * 4)
  store<f64>(row, load<f64>(flow, FLOW.firstAt * 4), LOOP.firstAt * 4)
  return ++loops
}

function rowAt(number: i32): usize {
  assert(<u32>number < <u32>REGION.maxLoops)
  return REGION.loopsAt + (<usize>number) * LOOP.rowBytes
}
