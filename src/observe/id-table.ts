const KEY_WORDS = 4
/** A longer search than this happens only by design: the key is treated as one too many. */
const MAX_PROBES = 256

/** Mixes four 32-bit words; each is multiplied by its own odd constant, so that the multiplications run side by side. */
export function mix(a: number, b: number, c: number, d: number): number {
  const sum =
    Math.imul(a, 0x9e3779b1) ^
    Math.imul(b, 0x85ebca6b) ^
    Math.imul(c ^ (c >>> 15), 0xc2b2ae35) ^
    Math.imul(d, 0x27d4eb2f)
  const folded = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return folded ^ (folded >>> 13)
}

/** Gives each key of four 32-bit words a number: 0, 1, 2 …, up to a limit. Open addressing in two typed arrays. */
export class IdTable {
  /** How many ids were given out. */
  count = 0
  readonly limit: number
  private slots = new Int32Array(128)
  private keys = new Int32Array(64 * KEY_WORDS)

  constructor(limit: number) {
    this.limit = limit
  }

  /** The id of a key, or -1. */
  find(a: number, b: number, c: number, d: number): number {
    const slot = this.seek(a, b, c, d)
    return slot < 0 ? -1 : this.slots[slot]! - 1
  }

  /** The id of a key, a new one (the count until now) when it is not known; -1 beyond the limit. */
  take(a: number, b: number, c: number, d: number, reserve = 0): number {
    const slot = this.seek(a, b, c, d)
    if (slot < 0) return -1
    const known = this.slots[slot]!
    if (known > 0) return known - 1
    if (this.count >= this.limit + reserve) return -1
    const id = this.count++
    this.slots[slot] = id + 1
    if ((id + 1) * KEY_WORDS > this.keys.length) this.keys = enlarged(this.keys, 2 * this.keys.length)
    this.keys.set([a, b, c, d], id * KEY_WORDS)
    if (2 * this.count > this.slots.length) this.rehash()
    return id
  }

  clear(): void {
    this.count = 0
    this.slots.fill(0)
  }

  /** One word of the key of an id. */
  word(id: number, index: 0 | 1 | 2 | 3): number {
    return this.keys[id * KEY_WORDS + index]!
  }

  /** The slot that holds the key, else the free one where it belongs, else -1. */
  private seek(a: number, b: number, c: number, d: number): number {
    const { slots, keys } = this
    const mask = slots.length - 1
    let slot = mix(a, b, c, d) & mask
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const at = (slots[slot]! - 1) * KEY_WORDS
      if (at < 0) return slot
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot
      slot = (slot + 1) & mask
    }
    return -1
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length)
    for (let id = 0; id < this.count; id++) {
      const slot = this.seek(this.word(id, 0), this.word(id, 1), this.word(id, 2), this.word(id, 3))
      if (slot >= 0) this.slots[slot] = id + 1
    }
  }
}

/** A copy with room for more. */
export function enlarged<T extends Int32Array | Uint32Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length)
  larger.set(array)
  return larger
}
