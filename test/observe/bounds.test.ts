import { describe, expect, it } from 'vitest'
import * as LOOP from '../../src/observe/columns/loop.js'
import * as REGION from '../../src/observe/columns/region.js'
import { Core } from '../../src/observe/core.js'
import { Observer } from '../../src/observe/observer.js'
import { type Ip, parseIp } from '../../src/wire/ip.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { BROADCAST_MAC } from '../../src/wire/mac.js'
import { arpReply, arpRequest, type Station, writeArp } from '../../src/wire/write-arp.js'
import { solicitation } from '../../src/wire/write-discovery.js'
import { framesToPcap, parseTrace, type TimedFrame, TRACE_START } from '../trace.js'

/** Full tables, and what lies beside their last rows: an address asked for must be judged as if it were alone. */

const VIP = parseIpv4('10.0.0.240')!
const ASKER = { mac: 0x0200_0000_0001, ip: parseIpv4('10.0.0.1')! }

function observed(
  frames: readonly TimedFrame[],
  asked: readonly Ip[] = [VIP],
  { allAddresses = false, core }: { allAddresses?: boolean; core?: Core } = {},
) {
  const observer = new Observer({ asked, allAddresses }, core)
  observer.push(framesToPcap(frames))
  return observer.finish()
}

/** So many frames, 5 microseconds apart. */
function flood(length: number, frameOf: (n: number) => Uint8Array, start = 0): TimedFrame[] {
  return Array.from({ length }, (_, n) => ({ at: TRACE_START + start + n * 5, frame: frameOf(n) }))
}

/** The n-th of many machines, none of which is in any trace. */
const crowd = (n: number): Station => ({ mac: 0x0200_1000_0000 + n, ip: 0x0b00_0000 + n })

/** Nine requests, each answered, after whatever came before. */
const ASKED_LATE =
  '10 ask 01/10.0.0.1 -> 10.0.0.240 repeat 9 every 3\n10.001 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 9 every 3'

describe('bounds', () => {
  it('hold in a storm of distinct pairs, and what was dropped is said', () => {
    const asker = { mac: 0x0200_0000_0001, ip: 1 }
    const frames = Array.from({ length: 70_000 }, (_, n) => ({
      at: TRACE_START + n * 5,
      frame: arpReply({ mac: 0x0200_1000_0000 + n, ip: 0x0b00_0000 + n }, asker),
    }))
    const late = parseTrace('10 ask 01/10.0.0.1 -> 10.0.0.240\n10.001 answer 02/10.0.0.240 -> 01/10.0.0.1')
    const { capture, addresses, dropped } = observed([...frames, ...late], [VIP])
    expect(capture.replies).toBe(70_001)
    expect(addresses[0]!.claims).toHaveLength(1)
    expect(dropped.join()).toContain('frames claim an address after 65536 pairs')
  })

  it('of the senders leave an address asked for as it was, when all of them are met', () => {
    const flood = Array.from({ length: REGION.maxSenders + 1 }, (_, n) => ({
      at: TRACE_START + n * 5,
      frame: arpReply({ mac: 0x0200_1000_0000 + n, ip: 0x0b00_0000 + (n % 7) }, { mac: 1, ip: 1 }),
    }))
    const [address] = observed([...flood, ...parseTrace(ASKED_LATE)], [VIP]).addresses
    expect(address).toMatchObject({ asks: { broadcast: { sent: 9, answered: 9 } }, contestedRounds: 0 })
    expect(address!.claims.map(({ mac, replies }) => [mac & 255, replies])).toEqual([[2, 9]])
  })

  it.each([0, 1, 2])(
    'of the conversations leave an open exchange of an address asked for, at the last but %i',
    (before) => {
      const others = Array.from({ length: REGION.maxConversations + 1 - before }, (_, n) => ({
        at: TRACE_START + 1 + n,
        frame: arpRequest({ mac: 0x0200_1000_0000 + (n % 128), ip: 1 + (n % 128) }, 0x0b00_0000 + (n >> 7)),
      }))
      const ends = parseTrace('0 ask 01/10.0.0.1 -> 10.0.0.240\n0.1 answer 02/10.0.0.240 -> 01/10.0.0.1')
      const [address] = observed([ends[0]!, ...others, ends[1]!], [VIP]).addresses
      expect(address!.asks.broadcast).toEqual({ sent: 1, answered: 1 })
    },
  )

  it('of the claims on addresses asked for leave all else as it was', () => {
    const claim = { ethSrc: 9, ethDst: BROADCAST_MAC, oper: 1, spa: VIP, tha: 0, tpa: VIP }
    const claimed = Array.from({ length: REGION.allClaims + 1 }, (_, n) => ({
      at: TRACE_START + 11_000_000 + n * 5,
      frame: writeArp({ ...claim, sha: 0x0200_1000_0000 + n }),
    }))
    const other = VIP + 1
    const late = parseTrace(ASKED_LATE.replaceAll('.240', '.241'))
    const { addresses, dropped } = observed([...late.slice(0, 2), ...claimed, ...late.slice(2)], [VIP, other])
    const address = addresses.find(({ ip }) => ip === other)!
    expect(address.asks.broadcast).toEqual({ sent: 9, answered: 9 })
    expect(dropped.join()).toContain('frames claim an address')
  })

  it('of the senders leave the rates of the first address as they were', () => {
    const asks = parseTrace(`
      0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 20 every 0.05
      1 ask 01/10.0.0.1 -> 10.0.0.240 repeat 20 every 0.01
      1.7 ask 01/10.0.0.1 -> 10.0.0.240 repeat 5 every 0.01`)
    const others = flood(REGION.maxSenders, (n) => arpReply({ ...crowd(n), ip: VIP + 1 + (n % 7) }, ASKER), 1_300_000)
    const { rates } = observed([...asks.slice(0, 40), ...others, ...asks.slice(40)])
    const [rate, ...more] = rates.filter(
      ({ scope, ip, kind }) => scope === 'target' && ip === VIP && kind === 'requests',
    )
    expect(rate).toMatchObject({ total: 45, peakPerSecond: 25, longest: { info: 2 } })
    expect(more).toEqual([])
  })

  it('of the claims are for those who claim, however many probe', () => {
    const probes = flood(REGION.maxFlows * 2 + REGION.maxClaims, (n) => arpRequest({ ...crowd(n), ip: 0 }, VIP + 1))
    const { addresses, dropped } = observed([...probes, ...parseTrace('9 garp 02/10.0.0.7\n10 garp 03/10.0.0.7')])
    expect(addresses.map(({ ip, claims }) => [ip, claims.length])).toEqual([
      [VIP, 0],
      [parseIpv4('10.0.0.7'), 2],
    ])
    expect(dropped).toEqual([])
  })

  it('of the flows make no loop of frames that take the places of others', () => {
    const [garp] = parseTrace('0 garp 02/10.0.0.240')
    const copies = flood(LOOP.copiesPerSecond, () => garp!.frame)
    const others = flood(REGION.maxFlows + 50, (n) => arpRequest(crowd(n), VIP + 1), 100_000)
    expect(observed([...copies, ...others]).loops).toEqual([])
  })

  it('of the kept exchanges leave those of an address asked for', () => {
    const others = flood(REGION.maxKeptOthers + 1, (n) => arpRequest(ASKER, 0x0b00_0000 + Math.floor(n / 64)))
    const [address] = observed([...others, ...parseTrace(ASKED_LATE)]).addresses
    expect(address!.exchanges.map(({ answers }) => answers.length)).toEqual(Array(9).fill(1))
  })

  it('of the answers kept make no silence: what could not be kept with its answer is only counted', () => {
    const responders = 31
    const vips = Array.from({ length: 9 }, (_, n) => VIP + 10 + n)
    const frames = vips.flatMap((vip) => {
      const round = [
        arpRequest(ASKER, vip),
        ...Array.from({ length: responders }, (_, n) => arpReply({ mac: 0x0200_0000_0100 + n, ip: vip }, ASKER)),
      ]
      return Array.from({ length: 1024 }, () => round).flat()
    })
    const before = flood(frames.length, (n) => frames[n]!)
    expect(before.length - vips.length * 1024).toBeGreaterThan(REGION.maxKeptAnswers)
    const { addresses } = observed([...before, ...parseTrace(ASKED_LATE)], [...vips, VIP])
    const silent = addresses.flatMap(({ exchanges }) => exchanges.filter(({ answers }) => answers.length === 0))
    expect(silent).toEqual([])
    expect(addresses.find(({ ip }) => ip === VIP)?.asks.broadcast).toEqual({ sent: 9, answered: 9 })
    expect(addresses[0]?.exchanges.map(({ answers }) => answers.length)).toEqual(Array(1024).fill(responders))
  })

  it('of the Ethernet sources of a claim: the first eight, each once, and the next claim stays as it was', () => {
    const from = (ethSrc: number, tpa: number) =>
      writeArp({ ethSrc, ethDst: BROADCAST_MAC, oper: 1, sha: 0x0200_0000_0002, spa: VIP, tha: 0, tpa })
    const sources = Array.from({ length: 10 }, (_, n) => 0x0200_0000_0020 + n)
    const before = parseTrace(`
      0 garp 02/10.0.0.240
      1 ask 01/10.0.0.1 -> 10.0.0.240
      1.0003 answer 03/10.0.0.240 -> 01/10.0.0.1`)
    const order = [0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    const seen = flood(order.length, (n) => from(sources[order[n]!]!, VIP + 1 + n), 2_000_000)
    const [address] = observed([...before, ...seen]).addresses
    expect(address!.claims.map(({ otherEthSources }) => otherEthSources)).toEqual([sources.slice(0, 8), []])
    expect(address!.claims[1]!.latency).toEqual({ minMicros: 300, medianMicros: 300, maxMicros: 300 })
  })

  it('of the latencies kept: where all blocks are taken, the first one of a claim is its median', () => {
    const others = flood(2 * REGION.sampleBlocks, (n) => {
      const ip = 0x0b00_0000 + (n >> 1)
      return n % 2 === 0 ? arpRequest(ASKER, ip) : arpReply({ mac: 0x0200_0000_0002, ip }, ASKER)
    })
    const late = parseTrace(`
      1 ask 01/10.0.0.1 -> 10.0.0.240 repeat 3 every 3
      1.0003 answer 02/10.0.0.240 -> 01/10.0.0.1
      4.0005 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 2 every 3
      1.0007 answer 03/10.0.0.240 -> 01/10.0.0.1`)
    const [address] = observed([...others, ...late]).addresses
    expect(address!.claims.map(({ latency }) => latency)).toEqual([
      { minMicros: 300, medianMicros: 300, maxMicros: 500 },
      { minMicros: 700, medianMicros: 700, maxMicros: 700 },
    ])
  })

  it.each([
    [9, 100],
    [7, 200],
  ])('of the latencies kept: with %i of 16 askers answered earlier the median of all is %i', (early, median) => {
    const askers = Array.from({ length: 16 }, (_, n) => crowd(n))
    const answered = askers.flatMap((asker, n) =>
      Array.from({ length: 64 }, (_, round) => {
        const at = TRACE_START + (n * 64 + round) * 1000
        return [
          { at, frame: arpRequest(asker, VIP) },
          { at: at + (n < early ? 100 : 200), frame: arpReply({ mac: 0x0200_0000_0002, ip: VIP }, asker) },
        ]
      }).flat(),
    )
    const [address] = observed(answered).addresses
    expect(address!.claims[0]!.latency).toEqual({ minMicros: 100, medianMicros: median, maxMicros: 200 })
  })

  it('of the conversations: who answers after all were forgotten has answered what it was asked', () => {
    const asked = '0 ask 01/10.0.0.1 -> 10.0.0.7\n0.001 answer 02/10.0.0.7 -> 01/10.0.0.1'
    const others = flood(REGION.maxConversations, (n) => arpRequest(crowd(n), 0x0c00_0000), 1_000_000)
    const [ask, answer] = parseTrace(asked.replace('0 ask', '3 ask').replace('0.001 answer', '3.001 answer'))
    const between = { ...others.at(-1)!, at: ask!.at + 500 }
    const { addresses } = observed([...parseTrace(asked), ...others, ask!, between, answer!], [], {
      allAddresses: true,
    })
    const address = addresses.find(({ ip }) => ip === parseIpv4('10.0.0.7'))!
    expect(address.asks).toMatchObject({ broadcast: { sent: 2, answered: 2 }, unicast: { sent: 0, answered: 0 } })
    expect(address.exchanges.map(({ answers }) => answers.map(({ afterMicros }) => afterMicros))).toEqual([
      [1000],
      [1000],
    ])
    expect(address.claims[0]!.answered.unicast).toEqual({ asked: 0, answered: 0 })
  })

  it('of the conversations are none of the count of what one host answers', () => {
    const times = REGION.allConversations + 64
    const [address] = observed(
      parseTrace(`
        0 ask 01/10.0.0.1 -> 10.0.0.240 at 02 repeat ${times} every 1
        0.001 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat ${times} every 1`),
    ).addresses
    expect(address!.asks.unicast).toEqual({ sent: times, answered: times })
  })

  it('of the flows: what is known byte by byte of neighbour discovery is taken for nothing else', () => {
    const used = new Core()
    const vip = parseIp('2001:db8::240') as bigint
    const asks = (ip: string, n: number) => solicitation({ mac: 0x0200_0000_0001 + n, ip: parseIp(ip) as bigint }, vip)
    // the same checksum, and with it the same place in the table of known frames
    const twins = ['2001:0:200::1', '2001:200::1']
    const known = [asks('2001:db8::1', 1), asks(twins[0]!, 2), asks('2001:db8::2', 3), asks(twins[1]!, 2)]
    const others = flood(REGION.maxFlows + 100, (n) => arpReply({ ...crowd(n), ip: VIP + (n % 7) }, ASKER), 1_000_000)
    // 32 frames are looked up at once
    const rest = others.slice(0, REGION.gatheredFrames).map(({ frame }) => frame)
    const again = [0, 2, 3, 1, 0, 2, 3, 1].flatMap((n) => [known[n]!, ...rest])
    const frames = [...flood(4, (n) => known[n]!), ...flood(3, (n) => known[n + 1]!, 100), ...others]
    const all = [...frames, ...flood(again.length, (n) => again[n]!, 5_000_000)]
    const askers = ['2001:db8::1', '2001:db8::2', twins[1]!, twins[0]!].map((ip) => parseIp(ip))
    for (const core of [used, used]) {
      const [address] = observed(all, [vip], { core }).addresses
      expect(address!.asks.broadcast.sent).toBe(15)
      expect(address!.exchanges.slice(-8).map(({ askerIp }) => askerIp)).toEqual([...askers, ...askers])
    }
  })
})
