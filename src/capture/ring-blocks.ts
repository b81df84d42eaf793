import { PCAP_RECORD_HEADER_LENGTH, setPcapRecord } from '../wire/write-pcap.js'

/** linux/if_packet.h, all least significant byte first: struct tpacket_block_desc, and struct tpacket3_hdr before each frame. */
const BLOCK = { frames: 12, firstAt: 16, length: 20, headerBytes: 48 } as const
const FRAME = {
  next: 0,
  seconds: 4,
  nanos: 8,
  captured: 12,
  original: 16,
  status: 20,
  mac: 24,
  tag: 32,
  tagType: 36,
  headerBytes: 48,
} as const
/** The kernel took a tag off the frame; it says which EtherType the tag had. */
const [TAGGED, TYPED] = [0x10, 0x40]
const TAG_BYTES = 4
/** Both addresses: a tag comes behind them. */
const TAG_AT = 12
const VLAN = 0x8100
/** The header of pcap, which comes before the first block. */
const PCAP_HEADER_BYTES = 24

/**
 * Makes pcap of what the programs of ring-listeners.ts write. In the memory of each chunk, which therefore is used up: a record is
 * shorter in pcap.
 */
export async function* pcapOfBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const blocks = new Blocks()
  for await (const chunk of chunks) {
    const pcap = blocks.take(chunk)
    if (pcap.length > 0) yield pcap
  }
}

class Blocks {
  private isBegun = false
  /** Frames of the open block that are to come, and all its bytes that are. */
  private frames = 0
  private left = 0
  /** The begin of what is not whole yet. */
  private rest: Uint8Array = new Uint8Array(0)

  take(chunk: Uint8Array): Uint8Array {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let [read, written] = [0, 0]
    if (!this.isBegun && bytes.length >= PCAP_HEADER_BYTES) {
      this.isBegun = true
      read = written = PCAP_HEADER_BYTES
    }
    while (this.isBegun) {
      const length = this.length(view, read)
      if (read + length > bytes.length) break
      if (this.frames > 0) written = this.frame(bytes, view, read, written)
      else this.open(view, read, length)
      read += length
    }
    this.rest = bytes.subarray(read)
    return bytes.subarray(0, written)
  }

  /** Of what comes next: a frame of the open block, its end, or the head of another; more than there can be where that is not known yet. */
  private length(view: DataView, at: number): number {
    if (this.frames === 0) return this.left > 0 ? this.left : this.headLength(view, at)
    if (at + FRAME.headerBytes > view.byteLength) return Number.POSITIVE_INFINITY
    return view.getUint32(at + FRAME.next, true) || this.left
  }

  private headLength(view: DataView, at: number): number {
    if (at + BLOCK.headerBytes > view.byteLength) return Number.POSITIVE_INFINITY
    return view.getUint32(at + BLOCK.firstAt, true)
  }

  private open(view: DataView, at: number, length: number): void {
    if (this.left > 0) {
      this.left = 0
      return
    }
    this.frames = view.getUint32(at + BLOCK.frames, true)
    this.left = view.getUint32(at + BLOCK.length, true) - length
  }

  /** Answers where the next record goes. */
  private frame(bytes: Uint8Array, view: DataView, at: number, to: number): number {
    const word = (field: number) => view.getUint32(at + field, true)
    const [next, captured, original, status] = [
      word(FRAME.next),
      word(FRAME.captured),
      word(FRAME.original),
      word(FRAME.status),
    ]
    const micros = word(FRAME.seconds) * 1_000_000 + Math.floor(word(FRAME.nanos) / 1000)
    const from = at + view.getUint16(at + FRAME.mac, true)
    const tag = word(FRAME.tag)
    const type = (status & TYPED) === 0 ? VLAN : view.getUint16(at + FRAME.tagType, true)
    const tagBytes = (status & TAGGED) === 0 ? 0 : TAG_BYTES
    setPcapRecord(view, to, micros, captured + tagBytes, original + tagBytes)
    const put = to + PCAP_RECORD_HEADER_LENGTH
    bytes.copyWithin(put, from, from + TAG_AT)
    if (tagBytes > 0) {
      view.setUint16(put + TAG_AT, type)
      view.setUint16(put + TAG_AT + 2, tag)
    }
    bytes.copyWithin(put + TAG_AT + tagBytes, from + TAG_AT, from + captured)
    this.frames -= 1
    this.left -= next || this.left
    return put + captured + tagBytes
  }
}
