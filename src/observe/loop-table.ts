import { WORD } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import { FLOW, type Flows } from './flows.js'
import type { LoopFacts } from './model.js'

/**
 * No sender repeats one broadcast frame more often than this in a second by itself: Linux retries once a second
 * (`retrans_time_ms`), announcers send bursts of a few frames.
 */
export const LOOP_COPIES_PER_SECOND = 50
const MAX_LOOPS = 256

type Loop = { -readonly [K in keyof LoopFacts]: LoopFacts[K] }

/** Broadcast frames that came more than LOOP_COPIES_PER_SECOND times in one second. */
export class LoopTable {
  dropped = 0
  private readonly loops = new Map<string, Loop>()

  /** A flow had so many copies in a second which now ends. */
  note(flows: Flows, row: number, stacks: readonly (readonly number[])[]): void {
    const words = flows.ints.subarray(row, row + FLOW.kind)
    const key = words.join()
    const loop = this.loops.get(key) ?? this.start(key, words, stacks)
    if (loop === null) return
    const copies = flows.ints[row + FLOW.inSecond]!
    loop.copies += copies
    loop.peakPerSecond = Math.max(loop.peakPerSecond, copies)
    loop.firstAt = Math.min(loop.firstAt, flows.doubles[(row + FLOW.firstAt) / 2]!)
    loop.lastAt = Math.max(loop.lastAt, flows.doubles[(row + FLOW.lastAt) / 2]!)
    loop.firstFrame = Math.min(loop.firstFrame, flows.ints[row + FLOW.firstFrame]!)
  }

  finish(): readonly LoopFacts[] {
    return [...this.loops.values()].sort((one, other) => other.copies - one.copies)
  }

  private start(key: string, words: Int32Array, stacks: readonly (readonly number[])[]): Loop | null {
    if (this.loops.size === MAX_LOOPS) {
      this.dropped++
      return null
    }
    const loop: Loop = {
      sender: macAt(words, 1, true),
      target: words[WORD.tpa]! >>> 0,
      vlans: stacks[words[FLOW.stack]!] ?? [],
      copies: 0,
      peakPerSecond: 0,
      firstAt: Number.POSITIVE_INFINITY,
      lastAt: 0,
      firstFrame: Number.POSITIVE_INFINITY,
    }
    this.loops.set(key, loop)
    return loop
  }
}
