import { WORD } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import { FLOW, FLOW_TRAITS, type Flows } from './flows.js'
import type { LoopFacts, Micros } from './model.js'

/**
 * No sender repeats one broadcast frame more often than this in a second by itself: Linux retries once a second
 * (`retrans_time_ms`), announcers send bursts of a few frames.
 */
export const LOOP_COPIES_PER_SECOND = 50
const MAX_LOOPS = 256

type Loop = { -readonly [K in keyof LoopFacts]: LoopFacts[K] }

/** Broadcast frames that came more than LOOP_COPIES_PER_SECOND times in one second. */
export class LoopTable {
  /** Seconds of loops that are not listed. */
  dropped = 0
  private readonly loops: Loop[] = []
  private readonly numbers = new Map<string, number>()

  /** One more copy of a broadcast frame: whether this second, the open one, has too many of them by now. */
  isLoud(ints: Int32Array, row: number, second: number): boolean {
    const before = ints[row + FLOW.copies]!
    const copies = before >>> 16 === (second & 0xffff) ? Math.min((before & 0xffff) + 1, 0xffff) : 1
    ints[row + FLOW.copies] = (second << 16) | copies
    return copies > LOOP_COPIES_PER_SECOND
  }

  /** Counts a copy of a frame for which `isLoud` held. */
  add({ ints, doubles }: Flows, row: number, at: Micros, stacks: readonly (readonly number[])[]): void {
    const copies = ints[row + FLOW.copies]! & 0xffff
    if (copies === LOOP_COPIES_PER_SECOND + 1) ints[row + FLOW.loop] = this.number(ints, doubles, row, stacks) + 1
    if (ints[row + FLOW.loop] !== 0) note(this.loops[ints[row + FLOW.loop]! - 1]!, copies, at)
  }

  finish(): readonly LoopFacts[] {
    return this.loops.toSorted((one, other) => other.copies - one.copies)
  }

  /** The number of the loop which a flow belongs to, also when the flow was forgotten meanwhile; -1 beyond the bound. */
  private number(ints: Int32Array, doubles: Float64Array, row: number, stacks: readonly (readonly number[])[]): number {
    const words = ints.subarray(row, row + WORD.count)
    const stack = ints[row + FLOW.traits]! & FLOW_TRAITS.stackMask
    const key = `${words.join()} ${stack}`
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    if (this.loops.length === MAX_LOOPS) {
      this.dropped++
      return -1
    }
    this.numbers.set(key, this.loops.length)
    return (
      this.loops.push({
        sender: macAt(words, 1, true),
        target: words[WORD.tpa]! >>> 0,
        vlans: stacks[stack] ?? [],
        copies: 0,
        peakPerSecond: 0,
        firstAt: doubles[(row + FLOW.firstAt) >> 1]!,
        lastAt: 0,
        firstFrame: ints[row + FLOW.firstFrame]!,
      }) - 1
    )
  }
}

function note(loop: Loop, copies: number, at: Micros): void {
  loop.copies += copies === LOOP_COPIES_PER_SECOND + 1 ? copies : 1
  loop.peakPerSecond = Math.max(loop.peakPerSecond, copies)
  loop.lastAt = Math.max(loop.lastAt, at)
}
