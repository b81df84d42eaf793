import * as REGION from '../columns/region.js'
import { frame, nanos, now, seconds } from './noted'

/** Wireshark's defaults: `arp.detect_storm_number_of_packets` and `arp.detect_storm_period` (milliseconds). */
const PACKETS: i32 = 30
const PERIOD_MILLIS: i32 = 100

/** How often it spoke; the frames are in their region, the first ones. */
export let storms: i32 = 0

let requests: i32 = 0
let sinceSeconds: u32 = 0
let sinceNanos: u32 = 0
let sinceMicros: f64 = 0

/**
 * Wireshark's own detector, `check_for_storm_count` in `epan/dissectors/packet-arp.c`: more than 30 requests, the period
 * starting anew whenever a frame is more than 100 ms (in whole milliseconds) after its start, or before it. Every ARP frame
 * counts, replies too: they move the period although they are no requests.
 */
// @ts-ignore: decorator
@inline
export function detectStorm(isRequest: bool): void {
  if (isRequest) requests++
  const micros = now - sinceMicros
  if (micros < 0 || micros >= PERIOD_MILLIS * 1000 || requests > PACKETS) judge()
}

/** The times exactly as Wireshark compares them. */
function judge(): void {
  const gap = <i32>(<i64>seconds - <i64>sinceSeconds) * 1000 + (<i32>nanos - <i32>sinceNanos) / 1_000_000
  if (gap > PERIOD_MILLIS || gap < 0) requests = 1
  else if (requests > PACKETS) {
    if (storms < REGION.maxStormFrames) store<i32>(REGION.stormFramesAt + ((<usize>storms) << 2), frame)
    storms++
    requests = 0
  } else return
  sinceSeconds = seconds
  sinceNanos = nanos
  sinceMicros = now
}
