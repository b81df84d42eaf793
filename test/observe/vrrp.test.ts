import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { lastSaid } from '../../src/observe/vrrp/said.js'
import { traceToPcap } from '../trace.js'

const facts = (trace: string) => {
  const observer = new Observer({ asked: [], allAddresses: false })
  observer.push(traceToPcap(trace))
  return observer.finish()
}
const routersOf = (trace: string) => facts(trace).capture.vrrp.routers
const A = 'advert 11/10.0.0.11 vrid 51 prio 150 for 10.0.0.240'
const B = 'advert 12/10.0.0.12 vrid 51 prio 100 for 10.0.0.240'
const times = (count: number, from: number, what: string) => `${from} ${what} repeat ${count} every 1\n`

describe('what adverts say', () => {
  it('is gathered by family, VRID and VLANs', () => {
    const routers = routersOf(`
      0 ${A}
      0.1 ${A} vlan 100
      0.2 advert 11/10.0.0.11 vrid 52 prio 150 for 10.0.0.241
      0.3 advert 11/fe80::11 vrid 51 prio 150 for fe80::1
      0.4 carp 13/10.0.0.13 vrid 51 prio 255
    `)
    expect(routers.map(({ protocol, family, vrid, vlans }) => [protocol, family, vrid, vlans])).toEqual([
      ['vrrp', 4, 51, []],
      ['vrrp', 4, 51, [100]],
      ['vrrp', 4, 52, []],
      ['vrrp', 6, 51, []],
      ['carp', 4, 51, []],
    ])
  })

  it('has frame numbers and times of the capture, ARP in between counted', () => {
    const [router] = routersOf(`0 ask 01/10.0.0.1 -> 10.0.0.240\n0.5 ${A}\n0.7 ask 01/10.0.0.1 -> 10.0.0.240\n1.5 ${A}`)
    const start = Date.UTC(2026, 0, 1) * 1000
    expect(router?.masters).toMatchObject([
      { ip: '10.0.0.11', macs: [0x020000000011], adverts: 2, firstFrame: 2, lastFrame: 4, firstAt: start + 500_000 },
    ])
  })

  it('shows a master that never changed', () => {
    expect(routersOf(times(10, 0, A))).toMatchObject([
      { master: '10.0.0.11', changeCount: 0, masters: [{ adverts: 10, besides: [], resigned: 0 }] },
    ])
  })

  it('shows how the master before ended', () => {
    const resigned = routersOf(`${times(3, 0, A)}3 ${A.replace('prio 150', 'prio 0')}\n${times(3, 3.4, B)}`)
    const silent = routersOf(`${times(3, 0, A)}${times(3, 6, B)}`)
    const preempted = routersOf(`${times(3, 0, B)}${times(3, 2.5, A)}`)
    expect([resigned, silent, preempted].map(([router]) => router?.changes.map(({ how }) => how))).toEqual([
      ['resigned'],
      ['silent'],
      ['preempted'],
    ])
    expect(resigned[0]).toMatchObject({ master: '10.0.0.12', masters: [{ resigned: 1 }, { besides: [] }] })
    expect(silent[0]?.masters.map(({ besides }) => besides)).toEqual([[], []])
    expect(preempted[0]?.changes).toMatchObject([
      { from: '10.0.0.12', to: '10.0.0.11', fromPriority: 100, toPriority: 150 },
    ])
  })

  it('shows two that advertise at the same time as such, and not as changes', () => {
    const [router] = routersOf(`${times(10, 0, A)}${times(10, 0.3, B)}`)
    expect(router?.masters.map(({ besides }) => besides.map(({ ip, times }) => [ip, times]))).toEqual([
      [['10.0.0.12', 9]],
      [['10.0.0.11', 10]],
    ])
    expect(router?.changeCount).toBe(0)
  })

  it('one that began beside a master which never paused was no change of master', () => {
    const [router] = routersOf(`${times(30, 0, A)}7.9 ${B}\n15.9 ${B}\n23.9 ${B}`)
    expect(router).toMatchObject({ master: '10.0.0.11', changeCount: 0, changes: [] })
    expect(router?.masters.map(({ besides }) => besides.map(({ times, outranked }) => [times, outranked]))).toEqual([
      [[3, 0]],
      [[3, 3]],
    ])
  })

  it('tells while it is read whether a virtual router may have two masters, and how long its interval is', () => {
    const contested = (trace: string) => {
      const observer = new Observer({ asked: [], allAddresses: false })
      observer.push(traceToPcap(trace))
      return observer.contestedMs()
    }
    const answered = `1.1 ask 01/10.0.0.1 -> 10.0.0.240\n1.2 answer 11/10.0.0.240 -> 01/10.0.0.1`
    expect(contested(`${times(3, 0, A)}${answered}`)).toBe(0)
    expect(contested(`${times(3, 0, A)}${answered}\n1.3 answer 12/10.0.0.240 -> 01/10.0.0.1`)).toBe(1000)
    expect(contested(`${times(3, 0, A)}${times(3, 0.4, B)}`)).toBe(1000)
  })

  it('a master that resigned holds no more', () => {
    expect(routersOf(`0 ${A}\n1 ${A.replace('prio 150', 'prio 0')}`)).toMatchObject([{ master: null }])
  })

  it('keeps what a machine said, the last of it apart', () => {
    const [router] = routersOf(`${times(3, 0, A)}${times(3, 3, A.replace('150', '90'))}${times(2, 6, A)}`)
    const [master] = router!.masters
    expect(master?.said.map(({ priority, adverts }) => [priority, adverts])).toEqual([
      [150, 5],
      [90, 3],
    ])
    expect(lastSaid(master!)?.priority).toBe(150)
  })

  it('counts what a receiver discards, and what cannot be read', () => {
    const { capture } = facts(`
      0 ${A} hops 64
      1 ${A} checksum wrong
      2 frame 01005e000012020000000011 0800 45c0001c00000000ff70 0000 0a00000b e0000012 4133640000010000
    `)
    expect(capture.vrrp.routers[0]?.masters).toMatchObject([{ wrongHopLimit: 1, wrongChecksum: 1 }])
    expect(capture.vrrp).toMatchObject({ adverts: 2, failures: { 'vrrp-other-version': 1 } })
  })

  it('is bounded, and says so', () => {
    const many = Array.from({ length: 20 }, (_, n) => `${n} advert 11/10.0.0.${n + 1} vrid 51 prio 100 for 10.0.0.240`)
    const { capture, dropped } = facts(many.join('\n'))
    expect(capture.vrrp.routers[0]?.masters).toHaveLength(16)
    expect(dropped.join()).toContain('4 VRRP adverts of machines beyond the first 16')
    const flap = Array.from({ length: 200 }, (_, n) => `${n * 10} ${n % 2 ? A : B}`).join('\n')
    expect(routersOf(flap)).toMatchObject([{ changeCount: 199, changes: { length: 64 } }])
  })
})
