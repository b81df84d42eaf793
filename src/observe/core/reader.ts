import * as FLOW_KEY from '../columns/flow-key.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as REGION from '../columns/region.js'
import * as TOTAL from '../columns/total.js'
import * as WAITING from '../columns/waiting.js'
import { countCopy, moveCopies } from './copies'
import { rowOf } from './flows'
import { begin, firstAt, firstStepBack, frames, lastAt, longestStepBack, nanos, seconds, stepsBack } from './frame'
import { unlistedIps } from './ips'
import { add, find, forgetKeys, hasRoom, keyAt, markArp, putKey } from './keys'
import { handOver, put, putKeyOf } from './queue'
import { total } from './totals'

/** What was read is put into the queue, in the order of the capture. */

/** ARP frames that were read by `readRecords`, and frames of other protocols. */
export let plainArp: i32 = 0
export let plainOther: i32 = 0

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

/** A frame whose key was put into its region; the number of its flow, plus one. */
export function putByKey(stack: u32): u32 {
  const known = find(stack)
  if (known !== 0) {
    putFlow(known)
    return known
  }
  const isFull = !hasRoom(stack)
  if (isFull) forgetKeys()
  const flow = add(stack)
  const key = keyAt(flow - 1)
  moveCopies(seconds)
  countCopy(key)
  put((isFull ? WAITING.firstArpAnew : WAITING.firstArp) | <u32>rowOf(flow - 1), frames, seconds, nanos)
  putKeyOf(key)
  return flow
}

/** A frame of a flow that was met. */
// @ts-ignore: decorator
@inline
export function putFlow(flow: u32): void {
  const key = keyAt(flow - 1)
  moveCopies(seconds)
  put(WAITING.arp | <u32>rowOf(flow - 1), frames, seconds, nanos)
  if ((load<u32>(key, FLOW_KEY.kind * 4) & FLOW_KIND.broadcast) === 0) return
  const copies = countCopy(key)
  if (copies > 0) put(WAITING.copy | <u32>rowOf(flow - 1), copies, seconds, nanos)
}

/** A decoded ARP frame, whose key was put into its region. */
export function arp(stack: u32, ofSeconds: u32, ofNanos: u32): void {
  begin(ofSeconds, ofNanos)
  markArp()
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
  total(TOTAL.unlistedIps, unlistedIps)
  total(TOTAL.stepsBack, stepsBack)
  total(TOTAL.firstStepBack, firstStepBack)
  total(TOTAL.longestStepBack, longestStepBack())
}
