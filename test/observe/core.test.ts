import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as FLOW from '../../src/observe/columns/flow.js'
import * as REGION from '../../src/observe/columns/regions.js'
import * as WAITING from '../../src/observe/columns/waiting.js'
import { Core } from '../../src/observe/core.js'
import { Observer } from '../../src/observe/observer.js'
import { arpReply, arpRequest, gratuitousArp, writeArp } from '../../src/wire/write-arp.js'
import { asPcap } from '../capture/formats.js'
import { parseTrace, type TimedFrame, TRACE_START } from '../trace.js'

/** What the core reads by itself must come to the same as what is decoded frame by frame, src/wire's way. */

const VIP = 0x0a00_00f0
const station = (number: number) => ({ mac: 0x0200_0000_0000 + number, ip: 0x0a00_00e8 + number })

function facts(capture: Uint8Array, core?: Core) {
  const observer = new Observer({ asked: [VIP], allAddresses: true }, core)
  observer.push(capture)
  return observer.finish()
}

/** Requests, answers, probes and announcements of a few stations; gaps around all the limits of time that there are. */
const frames = fc
  .array(
    fc.record({
      kind: fc.constantFrom('ask', 'answer', 'probe', 'garp', 'unicast', 'odd'),
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
  const [one, other] = [station(from), station(to)]
  if (kind === 'answer') return arpReply(one, other)
  if (kind === 'garp') return gratuitousArp(one, { oper: 1 + (to % 2) })
  if (kind === 'probe') return arpRequest({ ...one, ip: 0 }, other.ip)
  const request = { oper: kind === 'odd' ? 8 : 1, sha: one.mac, spa: one.ip, tha: 0, tpa: other.ip }
  return writeArp({ ...request, ethSrc: one.mac, ethDst: kind === 'ask' ? 0xffff_ffff_ffff : other.mac })
}

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

  it('keeps nothing of what it was used for before', () => {
    const storm = Array.from({ length: 40_000 }, (_, n) => ({
      at: TRACE_START + 5 * n,
      frame: arpReply({ mac: 0x0200_0000_0000 + n, ip: 0x0b00_0000 + n }, station(1)),
    }))
    const quiet = asPcap(parseTrace('0 ask 01/10.0.0.1 -> 10.0.0.240\n0.2 answer 02/10.0.0.240 -> 01/10.0.0.1'))
    const core = new Core()
    expect(facts(asPcap(storm), core).capture.arp).toBe(40_000)
    expect(facts(quiet, core)).toEqual(facts(quiet))
  })
})
