import { describe, expect, it } from 'vitest'
import { takeoverOf } from '../../src/cluster/announcers/takeovers.js'
import { parseIp } from '../../src/wire/ip.js'
import { A, asked, B, C, timed, VIP } from './timed.js'

const mac = (octet: string) => `02:00:00:00:00:${octet}`
const first = async (...given: Parameters<typeof timed>) => (await timed(...given)).addresses[0]!

describe('a move', () => {
  it('is silent from the last answer to the first, less what lies between two requests', async () => {
    const trace = [asked(0, 2, [A]), asked(2, 3, []), `2.95 garp ${B}/${VIP}`, asked(3, 6, [B])].join('\n')
    const { verdict, failovers, askEvery, median, worst } = await first(trace)
    expect(verdict).toBe('measured')
    expect(failovers).toHaveLength(1)
    expect(failovers[0]).toMatchObject({
      from: { mac: mac('02') },
      to: { mac: mac('03') },
      lastAnswerOfOld: '2026-01-01T00:00:01.900500Z',
      firstAnswerOfNew: '2026-01-01T00:00:03.000500Z',
      announced: { at: '2026-01-01T00:00:02.950000Z', form: 'gratuitous ARP request' },
      silence: { leastMs: 900, mostMs: 1100 },
      overlap: null,
    })
    expect(askEvery).toEqual({ medianMs: 100, longestMs: 100 })
    expect([median, worst]).toEqual([failovers[0]!.silence, failovers[0]!.silence])
  })

  it('without a request left unanswered is no silence of zero: it lasted at most from one request to the next', async () => {
    const { failovers } = await first([asked(0, 2, [A]), asked(2, 5, [B])].join('\n'))
    expect(failovers[0]!.silence).toEqual({ leastMs: 0, mostMs: 100 })
  })

  it('in which both answered overlaps, and is silent no longer than two requests are apart', async () => {
    const { failovers } = await first([asked(0, 2, [A]), asked(2, 4, [A, B]), asked(4, 7, [B])].join('\n'))
    expect(failovers[0]!.overlap).toEqual({ leastMs: 1900, mostMs: 2100 })
    expect(failovers[0]!.silence).toEqual({ leastMs: 0, mostMs: 100 })
  })

  it('that goes on to a third machine at once is one move to that', async () => {
    const { failovers } = await first([asked(0, 2, [A]), asked(2, 3, [B]), asked(3, 6, [C])].join('\n'))
    expect(failovers.map(({ from, to }) => [from.mac, to.mac])).toEqual([[mac('02'), mac('04')]])
  })

  it('and the way back are two: a median and the worst', async () => {
    const there = [asked(0, 2, [A]), asked(2, 3, []), asked(3, 6, [B])]
    const back = [asked(6, 6.5, []), asked(6.5, 10, [A])]
    const { verdict, failovers, median, worst } = await first([...there, ...back].join('\n'), { times: 2 })
    expect({ verdict, count: failovers.length }).toEqual({ verdict: 'measured', count: 2 })
    expect(worst).toEqual({ leastMs: 900, mostMs: 1100 })
    expect(median!.mostMs).toBeCloseTo((1100 + 600) / 2, 3)
  })

  it('of an IPv6 address with an override advertisement', async () => {
    const [ip, asker] = ['fd00::240', '01/fd00::1']
    const trace = [
      asked(0, 2, [A], ip, asker),
      asked(2, 3, [], ip, asker),
      `2.9 garp ${B}/${ip}`,
      asked(3, 6, [B], ip, asker),
    ].join('\n')
    const { failovers } = await first(trace, { vips: [parseIp(ip)!] })
    expect(failovers[0]).toMatchObject({
      to: { mac: mac('03') },
      announced: { form: 'override advertisement' },
      silence: { leastMs: 900, mostMs: 1100 },
    })
  })

  it('is told on each VLAN alone', async () => {
    const tagged = (text: string) => text.replace(/ repeat/g, ' vlan 7 repeat')
    const report = await timed([tagged(asked(0, 2, [A])), tagged(asked(2, 5, [B]))].join('\n'))
    expect(report.addresses.map(({ vlans, verdict }) => ({ vlans, verdict }))).toEqual([
      { vlans: [7], verdict: 'measured' },
    ])
  })

  it('is not measured by requests whose answers go elsewhere', async () => {
    // another machine asks too, and a switch does not show its answers here
    const other = `0.05 ask 09/10.0.0.9 -> ${VIP} repeat 60 every 0.1`
    const { failovers, outages } = await first([asked(0, 2, [A]), other, asked(2, 5, [B])].join('\n'))
    expect(failovers[0]!.silence).toEqual({ leastMs: 0, mostMs: 100 })
    expect(outages).toEqual([])
  })
})

describe('of a virtual MAC', () => {
  const VMAC = '00:00:5e:00:01:33'
  const advert = (at: number, host: string, prio: number, count: number) =>
    `${at} advert ${VMAC}/10.0.0.${host} vrid 51 prio ${prio} for ${VIP} repeat ${count} every 1`

  it('the adverts tell one machine from the other', async () => {
    const trace = [
      ...[advert(0.05, '2', 150, 2), advert(4.66, '3', 100, 5)],
      ...[asked(0, 1.8, [VMAC]), asked(1.8, 4.7, []), asked(4.7, 9, [VMAC])],
    ].join('\n')
    const { failovers } = await first(trace)
    expect(failovers).toHaveLength(1)
    expect(failovers[0]).toMatchObject({ from: { master: '10.0.0.2' }, to: { mac: VMAC, master: '10.0.0.3' } })
    // the last advert at 1.05, the first at 4.66: 3 x 1 s and a skew of 0.61 s
    expect(failovers[0]!.promise).toMatchObject({
      announcer: 'VRRP',
      of: 'adverts',
      kept: true,
      measured: { mostMs: 3610 },
    })
  })

  const steady = asked(0, 8, [VMAC])
  const ofOurs = advert(0.05, '2', 150, 8)
  const other = (line: string, at: number) => `${at} ${line} repeat 6 every 1`
  it.each([
    [
      'another VLAN',
      [
        steady,
        ofOurs,
        other(`advert ${VMAC}/10.0.0.9 vrid 51 prio 100 for ${VIP}`, 1.5).replace(' repeat', ' vlan 7 repeat'),
      ],
    ],
    ['another protocol', [steady, ofOurs, other(`carp ${VMAC}/10.0.0.9 vrid 51 prio 100`, 1.5)]],
    [
      'another virtual router, which claims the same address',
      [steady, ofOurs, other(`advert 05/10.0.0.9 vrid 52 prio 100 for ${VIP}`, 1.5)],
    ],
    [
      'one of two protocols, where neither names the address',
      [steady, ofOurs.replace(`for ${VIP}`, 'for 10.0.0.99'), other(`carp ${VMAC}/10.0.0.9 vrid 51 prio 100`, 1.5)],
    ],
  ])('adverts of %s are no failover', async (_, trace) => {
    const { because, failovers, visits, owner } = await first(trace.join('\n'))
    expect({ failovers, visits, because }).toEqual({
      failovers: [],
      visits: [],
      because: 'no failover happened: the same machine answered to the end',
    })
    expect(owner).toMatchObject({ mac: VMAC })
  })

  it('a master is told apart on its own VLAN', async () => {
    const trace = [
      ...[advert(0.05, '2', 150, 2), advert(4.66, '3', 100, 5)],
      ...[asked(0, 1.8, [VMAC]), asked(1.8, 4.7, []), asked(4.7, 9, [VMAC])],
    ].join('\n')
    const { failovers } = await first(trace.replace(/ repeat/g, ' vlan 7 repeat'))
    expect(failovers).toMatchObject([{ from: { master: '10.0.0.2' }, to: { mac: VMAC, master: '10.0.0.3' } }])
  })

  it('without adverts it is an outage of the same machine, and no failover', async () => {
    const { verdict, because, failovers, outages } = await first(
      [asked(0, 2, [VMAC]), asked(2, 4, []), asked(4, 8, [VMAC])].join('\n'),
    )
    expect({ verdict, failovers }).toEqual({ verdict: 'inconclusive', failovers: [] })
    expect(outages).toMatchObject([{ leastMs: 1900, mostMs: 2100 }])
    expect(because).toBe(
      'no failover happened: the same machine answered to the end, which was silent for up to 2.10 s meanwhile',
    )
  })
})

describe('what is no failover that ended', () => {
  it.each<[string, string, RegExp]>([
    ['nothing but one owner', asked(0, 5, [A]), /^no failover happened: the same machine answered to the end$/],
    ['nobody', asked(0, 5, []), /^nobody answered for it$/],
    ['an empty capture', '', /^nobody answered for it$/],
    [
      'two machines to the end',
      [asked(0, 2, [A]), asked(2, 6, [A, B])].join('\n'),
      /02 and 02:00:00:00:00:03 both answered/,
    ],
    [
      'a new machine for a moment',
      [asked(0, 2, [A]), asked(2, 3, [B])].join('\n'),
      /03 answers since .* too short a time/,
    ],
    ['silence', [asked(0, 2, [A]), asked(2, 4, [])].join('\n'), /^nobody has answered since .*, for 1\.90 s or more$/],
    ['fewer than wanted', [asked(0, 2, [A]), asked(2, 6, [B])].join('\n'), /^1 of 2 failovers happened$/],
  ])('%s: inconclusive', async (what, trace, because) => {
    const report = await timed(trace, { times: what === 'fewer than wanted' ? 2 : 1 })
    expect(report.verdict).toBe('inconclusive')
    expect(report.addresses[0]!.because).toMatch(because)
    expect(report.headline).toBe(`${VIP}: ${report.addresses[0]!.because}`)
  })

  it('a machine that answers for a moment and stops is listed', async () => {
    const { failovers, visits } = await first([asked(0, 2, [A]), asked(2, 3, [A, B]), asked(3, 7, [A])].join('\n'))
    expect({ failovers, visits: visits.map(({ mac }) => mac) }).toEqual({ failovers: [], visits: [mac('03')] })
  })

  it('a clock that was set back in the middle', async () => {
    const set = ['0 ask 01/10.0.0.1 -> 10.0.0.1 repeat 1 every 1'].join('\n')
    const { framesToPcap, parseTrace } = await import('../trace.js')
    const frames = parseTrace([asked(0, 2, [A]), asked(2, 5, [B])].join('\n'))
    const report = await timed(framesToPcap([...frames, ...parseTrace(set)]))
    expect(report.headline).toMatch(/the clock was set back/)
    expect(report.verdict).toBe('inconclusive')
  })
})

describe('--fail-above', () => {
  const silent = (seconds: number) =>
    [asked(0, 2, [A]), asked(2, 2 + seconds, []), asked(2 + seconds, 6 + seconds, [B])].join('\n')

  it.each([
    ['certainly longer', 3, 'slow'],
    ['certainly shorter', 0.5, 'measured'],
    ['as long, within what can be told', 1, 'inconclusive'],
  ])('a silence that is %s: %s s is %s', async (_, seconds, verdict) => {
    expect((await timed(silent(seconds), { failAboveMs: 1000 })).verdict).toBe(verdict)
  })

  it('a machine that is gone for good is too slow, whoever may come later', async () => {
    const report = await timed([asked(0, 2, [A]), asked(2, 6, [])].join('\n'), { failAboveMs: 1000 })
    expect(report.headline).toBe(`${VIP}: nobody answered for 3.90 s or more, allowed are 1.00 s`)
    expect(report.verdict).toBe('slow')
  })
})

describe('the promise', () => {
  it.each([
    ['metallb', null, 4000, 10_000],
    ['kube-vip', 5, 4000, 9400],
    ['kube-vip', 15, 13_000, 23_800],
    ['kube-vip', null, 4000, 23_800],
    ['cilium', null, 10_000, 20_000],
    ['cilium', 3, 0, 8000],
    ['keepalived', null, 2000, 4000],
  ])('of %s with a lease of %s s is %i to %i ms', (name, lease, leastMs, mostMs) => {
    expect(takeoverOf(name, lease)).toMatchObject({
      announcer: name,
      leastMs,
      mostMs,
      source: expect.stringMatching(/\w/),
    })
  })

  it('of an announcer that nobody has written of is none', async () => {
    expect(takeoverOf('openelb', 5)).toBeNull()
    expect((await first([asked(0, 2, [A]), asked(2, 5, [B])].join('\n'))).failovers[0]!.promise).toBeNull()
  })

  it.each([
    [1, true],
    [10, null],
    [12, false],
  ])('of ten seconds, and %s s of silence: kept %s', async (seconds, kept) => {
    const trace = [asked(0, 2, [A]), asked(2, 2 + seconds, []), asked(2 + seconds, 6 + seconds, [B])].join('\n')
    const { failovers } = await first(trace, {}, { promiseOf: () => takeoverOf('metallb', null) })
    expect(failovers[0]!.promise).toMatchObject({ announcer: 'metallb', of: 'silence', kept })
  })

  it('of a master that resigned is the skew alone', async () => {
    const trace = [
      `0.05 advert 02/10.0.0.2 vrid 51 prio 150 for ${VIP} repeat 2 every 1`,
      `1.9 advert 02/10.0.0.2 vrid 51 prio 0 for ${VIP}`,
      `2.5 advert 03/10.0.0.3 vrid 51 prio 100 for ${VIP} repeat 4 every 1`,
      ...[asked(0, 2, [A]), asked(2, 2.5, []), asked(2.5, 6, [B])],
    ].join('\n')
    expect((await first(trace)).failovers[0]!.promise).toMatchObject({
      because: 'the old master resigned: skew 609 ms at priority 100',
      kept: true,
      measured: { mostMs: 600 },
    })
  })

  it('of VRRP says nothing of a machine that took over because it outranks', async () => {
    const trace = [
      `0.05 advert 02/10.0.0.2 vrid 51 prio 100 for ${VIP} repeat 2 every 1`,
      `1.9 advert 03/10.0.0.3 vrid 51 prio 150 for ${VIP} repeat 4 every 1`,
      ...[asked(0, 2, [A]), asked(2, 6, [B])],
    ].join('\n')
    expect((await first(trace)).failovers[0]!.promise).toBeNull()
  })
})

it('what a storm of announcements holds is bounded, and said', { timeout: 60_000 }, async () => {
  const storm = `2.0001 garp ${B}/${VIP} repeat 70000 every 0.00001`
  const { verdict, because } = await first([asked(0, 2, [A]), storm, asked(2, 3, [A, B]), asked(3, 6, [B])].join('\n'))
  expect(verdict).toBe('inconclusive')
  expect(because).toMatch(/frames about it were not kept/)
})

it('names a machine by its node', async () => {
  const { owner } = await first(asked(0, 3, [A]), {}, { nodeOf: (one) => (one === 0x020000000002 ? 'node-a' : null) })
  expect(owner).toEqual({ mac: mac('02'), master: null, node: 'node-a' })
})
