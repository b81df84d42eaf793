import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../src/probe/plan.js'
import { ProbePlan } from '../../src/probe/plan.js'
import { type Asker, frameFor, runPlan } from '../../src/probe/run.js'
import { DISCOVERIES, DiscoveryDecoder } from '../../src/wire/discovery-decoder.js'
import { parseIp } from '../../src/wire/ip.js'
import { BROADCAST_MAC } from '../../src/wire/mac.js'

const [VIP, OWN, MAC, HOST] = [0x0a4d00f0, 0x0a4d0064, 0x020000000100, 0x020000000011]

const ASKER: Asker = { mac: MAC, addressesFor: () => [OWN] }

/** Fields of an untagged frame at their RFC 826 places. */
function read(frame: Uint8Array | null) {
  if (frame === null) throw new Error('no frame')
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
    expect(read(frameFor(ask, ASKER))).toEqual({ ...sending, ...fields })
  })

  it('is a probe where no address of ours may be named', () => {
    expect(read(frameFor({ vip: VIP, mode: 'broadcast', to: null }, { mac: MAC, addressesFor: () => [] })).spa).toBe(0)
  })

  it('is never a gratuitous ARP, whatever we own and ask for', () => {
    const few = fc.integer({ min: 1, max: 3 })
    const mode = fc.constantFrom<Ask['mode']>('broadcast', 'probe', 'unicast')
    fc.assert(
      fc.property(few, fc.option(few), mode, fc.option(few), (vip, own, asked, to) => {
        const { spa, tpa, oper } = read(
          frameFor(
            { vip, mode: asked, to },
            {
              mac: MAC,
              addressesFor: () => (own === null ? [] : [own]),
            },
          ),
        )
        expect(oper).toBe(1)
        expect(spa).not.toBe(tpa)
      }),
    )
  })
})

/** What a kernel would make of it: 0 is no neighbour discovery that counts. */
function discovery(frame: Uint8Array) {
  const view = new DataView(frame.buffer, frame.byteOffset)
  const decoder = new DiscoveryDecoder()
  const outcome = decoder.decode(view, 14, frame.length)
  const ip = (words: Int32Array) => words.reduce((all, word) => (all << 32n) | BigInt(word >>> 0), 0n)
  return {
    kind: DISCOVERIES[outcome],
    ethDst: view.getUint16(0) * 2 ** 32 + view.getUint32(2),
    ethSrc: view.getUint16(6) * 2 ** 32 + view.getUint32(8),
    source: ip(decoder.source),
    destination: ip(decoder.destination),
    target: ip(decoder.target),
    namesMac: decoder.linkAddressAt > 0,
    length: frame.length,
  }
}

describe('frameFor an IPv6 address', () => {
  const [VIP6, LINK, GLOBAL] = ['fd77::240', 'fe80::64', 'fd77::64'].map((text) => parseIp(text) as bigint) as [
    bigint,
    bigint,
    bigint,
  ]
  const group = parseIp('ff02::1:ff00:240')
  const asker: Asker = { mac: MAC, addressesFor: () => [LINK, GLOBAL] }
  const from = { kind: 'neighbor-solicitation', ethSrc: MAC, target: VIP6 }

  it.each<[Ask, object]>([
    [
      { vip: VIP6, mode: 'broadcast', to: null, turn: 0 },
      { ethDst: 0x3333ff000240, source: LINK, destination: group, namesMac: true, length: 86 },
    ],
    [
      { vip: VIP6, mode: 'broadcast', to: null, turn: 3 },
      { ethDst: 0x3333ff000240, source: GLOBAL, destination: group, namesMac: true, length: 86 },
    ],
    [
      { vip: VIP6, mode: 'unicast', to: HOST, turn: 0 },
      { ethDst: HOST, source: LINK, destination: VIP6, namesMac: true, length: 86 },
    ],
    [
      { vip: VIP6, mode: 'unicast', to: HOST, turn: 0, byGroup: true },
      { ethDst: HOST, source: LINK, destination: group, namesMac: true, length: 86 },
    ],
    [
      { vip: VIP6, mode: 'probe', to: HOST },
      { ethDst: HOST, source: 0n, destination: group, namesMac: false, length: 78 },
    ],
  ])('puts %o on the wire', (ask, fields) => {
    expect(discovery(frameFor(ask, asker)!)).toEqual({ ...from, ...fields })
  })

  it('is none where no address of ours may be named, and from :: none to a group', () => {
    const nobody: Asker = { mac: MAC, addressesFor: () => [] }
    expect(frameFor({ vip: VIP6, mode: 'broadcast', to: null }, nobody)).toBeNull()
    expect(frameFor({ vip: VIP6, mode: 'unicast', to: HOST }, nobody)).toBeNull()
    expect(frameFor({ vip: VIP6, mode: 'probe', to: null }, asker)).toBeNull()
  })

  it('is never anything but a solicitation, and never names the target as its sender', () => {
    const few = fc.bigInt({ min: 1n, max: 3n })
    const mode = fc.constantFrom<Ask['mode']>('broadcast', 'probe', 'unicast')
    const turn = fc.nat({ max: 5 })
    fc.assert(
      fc.property(few, fc.array(few), mode, fc.option(fc.nat({ max: 9 })), turn, fc.boolean(), (vip, own, ...asked) => {
        const [mode, to, turn, byGroup] = asked
        const frame = frameFor({ vip, mode, to, turn, byGroup }, { mac: MAC, addressesFor: () => own })
        if (frame === null) return
        const { kind, source, target, ethDst } = discovery(frame)
        expect(kind).toBe('neighbor-solicitation')
        expect(source).not.toBe(target)
        if (source === 0n) expect(ethDst).toBe(to)
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
    await runPlan(new ProbePlan(options, () => []), ASKER, () => sent.push(now), clock, new AbortController().signal)
    expect(sent).toEqual([0, 200, 400])
    expect(now).toBe(1400)
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const clock = { now: () => 0, sleep: async () => stop.abort() }
    const sent: Uint8Array[] = []
    await runPlan(new ProbePlan(options, () => []), ASKER, (frame) => sent.push(frame), clock, stop.signal)
    expect(sent).toHaveLength(1)
  })
})
