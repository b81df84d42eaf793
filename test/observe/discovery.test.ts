import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { classifyResponder } from '../../src/probe/classify.js'
import { formatIp, type Ip, parseIp } from '../../src/wire/ip.js'
import { traceToPcap } from '../trace.js'

const VIP = parseIp('2001:db8::240')!

function facts(trace: string, asked: readonly Ip[] = [VIP]) {
  const observer = new Observer({ asked, allAddresses: false })
  observer.push(traceToPcap(trace))
  return observer.finish()
}

describe('neighbour discovery', () => {
  it('is counted by message, and ARP apart', () => {
    const { capture } = facts(`
      0 ask 01/2001:db8::1 -> 2001:db8::240
      0.001 answer 02/2001:db8::240 -> 01/2001:db8::1
      1 probe 03 -> 2001:db8::241
      2 garp 02/2001:db8::240
      3 ask 01/10.0.0.1 -> 10.0.0.240`)
    expect(capture).toMatchObject({
      frames: 5,
      arp: 1,
      requests: 1,
      replies: 0,
      gratuitous: 0,
      probes: 0,
      peakArpPerSecond: 1,
    })
    expect(capture.nd).toEqual({
      routerSolicitations: 0,
      routerAdvertisements: 0,
      neighborSolicitations: 2,
      neighborAdvertisements: 2,
      redirects: 0,
      dad: 1,
      unsolicited: 1,
    })
  })

  it('is counted by message where the same frame comes again', () => {
    const { nd } = facts(`
      0 answer 02/2001:db8::240 -> 01/2001:db8::9 repeat 3 every 1
      0.5 ask 01/2001:db8::9 -> 2001:db8::240 repeat 5 every 1`).capture
    expect([nd.neighborSolicitations, nd.neighborAdvertisements]).toEqual([5, 3])
  })

  it('is joined to exchanges: by multicast, by unicast, and for duplicates', () => {
    const [address] = facts(`
      0 ask 01/2001:db8::1 -> 2001:db8::240
      0.001 answer 02/2001:db8::240 -> 01/2001:db8::1
      1 ask 01/2001:db8::1 -> 2001:db8::240 at 02
      1.001 answer 02/2001:db8::240 -> 01/2001:db8::1 flags s bare
      2 probe 01 -> 2001:db8::240
      2.001 garp 02/2001:db8::240`).addresses
    expect(address).toMatchObject({
      asked: true,
      asks: {
        broadcast: { sent: 1, answered: 1 },
        unicast: { sent: 1, answered: 1 },
        probe: { sent: 1, answered: 1 },
      },
    })
    expect(address!.exchanges.map(({ mode, askerIp, answers }) => [mode, formatIp(askerIp), answers.length])).toEqual([
      ['broadcast', '2001:db8::1', 1],
      ['unicast', '2001:db8::1', 1],
      ['probe', '::', 1],
    ])
    expect(address!.claims).toMatchObject([
      { replies: 3, overriding: 2, solicitedOverriding: 1, latency: { medianMicros: 1000 } },
    ])
  })

  it('takes a machine that looks whether an address is free for no claimant', () => {
    const [address] = facts('0 probe 03 -> 2001:db8::240 repeat 2 every 1').addresses
    expect(address!.claims).toEqual([])
    expect(address!.asks.probe.sent).toBe(2)
  })

  it('takes the answer to one who looked for no announcement', () => {
    const [address] = facts(`
      0 ask 01/2001:db8::1 -> 2001:db8::240
      0.001 answer 02/2001:db8::240 -> 01/2001:db8::1
      5 probe 01 -> 2001:db8::240
      5.001 garp 03/2001:db8::240
      9 garp 02/2001:db8::240`).addresses
    expect(address!.transitions.map(({ announced }) => announced)).toEqual([false, true])
  })

  it('knows an address by its value, and apart from IPv4 and other VLANs', () => {
    const found = facts(
      `0 garp 02/2001:db8::240
       1 garp 03/2001:0db8:0::240
       2 garp 02/2001:db8::240 vlan 100
       3 garp 02/0.0.0.1
       4 garp 02/::2`,
      [parseIp('0.0.0.1')!, VIP],
    ).addresses
    expect(found.map(({ ip, vlans, claims }) => [formatIp(ip), vlans.join(), claims.length])).toEqual([
      ['0.0.0.1', '', 1],
      ['2001:db8::240', '', 2],
      ['2001:db8::240', '100', 1],
    ])
  })

  it('takes the Ethernet source where no link-layer address is told, and none from a solicitation without', () => {
    const [address] = facts('0 answer 02/2001:db8::240 -> 01/2001:db8::1 flags s bare').addresses
    expect(address!.claims.map(({ mac }) => mac)).toEqual([0x0200_0000_0002])
  })

  it('counts no rates of it among those of ARP', () => {
    const { rates, wiresharkStorms } = facts('0 ask 01/2001:db8::1 -> 2001:db8::240 repeat 200 every 0.02')
    expect(new Set(rates.map(({ family }) => family))).toEqual(new Set([6]))
    expect(rates.map(({ scope }) => scope).sort()).toEqual(['sender', 'target', 'vlan'])
    expect(wiresharkStorms.count).toBe(0)
  })

  it('finds a solicitation that goes round and round', () => {
    const { loops } = facts('0 ask 01/2001:db8::1 -> 2001:db8::240 repeat 200 every 0.001')
    expect(loops.map(({ target, copies }) => [formatIp(target), copies])).toEqual([['2001:db8::240', 200]])
  })
})

describe('who advertises', () => {
  const classOf = (trace: string) => {
    const [address] = facts(trace).addresses
    return address!.claims.map((claim) => classifyResponder(claim, address!))
  }
  const asked = (answer: string, after: number) =>
    [0, 1, 2].map((at) => `${at} ask 01/2001:db8::1 -> 2001:db8::240\n${at + after} ${answer}`).join('\n')

  it('is the owner when it overrides', () => {
    expect(classOf(asked('answer 02/2001:db8::240 -> 01/2001:db8::1', 0.001))).toEqual(['owner'])
  })

  it('stays open when it does not, at once', () => {
    expect(classOf(asked('answer 02/2001:db8::240 -> 01/2001:db8::1 flags s', 0.001))).toEqual(['unknown'])
  })

  it('is a proxy when it is late, never overrides and answers one who looks for duplicates', () => {
    const late = asked('answer 02/2001:db8::240 -> 01/2001:db8::1 flags s', 0.4)
    expect(classOf(late)).toEqual(['unknown'])
    expect(classOf(`${late}\n4 probe 01 -> 2001:db8::240\n4.4 garp 02/2001:db8::240 flags -`)).toEqual(['proxy-ndp'])
  })
})
