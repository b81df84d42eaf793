import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../src/probe/plan.js'
import { ProbePlan } from '../../src/probe/plan.js'
import { frameFor, runPlan } from '../../src/probe/run.js'
import { BROADCAST_MAC } from '../../src/wire/mac.js'

const [VIP, OWN, MAC, HOST] = [0x0a4d00f0, 0x0a4d0064, 0x020000000100, 0x020000000011]

/** Fields of an untagged frame at their RFC 826 places. */
function read(frame: Uint8Array) {
  const view = new DataView(frame.buffer, frame.byteOffset)
  const mac = (offset: number) => view.getUint16(offset) * 2 ** 32 + view.getUint32(offset + 2)
  return {
    ethDst: mac(0),
    ethSrc: mac(6),
    oper: view.getUint16(20),
    sha: mac(22),
    spa: view.getUint32(28),
    tpa: view.getUint32(38),
  }
}

const sending = { ethSrc: MAC, sha: MAC, oper: 1, tpa: VIP }

describe('frameFor', () => {
  it.each<[Ask, object]>([
    [
      { vip: VIP, mode: 'broadcast', to: null },
      { ethDst: BROADCAST_MAC, spa: OWN },
    ],
    [
      { vip: VIP, mode: 'probe', to: null },
      { ethDst: BROADCAST_MAC, spa: 0 },
    ],
    [
      { vip: VIP, mode: 'probe', to: HOST },
      { ethDst: HOST, spa: 0 },
    ],
    [
      { vip: VIP, mode: 'unicast', to: HOST },
      { ethDst: HOST, spa: OWN },
    ],
  ])('puts %o on the wire', (ask, fields) => {
    expect(read(frameFor(ask, { mac: MAC, ips: [OWN] }))).toEqual({ ...sending, ...fields })
  })

  it('asks for an address of our own with another one of ours', () => {
    expect(read(frameFor({ vip: VIP, mode: 'broadcast', to: null }, { mac: MAC, ips: [VIP, OWN] })).spa).toBe(OWN)
  })

  it('is never a gratuitous ARP, whatever we own and ask for', () => {
    const few = fc.integer({ min: 1, max: 3 })
    const mode = fc.constantFrom<Ask['mode']>('broadcast', 'probe', 'unicast')
    fc.assert(
      fc.property(few, fc.array(few), mode, fc.option(few), (vip, ips, asked, to) => {
        const { spa, tpa, oper } = read(frameFor({ vip, mode: asked, to }, { mac: MAC, ips }))
        expect(oper).toBe(1)
        expect(spa).not.toBe(tpa)
      }),
    )
  })
})

describe('runPlan', () => {
  const options = { vips: [VIP], rounds: 3, intervalMs: 200, framesPerSecond: 10, forMs: null, suspects: [] }

  it('sends what the plan says and sleeps in between', async () => {
    let now = 0
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      },
    }
    const sent: number[] = []
    await runPlan(
      new ProbePlan(options, () => []),
      { mac: MAC, ips: [OWN] },
      () => sent.push(now),
      clock,
      new AbortController().signal,
    )
    expect(sent).toEqual([0, 100, 200, 300, 400])
    expect(now).toBe(1400)
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const clock = { now: () => 0, sleep: async () => stop.abort() }
    const sent: Uint8Array[] = []
    await runPlan(
      new ProbePlan(options, () => []),
      { mac: MAC, ips: [OWN] },
      (frame) => sent.push(frame),
      clock,
      stop.signal,
    )
    expect(sent).toHaveLength(1)
  })
})
