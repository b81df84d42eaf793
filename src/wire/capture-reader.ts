import { CaptureFormatError } from './capture-format.js'
import type { FrameSink, RecordReader } from './frame-sink.js'
import { PcapReader, pcapByteOrder } from './pcap-reader.js'
import { isPcapng, PcapngReader } from './pcapng-reader.js'

const MAGIC_LENGTH = 4
const NEXT_STEP = 'l2doctor reads pcap and pcapng, plain or in gzip, as tcpdump -w and Wireshark write them'

/**
 * Reads a capture out of chunks of any size and hands each whole frame to the sink. A record cut by the end of a chunk is
 * carried over; nothing is ever allocated on the word of a length field.
 */
export class CaptureReader {
  private reader: RecordReader | null = null
  private carry = new Uint8Array(4096)
  private carryView = new DataView(this.carry.buffer)
  private carried = 0
  private readonly sink: FrameSink

  constructor(sink: FrameSink) {
    this.sink = sink
  }

  /** Throws CaptureFormatError when the first bytes are no capture's. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.reader?.lost) return
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    if (this.carried > 0 || this.skipping()) at = this.finishCarried(chunk)
    if (at >= chunk.length) return
    this.reader ??= this.recognize(view, at, chunk.length)
    const stopped = this.reader?.read(view, at, chunk.length) ?? at
    if (!this.reader?.lost) this.carryOver(chunk, stopped)
  }

  /** Whether the bytes end inside a record. Throws CaptureFormatError when there was no capture at all. */
  finish(): { truncated: boolean } {
    if (this.reader === null) throw new CaptureFormatError(this.carried === 0 ? EMPTY : notACapture(this.carry))
    return { truncated: this.carried > 0 || this.skipping() || this.reader.lost }
  }

  private skipping(): boolean {
    return this.reader !== null && this.reader.skip > 0
  }

  /** Completes the carried record with the start of a chunk; returns where whole records begin, or the chunk's length. */
  private finishCarried(chunk: Uint8Array): number {
    let at = this.passOver(chunk, 0)
    while (this.carried > 0 && at < chunk.length) {
      const wanted = this.reader?.wanted ?? MAGIC_LENGTH
      const taken = Math.min(wanted - this.carried, chunk.length - at)
      this.carryOver(chunk.subarray(0, at + taken), at)
      at += taken
      if (this.carried < wanted) return at
      this.reader ??= this.recognize(this.carryView, 0, this.carried)
      if (this.reader?.lost) return chunk.length
      if (this.reader && this.reader.read(this.carryView, 0, this.carried) > 0) this.carried = 0
      if (this.reader?.lost) return chunk.length
      at = this.passOver(chunk, at)
    }
    return at
  }

  private passOver(chunk: Uint8Array, at: number): number {
    if (this.reader === null || this.reader.skip === 0) return at
    const passed = Math.min(this.reader.skip, chunk.length - at)
    this.reader.skip -= passed
    return at + passed
  }

  /** Keeps the bytes from `at` on. The carry grows with what really arrived, at most to the longest record allowed. */
  private carryOver(chunk: Uint8Array, at: number): void {
    const rest = chunk.length - at
    if (this.carried + rest > this.carry.length) {
      const larger = new Uint8Array(2 * (this.carried + rest))
      larger.set(this.carry.subarray(0, this.carried))
      this.carry = larger
      this.carryView = new DataView(larger.buffer)
    }
    this.carry.set(chunk.subarray(at), this.carried)
    this.carried += rest
  }

  /** null while there are fewer bytes than a magic number has. */
  private recognize(view: DataView, at: number, end: number): RecordReader | null {
    if (end - at < MAGIC_LENGTH) return null
    if (isPcapng(view, at)) return new PcapngReader(this.sink)
    const order = pcapByteOrder(view, at)
    if (order !== null) return new PcapReader(order, this.sink)
    throw new CaptureFormatError(notACapture(new Uint8Array(view.buffer, view.byteOffset + at, end - at)))
  }
}

const EMPTY = `the capture is empty (0 bytes): was the capturing program stopped before it wrote? ${NEXT_STEP}`

function notACapture(start: Uint8Array): string {
  const hex = [...start.subarray(0, MAGIC_LENGTH)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `not a capture: it starts with ${hex}; ${NEXT_STEP}`
}
