import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'
import { type ListenerFrame, listenerFrame } from '../listener-frames.js'
import { framesToPcap, traceToPcap } from '../trace.js'

const HOST = { mac: 0x0200_0000_0011, ip: (0xfe80n << 112n) | 0x11n }
const VIP = (0x2001_0db8n << 96n) | 0x240n

function listenersIn(capture: Uint8Array) {
  const observer = new Observer({ asked: [], allAddresses: false })
  observer.push(capture)
  return observer.finish().capture.listeners
}

const groupsIn = (capture: Uint8Array) =>
  listenersIn(capture).joined.flatMap(({ vlans, groups }) => [...groups.keys()].map((group) => [vlans.join(), group]))
const one = (frame: Partial<ListenerFrame>, change = (_: Uint8Array) => {}) => {
  const bytes = listenerFrame({ from: HOST, type: 'report2', addresses: [VIP], ...frame })
  change(bytes)
  return framesToPcap([{ at: 1, frame: bytes }])
}

describe('reports of multicast listeners', () => {
  it.each<[string, Partial<ListenerFrame>, readonly unknown[]]>([
    ['a join of version 2', {}, [['', 0x240]]],
    ['all that it listens to', { record: 2 }, [['', 0x240]]],
    ['a leave of version 2', { record: 3 }, []],
    ['what it blocks', { record: 6 }, []],
    ['a report of version 1', { type: 'report' }, [['', 0x240]]],
    ['a leave of version 1', { type: 'done' }, []],
    ['on a VLAN', { vlans: [100] }, [['100', 0x240]]],
  ])('%s', (_, frame, groups) => expect(groupsIn(one(frame))).toEqual(groups))

  it.each<[string, (bytes: Uint8Array) => void]>([
    ['a hop limit that is not 1: a router passed it on', (bytes) => bytes.set([2], 21)],
    ['a wrong checksum', (bytes) => bytes.set([0xff], 65)],
    ['another message of ICMPv6', (bytes) => bytes.set([144], 62)],
    ['no hop-by-hop header', (bytes) => bytes.set([58], 20)],
  ])('%s: none', (_, change) => expect(listenersIn(one({}, change))).toMatchObject({ reports: 0, joined: [] }))

  it('that are cut off count as far as they go, and tell nothing of what is missing', () => {
    const whole = listenerFrame({ from: HOST, type: 'report2', record: 2, addresses: [VIP, VIP + 1n] })
    const query = listenerFrame({ from: HOST, type: 'query', delayMs: 100 })
    const records = [
      pcapRecord(1_000_000, query),
      pcapRecord(1_050_000, whole.subarray(0, whole.length - 4)),
      pcapRecord(9_000_000, query),
    ]
    const { answers, joined } = listenersIn(
      Buffer.concat([pcapHeader(), ...records.slice(0, 2), pcapRecord(8_000_000, new Uint8Array(60))]),
    )
    expect(joined.map(({ groups }) => [...groups.keys()])).toEqual([[0x240]])
    expect(answers.map(({ hosts }) => hosts)).toEqual([[]])
  })

  it('answer a general query within its delay, and no other', () => {
    const after = '9 garp 12/fe80::12'
    const hosts = (trace: string) =>
      listenersIn(traceToPcap(`${trace}\n${after}`)).answers.map((one) => one.hosts.length)
    expect(hosts('0 mld-query 0a/fe80::a\n0.9 mld-report 11/fe80::11 for fe80::11')).toEqual([1])
    expect(hosts('0 mld-query 0a/fe80::a\n3 mld-report 11/fe80::11 for fe80::11')).toEqual([0])
    expect(hosts('0 mld-query 0a/fe80::a\n0.9 mld-report1 11/fe80::11 for fe80::11')).toEqual([0])
    expect(hosts('0 mld-query 0a/fe80::a\n0.9 mld-join 11/fe80::11 for fe80::11')).toEqual([0])
    expect(hosts('0 mld-query 0a/fe80::a for fe80::11\n0.9 mld-report 11/fe80::11 for fe80::11')).toEqual([])
  })

  it('are told apart by VLAN, of thousands of VLANs as well: each group is gone through once', () => {
    const VLANS = 4000
    const addresses = Array.from({ length: 16 }, (_, at) => VIP + BigInt(at))
    const reports = Array.from({ length: VLANS }, (_, at) =>
      pcapRecord(at, listenerFrame({ from: HOST, type: 'report2', addresses, vlans: [at + 1] })),
    )
    const { joined, isWhole } = listenersIn(Buffer.concat([pcapHeader(), ...reports]))
    expect(isWhole).toBe(true)
    expect(joined.map(({ vlans, groups }) => [...vlans, groups.size])).toEqual(reports.map((_, at) => [at + 1, 16]))
  })
})
