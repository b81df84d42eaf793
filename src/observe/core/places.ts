import * as REGION from '../columns/region.js'
import * as WAITING from '../columns/waiting.js'

/** The address of a place of the queue between the thread that reads and the one that notes. */
// @ts-ignore: decorator
@inline
export function placeAt(number: u32): usize {
  return REGION.queueAt + (<usize>(number & (REGION.queuePlaces - 1))) * WAITING.rowBytes
}
