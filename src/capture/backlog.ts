/** About four seconds of 200 k frames/s. */
const LIMIT_BYTES = 64 * 1024 * 1024

/** Writes some of the bytes from an offset and answers how many; throws EAGAIN when the reader is behind. */
type Write = (bytes: Uint8Array, offset: number) => number

/** Blocks for a reader that may be late: kept until it takes them, dropped whole beyond a limit. */
export class Backlog {
  private readonly blocks: Uint8Array[] = []
  private readonly put: Write
  private bytes = 0
  /** Of the first block. */
  private written = 0

  constructor(put: Write) {
    this.put = put
  }

  get isEmpty(): boolean {
    return this.blocks.length === 0
  }

  /** What is not written at once is copied, so that a small block of a large buffer holds no more than itself. */
  add(block: Uint8Array): void {
    if (this.bytes + block.length <= LIMIT_BYTES) {
      this.blocks.push(block)
      this.bytes += block.length
    }
    this.write()
    if (this.blocks.at(-1) === block) this.blocks[this.blocks.length - 1] = Uint8Array.from(block)
  }

  /** Writes as much as the reader takes now. */
  write(): void {
    for (let first = this.blocks[0]; first; first = this.blocks[0]) {
      try {
        this.written += this.put(first, this.written)
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') return
        throw cause
      }
      if (this.written === first.length) this.drop(first)
    }
  }

  /** Waits for the reader so long, and longer only for the rest of a block that it has begun. */
  finish(forMs: number): void {
    const pause = new Int32Array(new SharedArrayBuffer(4))
    const until = performance.now() + forMs
    try {
      for (this.write(); !this.isEmpty && (this.written > 0 || performance.now() < until); this.write()) {
        Atomics.wait(pause, 0, 0, 1)
      }
    } catch {
      // the reader has gone: nobody misses the rest
    }
  }

  private drop(first: Uint8Array): void {
    this.blocks.shift()
    this.bytes -= first.length
    this.written = 0
  }
}
