/** Small enough that everything a batch touches stays in the processor's first cache. */
const SIZE = 256

/**
 * ARP frames that were decoded but not digested yet, in columns. Digesting many at once, one aspect after the other, lets
 * a processor work on several frames at a time, where frame by frame it would wait for memory again and again.
 */
export class Batch {
  count = 0
  /** The row of the flow; -1 for a frame that belongs to none. */
  readonly rows = new Int32Array(SIZE)
  /** Bits of FLOW_KIND; for frames with a flow they are filled in while digesting. */
  readonly kinds = new Int32Array(SIZE)
  readonly frames = new Int32Array(SIZE)
  readonly seconds = new Float64Array(SIZE)
  readonly nanos = new Int32Array(SIZE)
  /** Microseconds. */
  readonly times = new Float64Array(SIZE)

  /** Adds a frame whose time, in microseconds, is `now[0]`; whether the batch is full then. */
  push(row: number, kind: number, frame: number, seconds: number, nanos: number, now: Float64Array): boolean {
    const place = this.count++
    this.rows[place] = row
    this.kinds[place] = kind
    this.frames[place] = frame
    this.seconds[place] = seconds
    this.nanos[place] = nanos
    this.times[place] = now[0]!
    return this.count === SIZE
  }
}
