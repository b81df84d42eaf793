import * as FLOW_KEY from '../columns/flow-key.js'
import * as LOOP from '../columns/loop.js'
import { endsSecond } from './second'

let second: u32 = 0
/** The number of the open second, from 1 on. */
let mark: u32 = 1

/** An ARP frame of a flow came in a second. */
// @ts-ignore: decorator
@inline
export function moveCopies(seconds: u32): void {
  if (seconds !== second && endsSecond(second, seconds)) openSecond(seconds)
}

function openSecond(seconds: u32): void {
  second = seconds
  mark++
}

/** One more copy of a broadcast frame, by its key: how many the open second has of them if that is too many by now, else 0. */
// @ts-ignore: decorator
@inline
export function countCopy(key: usize): u32 {
  const before = load<u32>(key, FLOW_KEY.copies * 4)
  const copies: u32 = before >> 16 === (mark & 0xffff) ? min<u32>((before & 0xffff) + 1, 0xffff) : 1
  store<u32>(key, (mark << 16) | copies, FLOW_KEY.copies * 4)
  return copies > <u32>LOOP.copiesPerSecond ? copies : 0
}
