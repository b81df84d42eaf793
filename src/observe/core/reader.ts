import * as KEY from '../columns/flow-key'
import * as KIND from '../columns/flow-kind'
import * as REGION from '../columns/regions'
import * as TOTAL from '../columns/total'
import * as WAITING from '../columns/waiting'
import { countCopy, moveCopies } from './copies'
import { rowOf } from './flows'
import { begin, firstAt, frames, lastAt, nanos, seconds } from './frame'
import { add, find, forgetKeys, hasRoom, keyAt, putKey } from './keys'
import { handOver, put, putKeyOf } from './queue'
import { total } from './totals'

/** What was read is put into the queue, in the order of the capture. */

/** ARP frames that were read by `readRecords`, and frames of other protocols. */
export let plainArp: i32 = 0
export let plainOther: i32 = 0

export function resetReader(): void {
  plainArp = 0
  plainOther = 0
}

/** A plain frame whose key has a number, plus one. */
// @ts-ignore: decorator
@inline
export function putKnownArp(flow: u32, ofSeconds: u32, ofNanos: u32): void {
  plainArp++
  begin(ofSeconds, ofNanos)
  putFlow(flow)
}

/** A plain frame whose key is to be looked up. */
export function putPlainArp(at: usize, ofSeconds: u32, ofNanos: u32): void {
  plainArp++
  begin(ofSeconds, ofNanos)
  putKey(at)
  putByKey(0)
}

// @ts-ignore: decorator
@inline
export function passPlainOther(ofSeconds: u32, ofNanos: u32): void {
  plainOther++
  begin(ofSeconds, ofNanos)
}

/** A frame whose key was put into its region. */
function putByKey(stack: u32): void {
  const known = find(stack)
  if (known !== 0) return putFlow(known)
  const isFull = !hasRoom(stack)
  if (isFull) forgetKeys()
  const flow = add(stack)
  const key = keyAt(flow - 1)
  moveCopies(seconds)
  countCopy(key)
  put((isFull ? WAITING.firstArpAnew : WAITING.firstArp) | <u32>rowOf(flow - 1), frames, seconds, nanos)
  putKeyOf(key)
}

/** A frame of a flow that was met. */
// @ts-ignore: decorator
@inline
function putFlow(flow: u32): void {
  const key = keyAt(flow - 1)
  moveCopies(seconds)
  put(WAITING.arp | <u32>rowOf(flow - 1), frames, seconds, nanos)
  if ((load<u32>(key, KEY.kind * 4) & KIND.broadcast) === 0) return
  const copies = countCopy(key)
  if (copies > 0) put(WAITING.copy | <u32>rowOf(flow - 1), copies, seconds, nanos)
}

/** A decoded ARP frame, whose key was put into its region. */
export function arp(stack: u32, ofSeconds: u32, ofNanos: u32): void {
  begin(ofSeconds, ofNanos)
  putByKey(stack)
  handOver()
}

/** An ARP frame that belongs to no flow. `kind` has the bits of flow-kind.ts. */
export function otherArp(kind: u32, ofSeconds: u32, ofNanos: u32): void {
  begin(ofSeconds, ofNanos)
  put(WAITING.otherArp | (kind << WAITING.kind), frames, seconds, nanos)
  handOver()
}

/** Brings the counts of the tables, and the totals, up to date. */
export function settle(): void {
  sumUp()
  put(WAITING.settle, 0, 0, 0)
  handOver()
}

/** Ends the flows and the second; the tables are complete when that was noted. */
export function finish(): void {
  sumUp()
  put(WAITING.end, 0, 0, 0)
  handOver()
}

function sumUp(): void {
  total(TOTAL.frames, frames)
  total(TOTAL.firstAt, firstAt())
  total(TOTAL.lastAt, lastAt())
}
