import * as REGION from '../columns/region.js'

const WINDOW_MICROS: f64 = 1_000_000
/** A frame that comes late is sorted in among at most so many before it. */
const MAX_SHIFT: u32 = 64
const FIRST_ENTRIES: u32 = 1024

let most: i32 = 0
let total: i32 = 0
let head: u32 = 0
let tail: u32 = 0
/** The ring has so many entries, less one. */
let mask: u32 = FIRST_ENTRIES - 1

/** The most frames in any window [t, t + 1 s). */
export function peak(): i32 {
  return most
}

/** Counts a frame. Old ones leave the window only when it might be a new peak: in one go, which a processor foresees. */
// @ts-ignore: decorator
@inline
export function countInSecond(at: f64): void {
  const newest = tail !== head ? timeAt(tail - 1) : at
  if (at < newest) addLate(at, newest)
  else if (at === newest && tail !== head) countAgain()
  else append(at)
  if (++total > most) settle(max(at, newest) - WINDOW_MICROS)
}

function settle(limit: f64): void {
  dropBefore(limit)
  if (total > most) most = total
}

function dropBefore(limit: f64): void {
  while (head !== tail && timeAt(head) <= limit) total -= load<i32>(countPlace(head++))
}

/** Time that jumps back by the whole window is a clock that was set: counting starts anew. */
function addLate(at: f64, newest: f64): void {
  if (newest - at >= WINDOW_MICROS) {
    head = tail
    total = 0
    append(at)
    return
  }
  append(newest)
  const room = min(MAX_SHIFT, tail - 1 - head)
  let place = tail - 1
  const stop = place - room
  for (; place !== stop && timeAt(place - 1) > at; place--) {
    store<f64>(timePlace(place), timeAt(place - 1))
    store<i32>(countPlace(place), load<i32>(countPlace(place - 1)))
  }
  store<f64>(timePlace(place), place !== stop || place === head ? at : timeAt(place - 1))
  store<i32>(countPlace(place), 1)
}

// @ts-ignore: decorator
@inline
function append(at: f64): void {
  if (tail - head > mask) makeRoom(at)
  store<f64>(timePlace(tail), at)
  store<i32>(countPlace(tail), 1)
  tail++
}

/** More entries than the largest ring has come only from clocks that run to and fro: then the oldest are let go. */
function makeRoom(at: f64): void {
  dropBefore(at - WINDOW_MICROS)
  if (tail - head <= mask / 2) return
  if (mask < <u32>REGION.peakEntries - 1) grow()
  else if (tail - head > mask) total -= load<i32>(countPlace(head++))
}

/** Twice the entries: those that belong into the new half go there. */
function grow(): void {
  const before = mask
  mask = 2 * mask + 1
  for (let entry = head; entry !== tail; entry++) {
    if ((entry & before) === (entry & mask)) continue
    store<f64>(timePlace(entry), load<f64>(timePlace(entry & before)))
    store<i32>(countPlace(entry), load<i32>(countPlace(entry & before)))
  }
}

// @ts-ignore: decorator
@inline
function countAgain(): void {
  store<i32>(countPlace(tail - 1), load<i32>(countPlace(tail - 1)) + 1)
}

// @ts-ignore: decorator
@inline
function timeAt(entry: u32): f64 {
  return load<f64>(timePlace(entry))
}

// @ts-ignore: decorator
@inline
function timePlace(entry: u32): usize {
  return REGION.peakTimesAt + ((<usize>(entry & mask)) << 3)
}

// @ts-ignore: decorator
@inline
function countPlace(entry: u32): usize {
  return REGION.peakCountsAt + ((<usize>(entry & mask)) << 2)
}
