import * as ID_TABLE from '../columns/id-table.js'

/** A longer search than this happens only by design: the key is treated as one too many. */
const MAX_PROBES = 256
const FIRST_SLOTS: u32 = 256

/** Gives each key of four 32-bit words a number: 0, 1, 2 …, up to a limit. Lies in a region of its own (idTablesAt). */
@unmanaged
export class IdTable {
  /** How many numbers were given out. */
  count: i32
  private mask: u32
  private keys: usize
  private slots: usize
  /** So many slots there is room for. */
  private limit: u32

  /** Begins with these regions, `limit` slots long. */
  start(keys: usize, slots: usize, limit: u32): void {
    this.keys = keys
    this.slots = slots
    this.limit = limit
    this.mask = FIRST_SLOTS - 1
    this.clear()
  }

  clear(): void {
    this.count = 0
    memory.fill(this.slots, 0, (<usize>(this.mask + 1)) << 2)
  }

  /** The number of a key, or -1. */
  find(a: u32, b: u32, c: u32, d: u32): i32 {
    const slot = this.seek(a, b, c, d)
    return slot === 0 ? -1 : load<i32>(slot) - 1
  }

  /** The number of a key, a new one (the count until now) when it is not known; -1 beyond the limit. */
  take(a: u32, b: u32, c: u32, d: u32, limit: i32): i32 {
    let slot = this.seek(a, b, c, d)
    if (slot === 0) return -1
    const known = load<i32>(slot)
    if (known > 0) return known - 1
    if (this.count >= limit) return -1
    if (<u32>(2 * (this.count + 1)) > this.mask) {
      this.grow()
      slot = this.seek(a, b, c, d)
      if (slot === 0) return -1
    }
    const number = this.count++
    store<i32>(slot, number + 1)
    const key = this.keyOf(number)
    store<u32>(key, a)
    store<u32>(key, b, 4)
    store<u32>(key, c, 8)
    store<u32>(key, d, 12)
    return number
  }

  private keyOf(number: i32): usize {
    assert(<u32>number < this.limit)
    return this.keys + <usize>number * ID_TABLE.keyBytes
  }

  /** The slot that holds the key, else the free one where it belongs, else 0. */
  private seek(a: u32, b: u32, c: u32, d: u32): usize {
    let place = mix(a, b, c, d)
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const slot = this.slots + ((<usize>(place++ & this.mask)) << 2)
      const number = load<i32>(slot)
      if (number === 0) return slot
      const key = this.keyOf(number - 1)
      if (load<u32>(key) === a && load<u32>(key, 4) === b && load<u32>(key, 8) === c && load<u32>(key, 12) === d)
        return slot
    }
    return 0
  }

  /** Doubles the slots. */
  private grow(): void {
    this.mask = 2 * this.mask + 1
    assert(this.mask < this.limit)
    memory.fill(this.slots, 0, (<usize>(this.mask + 1)) << 2)
    for (let number = 0; number < this.count; number++) {
      const key = this.keyOf(number)
      const slot = this.seek(load<u32>(key), load<u32>(key, 4), load<u32>(key, 8), load<u32>(key, 12))
      if (slot !== 0) store<i32>(slot, number + 1)
    }
  }
}

/** Mixes four 32-bit words; each is multiplied by its own odd constant, so that the multiplications run side by side. */
function mix(a: u32, b: u32, c: u32, d: u32): u32 {
  const sum: u32 = (a * 0x9e3779b1) ^ (b * 0x85ebca6b) ^ ((c ^ (c >> 15)) * 0xc2b2ae35) ^ (d * 0x27d4eb2f)
  const folded: u32 = (sum ^ (sum >> 15)) * 0x2c1b3c6d
  return folded ^ (folded >> 13)
}
