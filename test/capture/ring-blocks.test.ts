import { describe, expect, it } from 'vitest'
import { pcapOfBlocks } from '../../src/capture/ring-blocks.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'

const [TAGGED, TYPED] = [0x10, 0x40]
const [MAC_AT, FRAME_HEADER, BLOCK_HEADER] = [82, 48, 48]
const AT = Date.UTC(2026, 0, 1) * 1000 + 123_456

interface Heard {
  readonly frame: Uint8Array
  /** Of the tag that the kernel took off: its EtherType (null: it does not say) and what it says. */
  readonly tag?: readonly [type: number | null, tci: number]
}

const frame = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => (from + at) & 0xff)
const padded = (length: number) => (length + 15) & ~15

/** As the kernel lays out a block (linux/if_packet.h): all frames but the last say where the next one begins. */
function block(heard: readonly Heard[]): Buffer {
  const records = heard.map(({ frame: bytes, tag }, at) => {
    const record = Buffer.alloc(padded(MAC_AT + bytes.length))
    const words = [at === heard.length - 1 ? 0 : record.length, Math.floor(AT / 1e6), (AT % 1e6) * 1000 + 789]
    const status = tag === undefined ? 1 : TAGGED | (tag[0] === null ? 0 : TYPED)
    for (const [index, word] of [...words, bytes.length, bytes.length + 100, status].entries())
      record.writeUInt32LE(word, 4 * index)
    record.writeUInt16LE(MAC_AT, 24)
    record.writeUInt32LE(tag?.[1] ?? 0, 32)
    record.writeUInt16LE(tag?.[0] ?? 0, 36)
    record.set(bytes, MAC_AT)
    return record
  })
  const head = Buffer.alloc(BLOCK_HEADER)
  const all = Buffer.concat([head, ...records])
  for (const [at, word] of [
    [0, 2],
    [8, 1],
    [12, heard.length],
    [16, BLOCK_HEADER],
    [20, all.length],
  ] as const)
    all.writeUInt32LE(word, at)
  return all
}

/** What pcap has of it. */
function record({ frame: bytes, tag }: Heard): Uint8Array {
  const head = Buffer.alloc(4)
  if (tag) head.writeUInt16BE(tag[0] ?? 0x8100)
  if (tag) head.writeUInt16BE(tag[1], 2)
  const whole = Buffer.concat([bytes.subarray(0, 12), tag ? head : head.subarray(4), bytes.subarray(12)])
  const all = Buffer.from(pcapRecord(AT, whole))
  all.writeUInt32LE(whole.length + 100, 12)
  return all
}

async function converted(chunks: readonly Uint8Array[]): Promise<Buffer> {
  const given = async function* () {
    yield* chunks.map((chunk) => Uint8Array.from(chunk))
  }
  const pcap: Buffer[] = []
  for await (const chunk of pcapOfBlocks(given())) pcap.push(Buffer.from(chunk))
  return Buffer.concat(pcap)
}

describe('pcapOfBlocks', () => {
  const heard: Heard[][] = [
    [{ frame: frame(42, 1) }, { frame: frame(60, 50), tag: [0x88a8, 0x2064] }, { frame: frame(512, 3) }],
    [{ frame: frame(60, 9), tag: [null, 7] }],
  ]
  const stream = Buffer.concat([pcapHeader(), ...heard.map(block)])
  const expected = Buffer.concat([pcapHeader(), ...heard.flat().map(record)])

  it('has each frame with its time and its length, and the tag that the kernel took off', async () => {
    expect(await converted([stream])).toEqual(expected)
  })

  it('takes a stream that is cut anywhere', async () => {
    for (let at = 0; at <= stream.length; at++)
      expect((await converted([stream.subarray(0, at), stream.subarray(at)])).equals(expected), `cut at ${at}`).toBe(
        true,
      )
    expect(await converted(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  it('has the whole frames of a stream that ends within one', async () => {
    const [first] = heard[0]!.map(record)
    const end = pcapHeader().length + BLOCK_HEADER + FRAME_HEADER + MAC_AT + 42 + 20
    expect(await converted([stream.subarray(0, end)])).toEqual(Buffer.concat([pcapHeader(), first!]))
  })
})
