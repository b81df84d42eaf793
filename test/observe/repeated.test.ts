import { describe, expect, it } from 'vitest'
import { observe } from '../../src/observe/observer.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { asPcap } from '../capture/formats.js'
import { framesToPcap, parseTrace, type TimedFrame } from '../trace.js'

const VIP = parseIpv4('10.0.0.240')!
const TRACE = `
  0      ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 1
  0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 4 every 1
  4      garp 02/10.0.0.240 repeat 3 every 1`

async function facts(bytes: Uint8Array, first = bytes.length) {
  const chunks = (async function* () {
    yield bytes.subarray(0, first)
    yield bytes.subarray(first)
  })()
  return observe(chunks, { asked: [VIP], allAddresses: false })
}

const again = (times: number, change = (frame: Uint8Array) => frame, trace = TRACE) =>
  parseTrace(trace).flatMap(({ at, frame }) =>
    Array.from({ length: times }, (_, n) => ({ at: at + 7 * n, frame: n === 0 ? frame : change(frame) })),
  )

const padded = (frame: Uint8Array) => Buffer.concat([frame, Buffer.alloc(60 - frame.length)])

/** LINUX_SLL2: a frame that came in at one interface of a bridge, and went to its others: a broadcast to all of them. */
function atEachInterface({ at, frame }: TimedFrame): TimedFrame[] {
  const isBroadcast = frame[0] === 0xff
  const places = isBroadcast ? [2, 5, 7, 8] : [2, 7]
  return places.map((place, n) => {
    const packetType = n > 0 ? 4 : isBroadcast ? 1 : 3
    const header = [
      ...frame.subarray(12, 14),
      0,
      0,
      0,
      0,
      0,
      place,
      0,
      1,
      packetType,
      6,
      ...frame.subarray(6, 12),
      0,
      0,
    ]
    return { at: at + 3 * n, frame: Buffer.from([...header, ...frame.subarray(14)]) }
  })
}

describe('a capture that repeats its frames', () => {
  it.each([
    ['a mirror port of both directions', framesToPcap(again(2)), 1],
    ['three ports of it', framesToPcap(again(3)), 2],
    ['copies with padding', framesToPcap(again(2, padded)), 1],
  ])('is counted once each: %s', async (_, bytes, copies) => {
    const { capture, addresses } = await facts(bytes)
    expect([capture.frames, capture.copies, capture.arp]).toEqual([11 * (1 + copies), 11 * copies, 11])
    expect(addresses[0]!.asks.broadcast).toEqual({ sent: 4, answered: 4 })
    expect(addresses[0]!.claims[0]).toMatchObject({ gratuitous: 3, replies: 4 })
    // frames keep the numbers that they have in the file
    expect(addresses[0]!.exchanges[1]!.frame).toBe(1 + 2 * (1 + copies))
  })

  it('is counted once each where one of the senders repeats itself, too', async () => {
    const bursts = '7 garp 02/10.0.0.240 repeat 2 every 0.00001\n9 garp 02/10.0.0.240 repeat 4 every 0.002'
    const { capture, addresses } = await facts(framesToPcap(again(2, undefined, `${TRACE}\n${bursts}`)))
    expect([capture.copies, addresses[0]!.claims[0]!.gratuitous]).toEqual([17, 9])
  })

  it('is counted once each where `any` shows frames at several interfaces', async () => {
    // as of a pipe, whose first bytes are the header alone
    const bytes = asPcap(parseTrace(TRACE).flatMap(atEachInterface), { linkType: 276 })
    const { capture, addresses } = await facts(bytes, 24)
    expect([capture.frames, capture.copies]).toEqual([36, 25])
    expect(addresses[0]!.asks.broadcast).toEqual({ sent: 4, answered: 4 })
    expect(addresses[0]!.claims[0]).toMatchObject({ gratuitous: 3, replies: 4 })
  })
})

describe('frames of the same bytes that are no copies', () => {
  it.each([
    ['a client that asks twice and has one answer', `${TRACE}\n0.0001 ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 1`],
    ['floods', '0 garp 02/10.0.0.240 repeat 900 every 0.0007\n0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 900 every 0.0007'],
    ['a loop of broadcasts', `${TRACE}\n7 ask 01/10.0.0.1 -> 10.0.0.240 repeat 2 every 0.0001`],
    [
      'bursts of one announcer',
      '0 garp 02/10.0.0.240 repeat 2 every 0.0001\n5 garp 02/10.0.0.240 repeat 2 every 0.0001',
    ],
  ])('count: %s', async (_, trace) => {
    const frames = parseTrace(trace)
    const { capture } = await facts(framesToPcap(frames))
    expect([capture.copies, capture.arp]).toEqual([0, frames.length])
  })

  it('count: what comes back at the interface where it went out', async () => {
    const back = parseTrace(TRACE).flatMap((one) => {
      const [out] = atEachInterface(one)
      const back = Uint8Array.from(out!.frame)
      out!.frame[10] = 4
      return [out!, { at: one.at + 5, frame: back }]
    })
    expect((await facts(asPcap(back, { linkType: 276 }))).capture).toMatchObject({ copies: 0, arp: 22 })
  })
})
