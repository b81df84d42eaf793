import * as REGION from '../columns/region.js'
import * as WAITING from '../columns/waiting.js'
import { isOver, noteSome } from './note'
import { placeAt } from './places'

/** So often the thread that notes says how far it is: after so many batches. */
const BATCHES = 128

/** Whether another thread notes what is put here. */
let isShared = false
/** How many places were filled. */
let tail: u32 = 0

export function resetQueue(): void {
  atomic.store<u32>(REGION.queueTailAt, 0)
  atomic.store<u32>(REGION.queueHeadAt, 0)
}

/** From now on `noteQueue` in another thread takes what is put here. The caller sees to it that there is room. */
export function share(): void {
  isShared = true
}

/** Fills one place. */
// @ts-ignore: decorator
@inline
export function put(what: u32, frame: i32, seconds: u32, nanos: u32): void {
  const place = placeAt(tail++)
  store<u32>(place, what, WAITING.what * 4)
  store<i32>(place, frame, WAITING.frame * 4)
  store<u32>(place, seconds, WAITING.seconds * 4)
  store<u32>(place, nanos, WAITING.nanos * 4)
}

/** Fills the next places with the key of a flow. */
export function putKeyOf(key: usize): void {
  for (let part = 0; part < WAITING.keyPlaces; part++) memory.copy(placeAt(tail++), key + (<usize>part) * WAITING.rowBytes, WAITING.rowBytes)
}

/** What was put is noted: now, or by and by in the other thread. */
export function handOver(): void {
  if (isShared) return
  for (let head: u32 = 0; head !== tail; ) head = noteSome(head, tail)
  tail = 0
}

/** Lets the other thread see what was put. */
export function publish(): void {
  atomic.store<u32>(REGION.queueTailAt, tail)
  atomic.notify(REGION.queueTailAt, 1)
}

/** The other thread: notes what comes, to the end. Whoever waits for room, or for the end, waits for the head to move. */
export function noteQueue(): void {
  let head: u32 = 0
  while (!isOver) {
    const end = atomic.load<u32>(REGION.queueTailAt)
    if (head === end) atomic.wait<i32>(REGION.queueTailAt, end, -1)
    for (let batch = 0; batch < BATCHES && head !== end; batch++) head = noteSome(head, end)
    atomic.store<u32>(REGION.queueHeadAt, head)
    atomic.notify(REGION.queueHeadAt, 1)
  }
}
