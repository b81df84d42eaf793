import type { FrameSink, RecordReader } from './frame-sink.js'
import { maxCaptured } from './pcap-record.js'
import { type Clock, DEFAULT_CLOCK, Instant, ticksPerSecond } from './pcapng-clock.js'

/** draft-ietf-opsawg-pcapng section 10.1; the section header reads the same in both byte orders. */
const BLOCK = { section: 0x0a0d0d0a, interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const
/** Sections 4.7 (custom blocks, to be copied or not) and 4.8 (systemd journal): Wireshark counts them as frames. */
const COUNTED_BLOCKS: readonly number[] = [0x0bad, 0x4000_0bad, 9]
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
/** Every block: type, length, …, length again. */
const FRAME = { length: 4, byteOrder: 8, body: 8, smallest: 12, trailer: 4 } as const
/** Section 4.2, Interface Description Block, and its options. */
const INTERFACE = { linkType: 8, snapLength: 12, options: 16 } as const
const OPTION = { end: 0, timeResolution: 9, timeOffset: 14 } as const
/** Sections 4.3, 4.4 and appendix A: enhanced, simple and obsolete packet blocks. */
const PACKET = { interface: 8, timeHigh: 12, timeLow: 16, captured: 20, data: 28 } as const
const SIMPLE = { original: 8, data: 12 } as const

/** No block that we read is longer; longer ones of other types are passed over. */
const MAX_BLOCK = 4 * maxCaptured
const MAX_INTERFACES = 65_536

interface Interface extends Clock {
  readonly linkType: number
  readonly snapLength: number
}

export function isPcapng(view: DataView, at: number): boolean {
  return view.getUint32(at) === BLOCK.section
}

export class PcapngReader implements RecordReader {
  wanted: number = FRAME.smallest
  skip = 0
  lost = false
  private little = true
  private interfaces: Interface[] = []
  private readonly instant = new Instant()
  private readonly sink: FrameSink

  constructor(sink: FrameSink) {
    this.sink = sink
  }

  read(view: DataView, start: number, end: number): number {
    let at = start
    while (end - at >= FRAME.smallest) {
      const type = view.getUint32(at, this.little)
      if (type === BLOCK.section && !this.openSection(view, at)) return this.lose('bad-byte-order', end)
      const length = view.getUint32(at + FRAME.length, this.little)
      if (length < FRAME.smallest || length % 4 !== 0) return this.lose('impossible-block-length', end)
      if (length > MAX_BLOCK) {
        if (COUNTED_BLOCKS.includes(type)) this.sink.otherRecord()
        else if (isReadBlock(type)) this.sink.damaged('impossible-block-length')
        this.skip = Math.max(0, length - (end - at))
      } else if (at + length > end) {
        this.wanted = length
        return at
      } else {
        const damage = this.readBlock(type, view, at, at + length - FRAME.trailer)
        if (damage !== null) this.sink.damaged(damage)
      }
      at = Math.min(at + length, end)
    }
    this.wanted = FRAME.smallest
    return at
  }

  private openSection(view: DataView, at: number): boolean {
    const little = view.getUint32(at + FRAME.byteOrder, true) === BYTE_ORDER_MAGIC
    if (!little && view.getUint32(at + FRAME.byteOrder) !== BYTE_ORDER_MAGIC) return false
    this.little = little
    this.interfaces = []
    return true
  }

  /** `end` is where the body ends, before the length that closes every block. The answer names what is wrong with it. */
  private readBlock(type: number, view: DataView, at: number, end: number): string | null {
    switch (type) {
      case BLOCK.enhancedPacket:
      case BLOCK.obsoletePacket:
        return this.readPacket(type, view, at, end)
      case BLOCK.simplePacket:
        return this.readSimplePacket(view, at, end)
      case BLOCK.interface:
        return this.readInterface(view, at, end)
      default:
        if (COUNTED_BLOCKS.includes(type)) this.sink.otherRecord()
        return null
    }
  }

  private readPacket(type: number, view: DataView, at: number, end: number): string | null {
    if (end - at < PACKET.data) return 'truncated-block'
    const wide = type === BLOCK.enhancedPacket
    const id = at + PACKET.interface
    const from = this.interfaces[wide ? view.getUint32(id, this.little) : view.getUint16(id, this.little)]
    if (from === undefined) return 'unknown-interface'
    const captured = view.getUint32(at + PACKET.captured, this.little)
    if (captured > end - at - PACKET.data) return 'impossible-record-length'
    const { instant, little } = this
    instant.set(view.getUint32(at + PACKET.timeHigh, little), view.getUint32(at + PACKET.timeLow, little), from)
    const data = at + PACKET.data
    this.sink.frame(view, data, data + captured, from.linkType, instant.seconds, instant.nanos)
    return null
  }

  /** Simple packets belong to the first interface and carry no time: the last one known stands in. */
  private readSimplePacket(view: DataView, at: number, end: number): string | null {
    const from = this.interfaces[0]
    if (from === undefined) return 'unknown-interface'
    if (end - at < SIMPLE.data) return 'truncated-block'
    const original = view.getUint32(at + SIMPLE.original, this.little)
    const captured = Math.min(original, from.snapLength || original, end - at - SIMPLE.data)
    const data = at + SIMPLE.data
    this.sink.frame(view, data, data + captured, from.linkType, this.instant.seconds, this.instant.nanos)
    return null
  }

  private readInterface(view: DataView, at: number, end: number): string | null {
    if (end - at < INTERFACE.options) return 'truncated-block'
    if (this.interfaces.length >= MAX_INTERFACES) return 'too-many-interfaces'
    const linkType = view.getUint16(at + INTERFACE.linkType, this.little)
    const snapLength = view.getUint32(at + INTERFACE.snapLength, this.little)
    this.interfaces.push({ linkType, snapLength, ...this.readClock(view, at + INTERFACE.options, end) })
    this.sink.linkType(linkType)
    return null
  }

  private readClock(view: DataView, start: number, end: number): Clock {
    let clock = DEFAULT_CLOCK
    for (let at = start; end - at >= 4; ) {
      const code = view.getUint16(at, this.little)
      const length = view.getUint16(at + 2, this.little)
      if (code === OPTION.end || length > end - at - 4) break
      if (code === OPTION.timeResolution && length >= 1) {
        const ticks = ticksPerSecond(view.getUint8(at + 4))
        if (ticks === null) this.sink.damaged('impossible-time-resolution')
        else clock = { ...clock, ticksPerSecond: ticks }
      }
      if (code === OPTION.timeOffset && length >= 8)
        clock = { ...clock, offsetSeconds: Number(view.getBigInt64(at + 4, this.little)) }
      at += 4 + Math.ceil(length / 4) * 4
    }
    return clock
  }

  private lose(reason: string, end: number): number {
    this.sink.damaged(reason)
    this.lost = true
    return end
  }
}

function isReadBlock(type: number): boolean {
  return (
    type === BLOCK.enhancedPacket ||
    type === BLOCK.obsoletePacket ||
    type === BLOCK.simplePacket ||
    type === BLOCK.interface
  )
}
