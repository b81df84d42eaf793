import { WORD } from '../wire/arp-decoder.js'
import { ARP, ETHERNET } from '../wire/ethernet.js'

/** Flows that are remembered at once; beyond, all are counted out and forgotten. */
const MAX_FLOWS = 32_768
const MAX_PROBES = 64

/**
 * Columns of a flow, 32-bit words. The first half, one line of the processor's cache, is all that most frames need; its
 * first ten words are the key: the nine words of the frame, and in `traits` the VLAN stack.
 */
export const FLOW = {
  /** See FLOW_TRAITS. */
  traits: WORD.count,
  /** The second of the last copy (its low half, above) and the copies in it (below); for broadcast frames only. */
  copies: 10,
  /** Numbers (-1 for none): claim of the sender, address in question, sending MAC, conversation. */
  claim: 11,
  about: 12,
  sender: 13,
  conversation: 14,
  count: 15,
  /** A double over two words: the time of the first frame. */
  firstAt: 16,
  firstFrame: 18,
  /** For unicast requests: the claim of the MAC that was asked. */
  askedClaim: 19,
  /** Its number in the table of loops, plus one. */
  loop: 20,
  /** For answers. 3 columns each in the order of REQUEST_MODES: exchanges answered, and answered first. */
  answered: 21,
  first: 24,
  /** Microseconds to the answer, broadcast rounds only. */
  minLatency: 27,
  maxLatency: 28,
  lastLatency: 29,
  width: 32,
} as const

/** Bits of the column `traits`: VLAN stack, FLOW_KIND, mode of a request, kind of rate (`noRate` for none). */
export const FLOW_TRAITS = {
  stackMask: 0xfff,
  kind: 12,
  kindMask: 0xff,
  mode: 20,
  rate: 22,
  twoBits: 3,
  noRate: 3,
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
  ints = lined(128 * FLOW.width)
  doubles = doublesOver(this.ints)
  private slots = new Int32Array(256)

  /** The row of a flow (its number times FLOW.width), or -1. */
  find(words: Int32Array, stack: number): number {
    const [a, b, c, d, e, f, g, h, i] = nine(words)
    return this.seek(a, b, c, d, e, f, g, h, i, stack)
  }

  /** The same for a plain frame (see `isPlainArp`) that starts at `at`: straight from the capture, without a copy. */
  findPlain(view: DataView, at: number): number {
    const arp = at + ETHERNET.headerLength
    return this.seek(
      view.getInt32(at),
      view.getInt32(at + 4),
      view.getInt32(at + 8),
      view.getInt32(arp + ARP.op),
      view.getInt32(arp + ARP.op + 4),
      view.getInt32(arp + ARP.spa),
      view.getInt32(arp + ARP.tha),
      view.getInt32(arp + ARP.tha + 4),
      view.getInt32(arp + ARP.tpa),
      0,
    )
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
    this.ints[row + FLOW.traits] = stack
    this.slots[this.freeSlot(words, stack)] = ++this.count
    return row
  }

  clear(): void {
    this.count = 0
    this.slots.fill(0)
  }

  private seek(
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    i: number,
    stack: number,
  ): number {
    const { slots, ints } = this
    const mask = slots.length - 1
    let slot = hash(a, b, c, d, e, f, g, h, i, stack) & mask
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const row = (slots[slot]! - 1) * FLOW.width
      if (row < 0) return -1
      const difference =
        (ints[row]! ^ a) |
        (ints[row + 1]! ^ b) |
        (ints[row + 2]! ^ c) |
        (ints[row + 3]! ^ d) |
        (ints[row + 4]! ^ e) |
        (ints[row + 5]! ^ f) |
        (ints[row + 6]! ^ g) |
        (ints[row + 7]! ^ h) |
        (ints[row + 8]! ^ i) |
        ((ints[row + FLOW.traits]! & FLOW_TRAITS.stackMask) ^ stack)
      if (difference === 0) return row
      slot = (slot + 1) & mask
    }
    return -1
  }

  private freeSlot(words: Int32Array, stack: number): number {
    const [a, b, c, d, e, f, g, h, i] = nine(words)
    const mask = this.slots.length - 1
    let slot = hash(a, b, c, d, e, f, g, h, i, stack) & mask
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      if (this.slots[slot] === 0) return slot
      slot = (slot + 1) & mask
    }
    return -1
  }

  private grow(): void {
    const larger = lined(2 * this.ints.length)
    larger.set(this.ints)
    this.ints = larger
    this.doubles = doublesOver(larger)
    this.slots = new Int32Array(2 * this.slots.length)
    for (let number = 0; number < this.count; number++) {
      const row = number * FLOW.width
      const words = this.ints.subarray(row, row + WORD.count)
      this.slots[this.freeSlot(words, this.ints[row + FLOW.traits]! & FLOW_TRAITS.stackMask)] = number + 1
    }
  }
}

/** Large blocks of memory start 16 bytes after a page (malloc's header); 48 more make rows start with a cache line. */
const LINE_OFFSET = 48

function lined(length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(new ArrayBuffer(LINE_OFFSET + 4 * length), LINE_OFFSET, length)
}

function doublesOver(ints: Int32Array<ArrayBuffer>): Float64Array {
  return new Float64Array(ints.buffer, ints.byteOffset, ints.length / 2)
}

function nine(words: Int32Array): Words {
  return [words[0]!, words[1]!, words[2]!, words[3]!, words[4]!, words[5]!, words[6]!, words[7]!, words[8]!]
}

type Words = [number, number, number, number, number, number, number, number, number]

/** Every word times its own odd constant, so that the multiplications run side by side; then mixed downwards. */
function hash(
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
  stack: number,
): number {
  const sum =
    Math.imul(a, 0x9e3779b1) ^
    Math.imul(b, 0x85ebca6b) ^
    Math.imul(c, 0xc2b2ae35) ^
    Math.imul(d, 0x27d4eb2f) ^
    Math.imul(e, 0x165667b1) ^
    Math.imul(f, 0x2c1b3c6d) ^
    Math.imul(g, 0x297a2d39) ^
    Math.imul(h, 0x1b873593) ^
    Math.imul(i, 0x7feb352d) ^
    Math.imul(stack + 1, 0x846ca68b)
  const folded = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return folded ^ (folded >>> 13)
}
