import * as FLOW from '../columns/flow.js'
import * as REGION from '../columns/region.js'
import * as WAITING from '../columns/waiting.js'
import { placeAt } from './places'

/** Of the flows whose keys are known, so many were met, in the order of their numbers. */
let flows: i32 = 0

export function count(): i32 {
  return flows
}

/** Forgets all flows. */
export function forgetFlows(): void {
  flows = 0
}

/** The address of a row, by its number. */
// @ts-ignore: decorator
@inline
export function rowOf(number: i32): usize {
  assert(<u32>number < <u32>REGION.maxFlows)
  return REGION.flowsAt + (<usize>number) * FLOW.rowBytes
}

/** The address of the key (flow-key.ts) of the flow in a row. */
// @ts-ignore: decorator
@inline
export function keyOf(row: usize): usize {
  return row + FLOW.key * 4
}

/** Begins a row with nothing but the key, which lies in the queue from a place on. Returns the address of the key. */
export function start(row: usize, place: u32): usize {
  const key = keyOf(row)
  memory.fill(row, 0, FLOW.rowBytes)
  for (let part: u32 = 0; part < <u32>WAITING.keyPlaces; part++)
    memory.copy(key + part * WAITING.rowBytes, placeAt(place + part), WAITING.rowBytes)
  flows++
  return key
}
