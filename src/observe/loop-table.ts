import { WORD } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import * as FLOW from './columns/flow.js'
import * as FLOW_TRAITS from './columns/flow-traits.js'
import * as LOOP from './columns/loop.js'
import type { Core } from './core.js'
import type { LoopFacts, Micros } from './model.js'

const MAX_LOOPS = 256

type Loop = { -readonly [K in keyof LoopFacts]: LoopFacts[K] }

/** Broadcast frames that came more than LOOP.copiesPerSecond times in one second. */
export class LoopTable {
  /** Seconds of loops that are not listed. */
  dropped = 0
  private readonly loops: Loop[] = []
  private readonly numbers = new Map<string, number>()
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
  }

  /** Counts one more copy of a frame, of the flow in a row (columns/flow.ts), of which the open second has too many by now. */
  add(row: number, at: Micros, stacks: readonly (readonly number[])[]): void {
    const { ints } = this.core
    const copies = ints[row + FLOW.copies]! & 0xffff
    if (copies === LOOP.copiesPerSecond + 1) ints[row + FLOW.loop] = this.number(row, stacks) + 1
    if (ints[row + FLOW.loop] !== 0) note(this.loops[ints[row + FLOW.loop]! - 1]!, copies, at)
  }

  finish(): readonly LoopFacts[] {
    return this.loops.toSorted((one, other) => other.copies - one.copies)
  }

  /** The number of the loop which a flow belongs to, also when the flow was forgotten meanwhile; -1 beyond the bound. */
  private number(row: number, stacks: readonly (readonly number[])[]): number {
    const { ints, doubles } = this.core
    const words = Int32Array.from({ length: WORD.count }, (_, word) => this.core.bytes.getInt32(4 * (row + word)))
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
  loop.copies += copies === LOOP.copiesPerSecond + 1 ? copies : 1
  loop.peakPerSecond = Math.max(loop.peakPerSecond, copies)
  loop.lastAt = Math.max(loop.lastAt, at)
}
