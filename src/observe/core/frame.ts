/** The frame that is being read, and what all frames have in common. */

const NANOS: i64 = 1_000_000_000

/** Nanoseconds; of the first and the last frame. */
let first: i64 = i64.MAX_VALUE
let last: i64 = i64.MIN_VALUE

export let frames: i32 = 0
export let seconds: u32 = 0
export let nanos: u32 = 0

/** Each frame begins here. */
// @ts-ignore: decorator
@inline
export function begin(ofSeconds: u32, ofNanos: u32): void {
  seconds = ofSeconds
  nanos = ofNanos
  frames++
  const time = <i64>ofSeconds * NANOS + <i64>ofNanos
  if (time < first) first = time
  if (time > last) last = time
}

/** A record that is no packet. */
export function record(): void {
  frames++
}

/** Microseconds; infinite when there was no frame. */
export function firstAt(): f64 {
  return first > last ? Infinity : <f64>(first / 1000)
}

export function lastAt(): f64 {
  return first > last ? -Infinity : <f64>(last / 1000)
}

export function resetFrames(): void {
  first = i64.MAX_VALUE
  last = i64.MIN_VALUE
  frames = 0
}
