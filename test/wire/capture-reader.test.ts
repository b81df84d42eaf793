import { describe, expect, it } from 'vitest'
import { CaptureReader } from '../../src/wire/capture-reader.js'
import type { FrameSink } from '../../src/wire/frame-sink.js'
import { asPcap, asPcapng, pcapngBlock } from '../capture/formats.js'
import { parseTrace, TRACE_START, traceToPcap } from '../trace.js'

const START = TRACE_START / 1_000_000
const FRAMES = parseTrace('0.000001 garp 02/10.0.0.240\n1.5 garp 03/10.0.0.241 vlan 7')

/** Everything a reader said, in words. */
class Listener implements FrameSink {
  readonly heard: string[] = []
  frame(_: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.heard.push(`${end - start}b link ${linkType} at ${seconds - START}.${String(nanos).padStart(9, '0')}`)
  }
  otherRecord(): void {
    this.heard.push('other')
  }
  linkType(linkType: number): void {
    this.heard.push(`link ${linkType}`)
  }
  damaged(reason: string): void {
    this.heard.push(reason)
  }
}

function read(bytes: Uint8Array, chunk = bytes.length) {
  const listener = new Listener()
  const reader = new CaptureReader(listener)
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.slice(at, at + chunk))
  return { heard: listener.heard, ...reader.finish() }
}

const BOTH = ['link 1', '42b link 1 at 0.000001000', '46b link 1 at 1.500000000']

describe('CaptureReader', () => {
  const orders = [{ little: true }, { little: false }]
  it.each<readonly [string, Uint8Array]>([
    ...orders.flatMap((order) => [
      ['pcap', asPcap(FRAMES, order)] as const,
      ['pcap in nanoseconds', asPcap(FRAMES, { ...order, magic: 'nanos' })] as const,
      ['modified pcap', asPcap(FRAMES, { ...order, magic: 'modified' })] as const,
      ['pcapng', asPcapng(FRAMES, order)] as const,
      ['pcapng in nanoseconds', asPcapng(FRAMES, { ...order, resolution: 9 })] as const,
      ['pcapng in tenths of a nanosecond', asPcapng(FRAMES, { ...order, resolution: 10 })] as const,
      [
        'pcapng in picoseconds since the start',
        asPcapng(FRAMES, { ...order, resolution: 12, offsetSeconds: START }),
      ] as const,
      ['pcapng, obsolete packet blocks', asPcapng(FRAMES, { ...order, block: 'obsolete' })] as const,
      ['pcapng, time offset', asPcapng(FRAMES, { ...order, offsetSeconds: 1000 })] as const,
    ]),
    [
      'pcapng, several sections',
      Buffer.concat([asPcapng(FRAMES.slice(0, 1)), asPcapng(FRAMES.slice(1), { little: false })]),
    ],
  ])('reads %s, whole and byte by byte', (name, bytes) => {
    const expected = name.includes('sections') ? [BOTH[0], BOTH[1], BOTH[0], BOTH[2]] : BOTH
    expect(read(bytes)).toEqual({ heard: expected, truncated: false })
    expect(read(bytes, 1)).toEqual({ heard: expected, truncated: false })
    expect(read(bytes, 37)).toEqual({ heard: expected, truncated: false })
  })

  it('reads time in powers of two, and simple packets with the last time known', () => {
    const { heard } = read(asPcapng(FRAMES.slice(1), { resolution: 0x80 | 20 }))
    expect(heard).toEqual(['link 1', '46b link 1 at 1.500000000'])
    expect(read(asPcapng(FRAMES, { block: 'simple' })).heard).toHaveLength(3)
  })

  it.each([1, 15, 16, 40])('stops at the last whole frame of a file cut by %i bytes', (cut) => {
    const bytes = traceToPcap('0 garp 02/10.0.0.240 repeat 2 every 1')
    expect(read(bytes.subarray(0, bytes.length - cut))).toEqual({
      heard: ['link 1', '42b link 1 at 0.000000000'],
      truncated: true,
    })
    const blocks = asPcapng(FRAMES)
    expect(read(blocks.subarray(0, blocks.length - cut), 5)).toMatchObject({ heard: BOTH.slice(0, 2), truncated: true })
  })

  it('gives up at a length that no record has, and keeps what came before', () => {
    const bytes = Buffer.concat([asPcap(FRAMES), Buffer.alloc(16, 0xff)])
    expect(read(bytes)).toEqual({ heard: [...BOTH, 'impossible-record-length'], truncated: true })
    const blocks = Buffer.concat([asPcapng(FRAMES), Buffer.from('0600000003000000ffffffff', 'hex')])
    expect(read(blocks, 3)).toEqual({ heard: [...BOTH, 'impossible-block-length'], truncated: true })
  })

  it('passes over blocks of other types, however long, and counts custom blocks as Wireshark does', () => {
    const long = pcapngBlock(0x7777, [Buffer.alloc(2 * 1024 * 1024)])
    const bytes = Buffer.concat([asPcapng(FRAMES), long, pcapngBlock(0xbad, [Buffer.alloc(4)]), long])
    expect(read(bytes, 100_000)).toEqual({ heard: [...BOTH, 'other'], truncated: false })
    expect(read(bytes)).toEqual(read(bytes, 100_000))
  })

  it('names blocks that are not what they say', () => {
    const start = asPcapng([])
    const with_ = (type: number, body: string) =>
      read(Buffer.concat([start, pcapngBlock(type, [Buffer.from(body, 'hex')])]))
    expect(with_(6, `01000000${'00'.repeat(16)}`).heard.at(-1)).toBe('unknown-interface')
    expect(with_(6, '0000000000').heard.at(-1)).toBe('truncated-block')
    expect(with_(6, `${'00'.repeat(12)}ffff0000${'00'.repeat(4)}`).heard.at(-1)).toBe('impossible-record-length')
    expect(with_(1, '0100').heard.at(-1)).toBe('truncated-block')
    const badOrder = Buffer.concat([start, pcapngBlock(0x0a0d0d0a, [Buffer.from('00000000', 'hex')])])
    expect(read(badOrder)).toEqual({ heard: ['link 1', 'bad-byte-order'], truncated: true })
  })

  it('says so when there is no capture at all', () => {
    expect(() => read(new Uint8Array())).toThrow('the capture is empty (0 bytes)')
    expect(() => read(Buffer.from('GIF89a'))).toThrow('not a capture: it starts with 47 49 46 38')
    expect(() => read(Buffer.from('GI'))).toThrow('not a capture: it starts with 47 49')
  })
})
