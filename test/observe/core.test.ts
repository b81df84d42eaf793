import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as FLOW from '../../src/observe/columns/flow.js'
import * as KNOWN_FRAME from '../../src/observe/columns/known-frame.js'
import * as REGION from '../../src/observe/columns/region.js'
import * as WAITING from '../../src/observe/columns/waiting.js'
import { Core } from '../../src/observe/core.js'
import { Observer } from '../../src/observe/observer.js'
import { arpReply, arpRequest, gratuitousArp, writeArp } from '../../src/wire/write-arp.js'
import { advertisement, lookForDuplicate, solicitation } from '../../src/wire/write-discovery.js'
import { asPcap } from '../capture/formats.js'
import { parseTrace, type TimedFrame, TRACE_START } from '../trace.js'

/** What the core reads by itself must come to the same as what is decoded frame by frame, src/wire's way. */

const VIP = 0x0a00_00f0
const station = (number: number) => ({ mac: 0x0200_0000_0000 + number, ip: 0x0a00_00e8 + number })

const station6 = (number: number) => ({
  mac: 0x0200_0000_0000 + number,
  ip: (0x20010db8n << 96n) + BigInt(0xe8 + number),
})

function facts(capture: Uint8Array, core?: Core) {
  const observer = new Observer({ asked: [VIP, station6(8).ip], allAddresses: true }, core)
  observer.push(capture)
  return observer.finish()
}

/** Requests, answers, probes and announcements of a few stations; gaps around all the limits of time that there are. */
const frames = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        'ask',
        'answer',
        'probe',
        'garp',
        'unicast',
        'odd',
        'ask6',
        'answer6',
        'look6',
        'garp6',
        'unicast6',
      ),
      from: fc.nat(8),
      to: fc.nat(8),
      gap: fc.constantFrom(0, 1, 300, 9_999, 100_000, 101_000, 999_999, 2_000_000, -50, -1_500_000),
      times: fc.constantFrom(1, 1, 1, 60),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = TRACE_START
    return steps.flatMap(({ kind, from, to, gap, times }) =>
      Array.from({ length: times }, (): TimedFrame => {
        at = Math.max(at + gap, TRACE_START)
        return { at, frame: frameOf(kind, from, to) }
      }),
    )
  })

function frameOf(kind: string, from: number, to: number): Uint8Array {
  if (kind.endsWith('6')) return discoveryOf(kind, from, to)
  const [one, other] = [station(from), station(to)]
  if (kind === 'answer') return arpReply(one, other)
  if (kind === 'garp') return gratuitousArp(one, { oper: 1 + (to % 2) })
  if (kind === 'probe') return arpRequest({ ...one, ip: 0 }, other.ip)
  const request = { oper: kind === 'odd' ? 8 : 1, sha: one.mac, spa: one.ip, tha: 0, tpa: other.ip }
  return writeArp({ ...request, ethSrc: one.mac, ethDst: kind === 'ask' ? 0xffff_ffff_ffff : other.mac })
}

function discoveryOf(kind: string, from: number, to: number): Uint8Array {
  const [one, other] = [station6(from), station6(to)]
  if (kind === 'answer6') return advertisement(one, other, { flags: 0x40 + 0x20 * (to % 2) })
  if (kind === 'garp6') return advertisement(one, null, { flags: 0x20 })
  if (kind === 'look6') return lookForDuplicate(one.mac, other.ip)
  return solicitation(one, other.ip, kind === 'ask6' ? {} : { to: other.mac })
}

/** All that has rows of its own: changes of hands, loops, latencies, other Ethernet sources, kept exchanges with answers. */
const busy = (rounds: number) =>
  parseTrace(`
  0 ask 01/10.0.0.1 -> 10.0.0.240 repeat ${rounds} every 0.01
  0.0001 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat ${rounds} every 0.01
  0.0002 05>* answer 03/10.0.0.240 -> 01/10.0.0.1 repeat ${rounds} every 0.01
  0.0003 06>* garp 03/10.0.0.241 repeat ${2 * rounds} every 0.005
  0.0004 garp 04/10.0.0.241 repeat ${2 * rounds} every 0.005
  0.4 ask 01/2001:db8::1 -> 2001:db8::f0 repeat ${rounds} every 0.01
  0.4001 answer 02/2001:db8::f0 -> 01/2001:db8::1 repeat ${rounds} every 0.01
  0.4002 probe 07 -> 10.0.0.240 repeat 9 every 0.1`)

/** The same frame with a priority tag (VID 0), which is no VLAN but which the core does not read. */
function tagged({ at, frame }: TimedFrame): TimedFrame {
  return { at, frame: Buffer.concat([frame.subarray(0, 12), Buffer.from([0x81, 0, 0, 0]), frame.subarray(12)]) }
}

describe('core', () => {
  it('has rows of flows where the queue can have bits of its own in their addresses', () => {
    const rows = [REGION.flowsAt, FLOW.width * 4]
    expect(rows.map((place) => place & WAITING.whatMask)).toEqual([0, 0])
  })

  it('folds plain frames as it folds decoded ones', () => {
    const core = new Core()
    fc.assert(
      fc.property(frames, (plain) => {
        expect(facts(asPcap(plain), core)).toEqual(facts(asPcap(plain.map(tagged)), core))
      }),
      { numRuns: 300 },
    )
  })

  it('reads both byte orders, and every kind of record, alike', () => {
    const plain = parseTrace(`
      0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 40 every 0.001
      0.0005 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 40 every 0.001
      2 garp 03/10.0.0.240`)
    const expected = facts(asPcap(plain))
    expect(expected.wiresharkStorms).toMatchObject({ count: 1 })
    for (const little of [true, false]) {
      for (const magic of ['micros', 'nanos', 'modified'] as const)
        expect(facts(asPcap(plain, { little, magic }))).toEqual(expected)
    }
  })

  it('keeps nothing of what it was used for before, wherever that ended', () => {
    const core = new Core()
    const [before, after] = [fc.tuple(fc.boolean(), frames), frames]
    const used = { changes: 0, loops: 0, exchanges: 0 }
    fc.assert(
      fc.property(before, after, ([isEnded, first], second) => {
        const observer = new Observer({ asked: [VIP], allAddresses: true }, core)
        observer.push(asPcap([...busy(90), ...first]))
        if (isEnded) observer.finish()
        const capture = asPcap([...second, ...busy(40)])
        const seen = facts(capture, core)
        expect(seen).toEqual(facts(capture))
        for (const { changes, exchanges } of seen.addresses) {
          used.changes += changes
          used.exchanges += exchanges.length
        }
        used.loops += seen.loops.length
      }),
      { numRuns: 60 },
    )
    expect(Object.values(used).filter((count) => count === 0)).toEqual([])
  })

  it('keeps nothing of a flood either', () => {
    const storm = Array.from({ length: 40_000 }, (_, n) => ({
      at: TRACE_START + 5 * n,
      frame: arpReply({ mac: 0x0200_0000_0000 + n, ip: 0x0b00_0000 + n }, station(1)),
    }))
    const quiet = asPcap(parseTrace('0 ask 01/10.0.0.1 -> 10.0.0.240\n0.2 answer 02/10.0.0.240 -> 01/10.0.0.1'))
    const core = new Core()
    expect(facts(asPcap(storm), core).capture.arp).toBe(40_000)
    expect(facts(quiet, core)).toEqual(facts(quiet))
    const again = asPcap(storm.slice(-3000).reverse())
    expect(facts(again, core)).toEqual(facts(again))
    const discovered = Array.from({ length: 6000 }, (_, n) => ({
      at: TRACE_START + 5 * n,
      frame: solicitation({ ...station6(1), mac: 0x0200_0000_0000 + n }, station6(n % 9).ip),
    }))
    facts(asPcap(discovered), core)
    const reversed = asPcap(discovered.toReversed())
    expect(facts(reversed, core)).toEqual(facts(reversed))
  })

  it.each([
    ['ARP', (n: number) => arpReply({ mac: 0x0200_0000_0000 + n, ip: 0x0b00_0000 + (n % 9) }, station(1))],
    [
      'neighbour discovery',
      (n: number) => solicitation({ ...station6(1), mac: 0x0200_0000_0000 + n }, station6(n % 9).ip),
    ],
  ])('counts each frame of a flood of %s that comes again, when there is no room to know all of them', (_, frameOf) => {
    const flood = Array.from({ length: REGION.maxFlows + 5000 }, (__, n) => frameOf(n))
    const all = [...flood, ...flood.toReversed(), ...flood].map((frame, n) => ({ at: TRACE_START + 5 * n, frame }))
    const { requests, replies, nd } = facts(asPcap(all)).capture
    expect(requests + replies + nd.neighborSolicitations).toBe(all.length)
  })

  it('knows a flood of neighbour discovery that comes again, frame by frame', () => {
    const number = REGION.maxFlows + 5000
    const flood = Array.from({ length: number }, (_, n) =>
      solicitation({ ...station6(1), mac: 0x0200_0000_0000 + n }, station6(8 + (n % 8)).ip),
    )
    const all = [...flood, ...flood.toReversed(), ...flood].map((frame, n) => ({ at: TRACE_START + 5 * n, frame }))
    const core = new Core()
    const { addresses } = facts(asPcap(all), core)
    expect(addresses.reduce((sum, { asks }) => sum + asks.broadcast.sent, 0)).toBe(all.length / 8)
    const sources = Array.from({ length: 1000 }, (_, row) =>
      core.bytes.getUint32(REGION.knownFramesAt + row * KNOWN_FRAME.rowBytes + 22),
    )
    expect(new Set(sources)).toEqual(new Set([0x20010db8]))
  })

  it('hands no place of the queue on', () => {
    const core = new Core()
    const observer = new Observer({ asked: [VIP], allAddresses: true }, core)
    core.run.share()
    observer.push(asPcap(busy(9)))
    core.run.publish()
    const ends = () => [REGION.queueTailAt, REGION.queueHeadAt].map((at) => core.ints[at / 4])
    core.ints[REGION.queueHeadAt / 4] = 5
    expect(ends()[0]).toBeGreaterThan(0)
    core.reset()
    expect(ends()).toEqual([0, 0])
  })
})
