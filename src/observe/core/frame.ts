/** The frame that is being read, and what all frames have in common. */

const NANOS: i64 = 1_000_000_000

/** Nanoseconds; of the first and the last frame. */
let first: i64 = i64.MAX_VALUE
let last: i64 = i64.MIN_VALUE
/** The latest time since the clock was last set back. */
let newest: i64 = i64.MIN_VALUE
/** Captures of several CPUs are out of order by less than this: a frame that is earlier shows a clock that was set back. */
const DISORDER: i64 = NANOS

export let stepsBack: i32 = 0
/** The number of the frame at which it ran backwards first. */
export let firstStepBack: i32 = 0
let longest: i64 = 0

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
  if (time > newest) newest = time
  else if (newest - time > DISORDER) stepBack(time)
}

function stepBack(time: i64): void {
  if (stepsBack++ === 0) firstStepBack = frames
  if (newest - time > longest) longest = newest - time
  newest = time
}

/** Microseconds. */
export function longestStepBack(): f64 {
  return <f64>(longest / 1000)
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

