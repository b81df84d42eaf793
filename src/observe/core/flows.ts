import * as FLOW from '../columns/flow'
import * as REGION from '../columns/regions'
import { placeAt } from './queue'

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
  return REGION.flowsAt + (<usize>number) * (FLOW.width * 4)
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
  memory.fill(row, 0, FLOW.width * 4)
  memory.copy(key, placeAt(place), 16)
  memory.copy(key + 16, placeAt(place + 1), 16)
  memory.copy(key + 32, placeAt(place + 2), 16)
  flows++
  return key
}
