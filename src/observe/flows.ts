import { WORD } from '../wire/arp-decoder.js'
import { enlarged } from './id-table.js'

/** Flows that are remembered at once; beyond, all are counted out and forgotten. */
const MAX_FLOWS = 32_768
const MAX_PROBES = 64

/** Columns of a flow, 32-bit words. The first ten are its key: the nine words of the frame and the VLAN stack. */
export const FLOW = {
  stack: WORD.count,
  /** Bits of FLOW_KIND. */
  kind: 10,
  /** Numbers (-1 for none): claim of the sender, its address, the address in question, sending MAC, conversation. */
  claim: 11,
  claimAddress: 12,
  about: 13,
  sender: 14,
  conversation: 15,
  count: 16,
  lastFrame: 17,
  /** Doubles over two words each: times of the first and last frame. */
  lastAt: 18,
  firstAt: 20,
  firstFrame: 22,
  /** For unicast requests: the claim of the MAC that was asked. */
  askedClaim: 23,
  mode: 24,
  rateKind: 25,
  /** The last second with a frame, and how many it had; for broadcast frames only. */
  second: 26,
  copies: 27,
  /** Its number in the table of loops, plus one. */
  loop: 28,
  /** For answers, from here on. 3 columns each in the order of REQUEST_MODES: exchanges answered, and answered first. */
  answered: 32,
  first: 35,
  /** Microseconds to the answer, broadcast rounds only. */
  minLatency: 38,
  maxLatency: 39,
  lastLatency: 40,
  /** The bit of its claim among those on the address. */
  bit: 41,
  width: 48,
} as const

export const FLOW_KIND = {
  request: 1,
  reply: 2,
  gratuitous: 4,
  broadcast: 8,
  /** It claims an address: opcode 1 or 2 with an spa. */
  claims: 16,
  opens: 32,
  answers: 64,
  /** The address in question is one that was asked for. */
  asked: 128,
} as const

/**
 * A flow is all frames that are alike to the last byte of their ARP packet. What such a frame means is worked out once;
 * after that a frame costs one look-up here. A cache: `clear` loses nothing once the counts were taken.
 */
export class Flows {
  count = 0
  ints = new Int32Array(128 * FLOW.width)
  doubles = new Float64Array(this.ints.buffer)
  private slots = new Int32Array(256)

  /** The row of a flow (its number times FLOW.width), or -1. */
  find(words: Int32Array, stack: number): number {
    const { slots, ints } = this
    const mask = slots.length - 1
    let slot = hash(words, stack) & mask
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const row = (slots[slot]! - 1) * FLOW.width
      if (row < 0) return -1
      if (
        ints[row] === words[0] &&
        ints[row + 1] === words[1] &&
        ints[row + 2] === words[2] &&
        ints[row + 3] === words[3] &&
        ints[row + 4] === words[4] &&
        ints[row + 5] === words[5] &&
        ints[row + 6] === words[6] &&
        ints[row + 7] === words[7] &&
        ints[row + 8] === words[8] &&
        ints[row + 9] === stack
      )
        return row
      slot = (slot + 1) & mask
    }
    return -1
  }

  /** Whether one more flow may be added without `clear`. */
  hasRoom(words: Int32Array, stack: number): boolean {
    return this.count < MAX_FLOWS && this.freeSlot(words, stack) >= 0
  }

  /** Adds a flow and returns its row, of which only the key is set. */
  add(words: Int32Array, stack: number): number {
    if (2 * this.count >= this.slots.length) this.grow()
    const row = this.count * FLOW.width
    this.ints.fill(0, row, row + FLOW.width)
    this.ints.set(words, row)
    this.ints[row + FLOW.stack] = stack
    this.slots[this.freeSlot(words, stack)] = ++this.count
    return row
  }

  clear(): void {
    this.count = 0
    this.slots.fill(0)
  }

  private freeSlot(words: Int32Array, stack: number): number {
    const mask = this.slots.length - 1
    let slot = hash(words, stack) & mask
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      if (this.slots[slot] === 0) return slot
      slot = (slot + 1) & mask
    }
    return -1
  }

  private grow(): void {
    this.ints = enlarged(this.ints, 2 * this.ints.length)
    this.doubles = new Float64Array(this.ints.buffer)
    this.slots = new Int32Array(2 * this.slots.length)
    for (let number = 0; number < this.count; number++) {
      const row = number * FLOW.width
      const words = this.ints.subarray(row, row + WORD.count)
      this.slots[this.freeSlot(words, this.ints[row + FLOW.stack]!)] = number + 1
    }
  }
}

/** Every word times its own odd constant, so that the multiplications run side by side; then mixed downwards. */
function hash(words: Int32Array, stack: number): number {
  const sum =
    Math.imul(words[0]!, 0x9e3779b1) ^
    Math.imul(words[1]!, 0x85ebca6b) ^
    Math.imul(words[2]!, 0xc2b2ae35) ^
    Math.imul(words[3]!, 0x27d4eb2f) ^
    Math.imul(words[4]!, 0x165667b1) ^
    Math.imul(words[5]!, 0x2c1b3c6d) ^
    Math.imul(words[6]!, 0x297a2d39) ^
    Math.imul(words[7]!, 0x1b873593) ^
    Math.imul(words[8]!, 0x7feb352d) ^
    Math.imul(stack + 1, 0x846ca68b)
  const folded = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return folded ^ (folded >>> 13)
}
