/** The frame that is being noted: when it came, also in microseconds, and its number. */
export let seconds: u32 = 0
export let nanos: u32 = 0
export let now: f64 = 0
export let frame: i32 = 0

// @ts-ignore: decorator
@inline
export function take(number: i32, ofSeconds: u32, ofNanos: u32): void {
  frame = number
  seconds = ofSeconds
  nanos = ofNanos
  now = <f64>ofSeconds * 1_000_000 + <f64>(ofNanos / 1000)
}
