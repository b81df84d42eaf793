import type { Batch } from './batch.js'
import { enlarged } from './id-table.js'
import type { Micros } from './model.js'

const WINDOW_MICROS = 1_000_000
/** A frame that comes late is sorted in among at most so many before it. */
const MAX_SHIFT = 64

/** The most frames in any window [t, t + 1 s). Exact; equal times share an entry, so memory is at most one per microsecond. */
export class SlidingPeak {
  peak = 0
  private times = new Float64Array(256)
  private counts = new Uint32Array(256)
  private head = 0
  private tail = 0
  private total = 0

  take({ count, times }: Batch): void {
    for (let place = 0; place < count; place++) this.add(times[place]!)
  }

  /** Counts a frame. Old ones leave the window only when it might be a new peak: in one go, which a processor foresees. */
  private add(at: Micros): void {
    const last = (this.tail - 1) & (this.times.length - 1)
    const newest = this.tail > this.head ? this.times[last]! : at
    if (at < newest) this.addLate(at, newest)
    else if (at === newest && this.tail > this.head) this.counts[last]!++
    else this.append(at)
    if (++this.total <= this.peak) return
    this.dropBefore(Math.max(at, newest) - WINDOW_MICROS)
    if (this.total > this.peak) this.peak = this.total
  }

  private dropBefore(limit: Micros): void {
    const mask = this.times.length - 1
    while (this.head < this.tail && this.times[this.head & mask]! <= limit)
      this.total -= this.counts[this.head++ & mask]!
  }

  /** Time that jumps back by the whole window is a clock that was set: counting starts anew. */
  private addLate(at: Micros, newest: Micros): void {
    if (newest - at >= WINDOW_MICROS) {
      this.head = this.tail
      this.total = 0
      this.append(at)
      return
    }
    this.append(newest)
    const { times, counts } = this
    const mask = times.length - 1
    const stop = Math.max(this.head, this.tail - 1 - MAX_SHIFT)
    let place = this.tail - 1
    for (; place > stop && times[(place - 1) & mask]! > at; place--) {
      times[place & mask] = times[(place - 1) & mask]!
      counts[place & mask] = counts[(place - 1) & mask]!
    }
    times[place & mask] = place > stop || place === this.head ? at : times[(place - 1) & mask]!
    counts[place & mask] = 1
  }

  private append(at: Micros): void {
    if (this.tail - this.head === this.times.length) this.grow()
    const slot = this.tail++ & (this.times.length - 1)
    this.times[slot] = at
    this.counts[slot] = 1
  }

  /** Straightens the ring out and doubles it. */
  private grow(): void {
    const start = this.head & (this.times.length - 1)
    const size = this.times.length
    for (const array of [this.times, this.counts]) {
      const front = array.slice(0, start)
      array.copyWithin(0, start)
      array.set(front as never, size - start)
    }
    this.times = enlarged(this.times, 2 * size)
    this.counts = enlarged(this.counts, 2 * size)
    this.head = 0
    this.tail = size
  }
}
