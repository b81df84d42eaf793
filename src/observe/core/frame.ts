/** The frame at hand, and what all frames have in common. */

/** Microseconds; of the first and the last frame. */
export let now: f64 = 0
export let firstAt: f64 = Infinity
export let lastAt: f64 = -Infinity
export let frames: i32 = 0
/** ARP frames that were read by `readRecords`, and frames of other protocols. */
export let plainArp: i32 = 0
export let plainOther: i32 = 0
export let seconds: f64 = 0
export let nanos: i32 = 0

/** Each frame begins here. */
export function begin(ofSeconds: f64, ofNanos: i32): void {
  seconds = ofSeconds
  nanos = ofNanos
  now = ofSeconds * 1_000_000 + <f64>(ofNanos / 1000)
  frames++
  if (now < firstAt) firstAt = now
  if (now > lastAt) lastAt = now
}

/** A record that is no packet. */
export function pass(): void {
  frames++
}

// @ts-ignore: decorator
@inline
export function countPlainArp(): void {
  plainArp++
}

// @ts-ignore: decorator
@inline
export function countPlainOther(): void {
  plainOther++
}

export function resetFrames(): void {
  now = 0
  firstAt = Infinity
  lastAt = -Infinity
  frames = 0
  plainArp = 0
  plainOther = 0
}
