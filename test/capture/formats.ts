import type { TimedFrame } from '../trace.js'

/** Other capture formats than the one traces are written in, for tests of the readers. */

const PCAP_MAGIC = { micros: 0xa1b2c3d4, nanos: 0xa1b23c4d, modified: 0xa1b2cd34 } as const

interface PcapShape {
  readonly little?: boolean
  readonly magic?: keyof typeof PCAP_MAGIC
  readonly linkType?: number
}

export function asPcap(
  frames: readonly TimedFrame[],
  { little = true, magic = 'micros', linkType = 1 }: PcapShape = {},
) {
  const header = Buffer.alloc(24)
  const words = [PCAP_MAGIC[magic], 0, 0, 0, 262_144, linkType]
  const put = (buffer: Buffer, value: number, at: number) =>
    little ? buffer.writeUInt32LE(value, at) : buffer.writeUInt32BE(value, at)
  words.forEach((word, index) => {
    put(header, word, 4 * index)
  })
  const records = frames.flatMap(({ at, frame }) => {
    const record = Buffer.alloc(magic === 'modified' ? 24 : 16)
    const fraction = (at % 1_000_000) * (magic === 'nanos' ? 1000 : 1)
    ;[Math.floor(at / 1_000_000), fraction, frame.length, frame.length].forEach((word, index) => {
      put(record, word, 4 * index)
    })
    return [record, frame]
  })
  return Buffer.concat([header, ...records])
}

/** As `tcpdump -i any` of one machine has it (LINUX_SLL2): of the destination it says only that it was all, or this machine. */
export function cooked(frames: readonly TimedFrame[]): Buffer {
  const records = frames.map(({ at, frame }) => {
    const packetType = frame[0] === 0xff ? 1 : 0
    const header = [...frame.subarray(12, 14), 0, 0, 0, 0, 0, 2, 0, 1, packetType, 6, ...frame.subarray(6, 12), 0, 0]
    return { at, frame: Buffer.from([...header, ...frame.subarray(14)]) }
  })
  return asPcap(records, { linkType: 276 })
}

interface PcapngShape {
  readonly little?: boolean
  /** if_tsresol: a power of 10, or with 0x80 of 2. */
  readonly resolution?: number
  readonly offsetSeconds?: number
  readonly block?: 'enhanced' | 'simple' | 'obsolete'
  readonly linkType?: number
}

/** One section with one interface. */
export function asPcapng(frames: readonly TimedFrame[], shape: PcapngShape = {}): Buffer {
  const { little = true, resolution = 6, offsetSeconds = 0, block = 'enhanced', linkType = 1 } = shape
  const u16 = (value: number) => number(value, 2, little)
  const u32 = (value: number) => number(value, 4, little)
  const section = pcapngBlock(0x0a0d0d0a, [u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)], little)
  const offset = little ? [u32(offsetSeconds), u32(0)] : [u32(0), u32(offsetSeconds)]
  const options = [u16(9), u16(1), Buffer.from([resolution, 0, 0, 0]), u16(14), u16(8), ...offset, u16(0), u16(0)]
  const description = pcapngBlock(1, [u16(linkType), u16(0), u32(0), ...options], little)
  const packets = frames.map(({ at, frame }) => {
    const ticks = toTicks(at - offsetSeconds * 1_000_000, resolution)
    const time = [u32(Number(ticks >> 32n)), u32(Number(ticks & 0xffffffffn))]
    if (block === 'simple') return pcapngBlock(3, [u32(frame.length), frame], little)
    const id = block === 'enhanced' ? [u32(0)] : [u16(0), u16(7)]
    const type = block === 'enhanced' ? 6 : 2
    return pcapngBlock(type, [...id, ...time, u32(frame.length), u32(frame.length), frame], little)
  })
  return Buffer.concat([section, description, ...packets])
}

/** A block with its lengths before and after, padded to 32 bits. */
export function pcapngBlock(type: number, parts: readonly Uint8Array[], little = true): Buffer {
  const body = Buffer.concat(parts)
  const padding = Buffer.alloc((4 - (body.length % 4)) % 4)
  const length = number(12 + body.length + padding.length, 4, little)
  return Buffer.concat([number(type, 4, little), length, body, padding, length])
}

function toTicks(micros: number, resolution: number): bigint {
  const perSecond = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
  return (BigInt(micros) * perSecond) / 1_000_000n
}

function number(value: number, bytes: number, little: boolean): Buffer {
  const buffer = Buffer.alloc(bytes)
  if (little) buffer.writeUIntLE(value, 0, bytes)
  else buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
