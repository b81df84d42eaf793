import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'
import { asPcap } from '../capture/formats.js'
import { framesToPcap, parseTrace, TRACE_START, traceToPcap } from '../trace.js'

const VIP = parseIpv4('10.0.0.240')!

function observed(bytes: Uint8Array, asked: readonly number[] = []) {
  const observer = new Observer({ asked, allAddresses: false })
  observer.push(bytes)
  return observer.finish()
}
const facts = (trace: string, asked?: readonly number[]) => observed(traceToPcap(trace), asked)

describe('counts', () => {
  it('are those of design.md section 6', () => {
    const { capture } = facts(`
      0 ask 01/10.0.0.1 -> 10.0.0.240
      1 answer 02/10.0.0.240 -> 01/10.0.0.1
      2 garp 02/10.0.0.240
      3 garp-reply 02/10.0.0.240
      4 probe 01 -> 10.0.0.240
      5 probe 01 -> 0.0.0.0
      6 oper 8 01/10.0.0.1 -> 02/10.0.0.2`)
    expect(capture).toMatchObject({
      frames: 7,
      arp: 7,
      requests: 4,
      replies: 2,
      gratuitous: 2,
      probes: 2,
      decodeFailures: {},
    })
    expect([capture.firstAt, capture.lastAt]).toEqual([TRACE_START, TRACE_START + 6_000_000])
  })

  it('name the link types that are not read', () => {
    const { capture } = observed(asPcap(parseTrace('0 garp 02/10.0.0.240 repeat 3 every 1'), { linkType: 101 }))
    expect(capture).toMatchObject({
      frames: 3,
      arp: 0,
      linkTypes: ['RAW'],
      unreadLinkTypes: [{ name: 'RAW', frames: 3 }],
    })
  })

  it('find the peak in any window, not only in whole seconds', () => {
    expect(facts('0.6 garp 02/10.0.0.240 repeat 8 every 0.1').capture.peakArpPerSecond).toBe(8)
    expect(facts('0 garp 02/10.0.0.240 repeat 30 every 0.1').capture.peakArpPerSecond).toBe(10)
    expect(facts('0 garp 02/10.0.0.240 repeat 2000 every 0.001').capture.peakArpPerSecond).toBe(1000)
  })

  it('stand frames out of order and clocks that are set', () => {
    const frames = parseTrace('0 garp 02/10.0.0.240 repeat 20 every 0.01').map(({ frame }, n) => ({
      at: TRACE_START + [0, 30_000, 10_000, 20_000][n % 4]! + 40_000 * Math.floor(n / 4),
      frame,
    }))
    expect(observed(framesToPcap(frames)).capture.peakArpPerSecond).toBe(20)
    const set = frames.map(({ at, frame }, n) => ({ at: n < 10 ? at : at - 3_600_000_000, frame }))
    expect(observed(framesToPcap(set)).capture.peakArpPerSecond).toBe(10)
  })
})

describe('addresses', () => {
  it('reports conflicts, one address per VLAN stack, and what was asked for although silent', () => {
    const { addresses } = facts(
      `0 garp 02/10.0.0.7 vlan 100
       1 garp 03/10.0.0.7 vlan 100
       2 garp 04/10.0.0.7 vlan 200
       3 garp 05/10.0.0.8`,
      [VIP],
    )
    expect(addresses.map(({ ip, vlans, asked, claims }) => [Number(ip) & 255, vlans, asked, claims.length])).toEqual([
      [240, [], true, 0],
      [7, [100], false, 2],
    ])
  })

  it('follows an address from hand to hand', () => {
    const [address] = facts(
      `0 answer 02/10.0.0.240 -> 01/10.0.0.1
       1 garp 03/10.0.0.240
       2 answer 02/10.0.0.240 -> 01/10.0.0.1`,
      [VIP],
    ).addresses
    expect(address!.changes).toBe(2)
    expect(address!.transitions.map(({ frame, announced }) => [frame, announced])).toEqual([
      [2, true],
      [3, false],
    ])
    expect(address!.claims[1]).toMatchObject({
      gratuitous: 1,
      requests: 1,
      replies: 0,
      lastGratuitousAt: TRACE_START + 1_000_000,
    })
  })

  it('notes Ethernet sources other than sha, and senders of many addresses', () => {
    const { addresses, senders } = facts('0 05>* garp 02/10.0.0.240\n1 garp 02/10.0.0.7', [VIP])
    expect(addresses[0]!.claims[0]!.otherEthSources.map((mac) => mac & 255)).toEqual([5])
    expect(senders.map(({ mac, count }) => [mac & 255, count])).toEqual([[2, 2]])
  })

  it('notes whether a claim was made by a frame of its own MAC', () => {
    const { addresses } = facts('0 05>* garp 02/10.0.0.240\n1 garp 03/10.0.0.240\n2 05>* garp 03/10.0.0.240', [VIP])
    expect(addresses[0]!.claims.map(({ isEthSource }) => isEthSource)).toEqual([false, true])
  })

  it('counts each answer once, however often it was asked meanwhile', () => {
    const observer = new Observer({ asked: [VIP], allAddresses: false })
    observer.push(pcapHeader())
    for (const { at, frame } of parseTrace(
      '0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 5 every 3\n0.01 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 5 every 3',
    )) {
      observer.push(pcapRecord(at, frame))
      observer.responders(VIP)
    }
    const [address] = observer.finish().addresses
    expect(address!.asks.broadcast).toEqual({ sent: 5, answered: 5 })
    expect(address!.claims[0]!.replies).toBe(5)
  })

  it('answers while the capture still runs', () => {
    const observer = new Observer({ asked: [VIP], allAddresses: false })
    const bytes = traceToPcap('0 ask 01/10.0.0.1 -> 10.0.0.240\n0.01 answer 02/10.0.0.240 -> 01/10.0.0.1')
    observer.push(bytes.subarray(0, -1))
    expect(observer.responders(VIP)).toEqual([])
    observer.push(bytes.subarray(-1))
    expect(observer.responders(VIP).map((mac) => mac & 255)).toEqual([2])
    expect(observer.claimants(VIP).map((mac) => mac & 255)).toEqual([2])
    const [address] = observer.finish().addresses
    expect(address!.asks.broadcast).toEqual({ sent: 1, answered: 1 })
    expect(address!.claims[0]!.replies).toBe(1)
  })
})

describe('exchanges about addresses that were not asked for', () => {
  it('are the same, first 64 of them', () => {
    const observer = new Observer({ asked: [VIP], allAddresses: true })
    observer.push(
      traceToPcap(
        '0 ask 01/10.0.0.1 -> 10.0.0.7 repeat 70 every 3\n0.1 answer 02/10.0.0.7 -> 01/10.0.0.1 repeat 70 every 3',
      ),
    )
    const address = observer.finish().addresses.find(({ ip }) => ip === parseIpv4('10.0.0.7'))!
    expect(address.asks.broadcast).toEqual({ sent: 70, answered: 70 })
    expect(address.exchanges).toHaveLength(64)
    expect(address.exchanges.filter(({ answers }) => answers.length !== 1)).toEqual([])
  })
})

describe('rates and loops', () => {
  it('keeps runs of whole seconds per tier, requests and gratuitous frames apart', () => {
    const { rates } = facts(`
      0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 48 every 1/16
      5 ask 01/10.0.0.1 -> 10.0.0.240 repeat 12 every 1/12
      0 garp 02/10.0.0.240 repeat 9 every 0.1`)
    expect(rates.map(({ scope, kind }) => `${scope} ${kind}`)).toEqual([
      'sender requests',
      'target requests',
      'vlan requests',
    ])
    expect(rates[0]).toMatchObject({ total: 60, peakPerSecond: 16, longest: { info: 3, warning: 3, error: 0 } })
    expect([rates[0]!.firstAt, rates[0]!.lastAt]).toEqual([TRACE_START, TRACE_START + 6_000_000])
  })

  it.each([
    [9, undefined],
    [10, { info: 1, warning: 0, error: 0 }],
    [14, { info: 1, warning: 0, error: 0 }],
    [15, { info: 1, warning: 1, error: 0 }],
    [99, { info: 1, warning: 1, error: 0 }],
    [100, { info: 1, warning: 1, error: 1 }],
  ])('takes a second with %i frames of one kind for as loud as it is', (frames, longest) => {
    const { rates } = facts(`0 ask 01/10.0.0.1 -> 10.0.0.240 repeat ${frames} every 0.005`)
    expect(rates[0]?.longest).toEqual(longest)
  })

  it('names the sender that is loud, not one that was met before', () => {
    const { rates } = facts('0 garp 02/10.0.0.9\n0.1 ask 01/10.0.0.1 -> 10.0.0.240 repeat 12 every 0.01')
    expect(rates.filter(({ scope }) => scope === 'sender').map(({ mac, total }) => [mac! & 255, total])).toEqual([
      [1, 12],
    ])
  })

  it('says when a rate was loud first and last, also where the clock was set back', () => {
    const second = parseTrace('0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 12 every 0.01')
    const frames = [7, 9, 3].flatMap((at) => second.map((one) => ({ ...one, at: one.at + at * 1_000_000 })))
    const [rate] = observed(framesToPcap(frames)).rates
    expect([rate!.firstAt, rate!.lastAt]).toEqual([TRACE_START + 3_000_000, TRACE_START + 10_000_000])
    expect(rate!.longest.info).toBe(1)
  })

  it('has room for the rates of every second, however many there were', () => {
    const { capture, rates } = facts('0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 280000 every 1')
    expect([capture.requests, capture.peakArpPerSecond, rates.length]).toEqual([280_000, 1, 0])
  })

  it('takes identical broadcasts for a loop only above 50 a second', () => {
    expect(facts('0 garp 02/10.0.0.240 repeat 50 every 0.01').loops).toEqual([])
    expect(facts('0 garp 02/10.0.0.240 repeat 51 every 0.01').loops).toMatchObject([{ copies: 51, peakPerSecond: 51 }])
    const [loop] = facts('0 garp 02/10.0.0.240 repeat 160 every 0.01').loops
    expect(loop).toMatchObject({ copies: 160, peakPerSecond: 100, firstFrame: 1, target: VIP })
    expect(facts('0 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 100 every 0.001').loops).toEqual([])
  })

  it('says when a loop was seen last, though a frame of it comes late', () => {
    const frames = parseTrace('0 garp 02/10.0.0.240 repeat 60 every 0.01')
    const [loop] = observed(framesToPcap([...frames, frames[50]!])).loops
    expect(loop).toMatchObject({ copies: 61, lastAt: TRACE_START + 590_000 })
  })

  it("speaks where Wireshark's detector speaks", () => {
    expect(facts('0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 64 every 0.001').wiresharkStorms).toEqual({
      count: 2,
      frames: [31, 62],
    })
    expect(facts('0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 30 every 0.001').wiresharkStorms.count).toBe(0)
  })
})

describe('what is listed', () => {
  it('says of each loop when it was seen first and last', () => {
    const { loops } = facts('1 ask 01/10.0.0.1 -> 10.0.0.240 repeat 400 every 0.005')
    const [first, last] = [TRACE_START + 1_000_000, TRACE_START + 2_995_000]
    expect(loops).toMatchObject([{ firstFrame: 1, copies: 400, firstAt: first, lastAt: last }])
  })

  it('says of each change of hands when, in which frame, from whom to whom, and how', () => {
    const [address] = facts(`
      0 answer 02/10.0.0.240 -> 01/10.0.0.1
      1 answer 03/10.0.0.240 -> 01/10.0.0.1
      2 garp 04/10.0.0.240
      3 answer 02/10.0.0.240 -> 01/10.0.0.1`).addresses
    const [one, two, three] = [0x020000000002, 0x020000000003, 0x020000000004]
    expect(address!.transitions).toEqual([
      { at: TRACE_START + 1_000_000, frame: 2, from: one, to: two, announced: false },
      { at: TRACE_START + 2_000_000, frame: 3, from: two, to: three, announced: true },
      { at: TRACE_START + 3_000_000, frame: 4, from: three, to: one, announced: false },
    ])
  })

  it('is the first exchanges and transitions, and the count of all', () => {
    const [address] = facts(
      `0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 1100 every 0.5
       0.0001 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 1100 every 0.5
       0.0002 answer 03/10.0.0.240 -> 01/10.0.0.1 repeat 1100 every 0.5`,
      [VIP],
    ).addresses
    expect(address!.exchanges).toHaveLength(1024)
    // an answer to a later request is none to an earlier one
    expect(address!.exchanges.filter(({ answers }) => answers.length !== 2)).toEqual([])
    expect(address!.asks.broadcast).toEqual({ sent: 1100, answered: 1100 })
    expect(address!.contestedRounds).toBe(1100)
    expect(address!.transitions).toHaveLength(256)
    expect(address!.changes).toBe(2199)
    expect(address!.claims.map(({ latency }) => latency!.medianMicros)).toEqual([100, 200])
  })
})
