import type { FrameSink, RecordLayout, RecordReader } from './frame-sink.js'
import * as RECORD from './pcap-record.js'

/** draft-ietf-opsawg-pcap section 4, and the "modified" format of old Linux kernels with 8 more bytes a record. */
const MAGIC = { micros: 0xa1b2c3d4, nanos: 0xa1b23c4d, modified: 0xa1b2cd34 } as const
const HEADER = { linkType: 20, length: 24 } as const
/** The upper bits of the link type field hold the length of a frame check sequence. */
const LINK_TYPE_BITS = 0x03ff_ffff

/** The magic number tells the byte order too; null when it is not pcap. */
export function pcapByteOrder(view: DataView, at: number): { little: boolean; magic: number } | null {
  for (const little of [true, false]) {
    const magic = view.getUint32(at, little)
    if (magic === MAGIC.micros || magic === MAGIC.nanos || magic === MAGIC.modified) return { little, magic }
  }
  return null
}

export class PcapReader implements RecordReader, RecordLayout {
  wanted: number = HEADER.length
  skip = 0
  lost = false
  linkType = -1
  headerLength: number = RECORD.length
  nanosPerUnit = 1000
  readonly little: boolean
  private readonly sink: FrameSink

  constructor(order: { little: boolean; magic: number }, sink: FrameSink) {
    this.little = order.little
    this.sink = sink
    if (order.magic === MAGIC.nanos) this.nanosPerUnit = 1
    if (order.magic === MAGIC.modified) this.headerLength = RECORD.modifiedLength
  }

  read(view: DataView, start: number, end: number): number {
    if (this.linkType >= 0) return this.readRecords(view, start, end)
    if (end - start < HEADER.length) return start
    this.linkType = view.getUint32(start + HEADER.linkType, this.little) & LINK_TYPE_BITS
    this.sink.linkType(this.linkType)
    return this.readRecords(view, start + HEADER.length, end)
  }

  private readRecords(view: DataView, start: number, end: number): number {
    const { little, sink, linkType, headerLength, nanosPerUnit } = this
    const units = 1_000_000_000 / nanosPerUnit
    let at = this.passPlain(view, start, end)
    while (end - at >= headerLength) {
      const captured = view.getUint32(at + RECORD.captured, little)
      if (captured > RECORD.maxCaptured) return this.lose(end)
      const next = at + headerLength + captured
      if (next > end) {
        this.wanted = headerLength + captured
        return at
      }
      const fraction = view.getUint32(at + RECORD.fraction, little)
      const nanos = fraction < units ? fraction * nanosPerUnit : 999_999_999
      sink.frame(view, at + headerLength, next, linkType, view.getUint32(at + RECORD.seconds, little), nanos)
      at = this.passPlain(view, next, end)
    }
    this.wanted = headerLength
    return at
  }

  private passPlain(view: DataView, at: number, end: number): number {
    return this.sink.plain === undefined ? at : this.sink.plain(view, at, end, this)
  }

  private lose(end: number): number {
    this.sink.damaged('impossible-record-length')
    this.lost = true
    return end
  }
}
