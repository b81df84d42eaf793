import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { Standing } from '../../src/watch/history.js'
import { beginLine, formatLine, type HistoryLine, parseHistory } from '../../src/watch/history-line.js'
import type { VipState, WatchedWindow } from '../../src/watch/model.js'
import { standing, vip as stateOf } from './windows.js'

const [A, B] = [
  { mac: '02:00:00:00:00:0a', node: 'node-a' },
  { mac: '02:00:00:00:00:0b', node: null },
]

const vip = (more: Partial<VipState> = {}): VipState =>
  stateOf('10.0.0.240', {
    responders: [A],
    expected: { node: 'node-a', from: 'lease' },
    owner: A,
    ownerSince: null,
    lastAnswerAt: null,
    ...more,
  })

const finding = (fingerprint: string) => ({
  ...standing('10.0.0.240', { fingerprint }),
  since: '2026-01-01T00:00:59.000Z',
})

function window(minute: number, vips: readonly VipState[], findings: readonly string[] = []): WatchedWindow {
  const endedAt = `2026-01-01T00:0${minute}:00.000Z`
  return {
    interface: 'eth0',
    memory: {
      vips: new Map(vips.map((one) => [one.ip, one])),
      findings: new Map(findings.map((one) => [one, finding(one)])),
      ended: new Map(),
      expectations: new Map(),
    },
    report: { run: { endedAt }, truths: { wire: { read: 'whole' } } } as unknown as Report,
    asked: true,
  }
}

const events = (lines: readonly HistoryLine[]) => lines.map(({ at, event }) => `${at.slice(11, 16)} ${event}`)
const BOUND = { service: 'shop/web', ips: ['10.0.0.240'], nodes: { '10.0.0.240': 'node-a' }, announcers: ['metallb'] }

describe('the lines of a window', () => {
  it('are those of what changed alone', () => {
    const standing = new Standing([])
    expect(events(standing.window(window(1, [vip()])))).toEqual(['00:01 vip'])
    expect(
      standing.window(window(2, [vip({ because: 'in other words', lastAnswerAt: '2026-01-01T00:01:30Z' })])),
    ).toEqual([])
    expect(events(standing.window(window(3, [vip({ responders: [B, A] })], ['two'])))).toEqual([
      '00:03 vip',
      '00:00 finding-began',
    ])
    expect(standing.window(window(4, [vip({ responders: [A, B] })], ['two']))).toEqual([])
    expect(events(standing.window(window(5, [])))).toEqual(['00:05 vip-gone', '00:05 finding-ended'])
    expect(standing.lines()).toEqual([])
  })

  it('do not say that nobody answered where that is not known, whatever else is wrong', () => {
    const unheard = vip({ responders: [], verdict: 'findings', isKnown: false })
    expect(new Standing([]).window(window(1, [unheard]))).toMatchObject([{ verdict: 'inconclusive', responders: [] }])
    const silent = vip({ responders: [], verdict: 'findings' })
    expect(new Standing([]).window(window(1, [silent]))).toMatchObject([{ verdict: 'findings', responders: [] }])
  })

  it('name the gateways of an interface once, again where they are others, and stand', () => {
    const standing = new Standing([])
    const gateway = (ip: string, last: string) => ({ ip, mac: `02:00:00:00:00:${last}` })
    const segment = (minute: number, ...gateways: ReturnType<typeof gateway>[]) =>
      standing.segment('eth0', gateways, `2026-01-01T00:0${minute}:00.000Z`)
    expect(segment(1)).toEqual([])
    expect(events(segment(2, gateway('10.0.0.2', '02'), gateway('10.0.0.1', '01')))).toEqual(['00:02 segment'])
    expect(segment(3, gateway('10.0.0.1', '01'), gateway('10.0.0.2', '02'))).toEqual([])
    expect(segment(4)).toEqual([])
    expect(events(segment(5, gateway('10.0.0.1', '03')))).toEqual(['00:05 segment'])
    expect(events(standing.lines())).toEqual(['00:05 segment'])
  })

  it('go on where an earlier watch left off: a finding of it ends after two windows without it', () => {
    const earlier = new Standing([])
    const lines = earlier.window(window(1, [vip()], ['two', 'three']))
    const standing = new Standing(lines)
    expect(events(standing.window(window(2, [vip()], ['three'])))).toEqual(['00:02 vip'])
    expect(standing.window(window(3, [vip()], ['three']))).toMatchObject([
      { event: 'finding-ended', finding: { fingerprint: 'two' }, since: '2026-01-01T00:00:59.000Z' },
    ])
  })

  it('are those of Services that changed, went or came back', () => {
    const standing = new Standing([])
    expect(standing.services([BOUND], '2026-01-01T00:01:00.000Z')).toHaveLength(1)
    expect(standing.services([BOUND], '2026-01-01T00:02:00.000Z')).toEqual([])
    const moved = { ...BOUND, ips: ['10.0.0.241'], nodes: {} }
    expect(standing.services([moved], '2026-01-01T00:03:00.000Z')).toMatchObject([{ ips: ['10.0.0.241'] }])
    expect(standing.services([], '2026-01-01T00:04:00.000Z')).toMatchObject([{ service: 'shop/web', ips: [] }])
    expect(standing.services([], '2026-01-01T00:05:00.000Z')).toEqual([])
    expect(standing.services([BOUND], '2026-01-01T00:06:00.000Z')).toHaveLength(1)
  })

  it('say once that a Service waits for an address, and from when on the cluster could not be read', () => {
    const standing = new Standing([])
    const waiting = { ...BOUND, ips: [], nodes: {} }
    expect(standing.services([waiting], '2026-01-01T00:01:00.000Z')).toMatchObject([{ ips: [] }])
    expect(standing.services([waiting], '2026-01-01T00:02:00.000Z')).toEqual([])
    const [line] = standing.services([BOUND], '2026-01-01T00:09:00.000Z')
    expect(line).toMatchObject({ ips: ['10.0.0.240'], unseenFrom: '2026-01-01T00:02:00.000Z' })
    expect(standing.readUntil).toBe('2026-01-01T00:09:00.000Z')
    expect(new Standing([line!]).services([BOUND], '2026-01-01T00:20:00.000Z')).toMatchObject([{ ips: ['10.0.0.240'] }])
  })
})

describe('a history that is read', () => {
  const begun = formatLine(beginLine('2026-01-01T00:00:00.000Z', 'l2doctor 0.1.0', false))
  const line = formatLine(new Standing([]).window(window(1, [vip()]))[0]!)

  it('is what was written', () => {
    const read = parseHistory(begun + line)
    expect(read).toMatchObject({ unread: 0, isTorn: false })
    expect(read?.lines.map(formatLine).join('')).toBe(begun + line)
  })

  it.each([
    ['cut off in its last line', begun + line + line.slice(0, 40), { unread: 0, isTorn: true }],
    ['torn in the middle by a full disk', `${begun}${line.slice(0, 40)}\n${line}`, { unread: 1, isTorn: false }],
    [
      'with lines that have another type',
      `${begun}[]\nnull\n7\n{"event":"vip"}\n${line}`,
      { unread: 4, isTorn: false },
    ],
    ['with an event of a later version', `${begun}{"event":"moon","at":"2026-01-01"}\n${line}`, { unread: 0 }],
    ['with a line without end', `${begun}{"event":"vip","x":"${'x'.repeat(70_000)}"}\n${line}`, { unread: 1 }],
    ['with a line of brackets', `${begun}${'['.repeat(60_000)}\n${line}`, { unread: 1 }],
  ])('%s tells of the rest', (_, text, expected) => {
    expect(parseHistory(text)).toMatchObject(expected)
    expect(parseHistory(text)?.lines[0]).toMatchObject({ event: 'begun' })
  })

  it('is short and can be read where thousands of machines answered', () => {
    const macs = Array.from({ length: 5000 }, (_, at) => `02:00:00:00:${(at >> 8).toString(16)}:${at & 255}`)
    const of = window(1, [vip({ responders: macs.map((mac) => ({ mac, node: null })) })])
    const one = standing('10.0.0.240', { message: macs.join() })
    const memory = { ...of.memory, findings: new Map([[one.finding.fingerprint, one]]) }
    const lines = new Standing([]).window({ ...of, memory })
    const text = [begun, ...lines.map(formatLine)].join('')
    expect(text.length).toBeLessThan(10_000)
    const read = parseHistory(text)
    expect(read).toMatchObject({ unread: 0, isTorn: false })
    expect(events(read?.lines ?? [])).toEqual(['00:00 begun', '00:01 vip', '03:12 lost'])
  })

  it.each([
    ['another text', 'version: 1\nvips: []\n'],
    ['JSON of something else', '{"kind":"l2doctor/Baseline"}\n'],
    ['one line of something else', '{"kind":"l2doctor/Baseline"}'],
    ['a million lines', 'x\n'.repeat(1_000_000)],
    ['a later version', begun.replace('"version":1', '"version":2')],
  ])('%s is none', (_, text) => {
    expect(parseHistory(text)).toBeNull()
  })

  it('may be empty, or cut off in its first line', () => {
    expect([parseHistory('')?.lines, parseHistory(begun.slice(0, 30))?.isTorn]).toEqual([[], true])
  })
})
