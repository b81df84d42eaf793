import { describe, expect, it } from 'vitest'
import { baselineIn, newcomers } from '../../src/facts/history.js'

const NOW = '2026-03-10T12:00:00.000Z'
const day = (of: number) => `2026-03-${String(of).padStart(2, '0')}T00:00:00.000Z`

function bound(at: string, ...ips: readonly string[]) {
  return { at, ips, nodes: Object.fromEntries(ips.map((ip) => [ip, 'node-a'])), announcers: ['metallb'] }
}

function former(records: readonly ReturnType<typeof bound>[], ...ips: readonly string[]) {
  const history = { until: day(10), addresses: [], services: [{ service: 'shop/web', records }] }
  const { at: _, ...now } = bound(NOW, ...ips)
  const facts = baselineIn(history, { at: NOW, bindings: ips.length > 0 ? [{ service: 'shop/web', ...now }] : [] })
  return facts.previous.map(({ ips: had, until }) => [had.join(' '), until ?? null])
}

describe('what a Service was before', () => {
  it.each([
    ['is what it last had otherwise, until then', [bound(day(1), 'a'), bound(day(9), 'b')], 'b', [['a', day(9)]]],
    ['is what it has, where it had nothing else', [bound(day(1), 'b')], 'b', [['b', null]]],
    ['is what the history ends with, where nobody wrote down the change', [bound(day(9), 'a')], 'b', [['a', null]]],
    ['is the later of two', [bound(day(7), 'a'), bound(day(8), 'c'), bound(day(9), 'b')], 'b', [['c', day(9)]]],
    ['is nothing older than a week', [bound(day(1), 'a'), bound(day(2), 'b')], 'b', [['b', null]]],
  ])('%s', (_, records, now, expected) => {
    expect(former(records, now)).toEqual(expected)
  })

  it('is what a Service had that is gone, and nothing where the history has no Service', () => {
    expect(former([bound(day(1), 'a'), bound(day(9))])).toEqual([['a', day(9)]])
    const nothing = { until: day(10), addresses: [], services: [] }
    expect(
      baselineIn(nothing, { at: NOW, bindings: [{ service: 'x/y', ips: ['a'], nodes: {}, announcers: [] }] }),
    ).toEqual({
      previousAt: day(10),
      previous: [],
      current: [],
    })
  })
})

describe('who answers that did not before', () => {
  const [A, B] = [
    { mac: '02:00:00:00:00:0a', node: 'node-a' },
    { mac: '02:00:00:00:00:0b', node: null },
  ]
  const since = (records: Parameters<typeof newcomers>[0]['records'], ...now: readonly (typeof A | typeof B)[]) =>
    newcomers({ records }, now).map((one) => [one.machine.mac, one.since])

  it('is dated by the first window after the last without it', () => {
    const records = [
      { at: day(1), machines: [A, B] },
      { at: day(2), machines: [A] },
      { at: day(3), machines: [A, B] },
      { at: day(4), machines: [B] },
    ]
    expect(since(records, B)).toEqual([[B.mac, day(3)]])
    expect(since(records.slice(0, 2), B)).toEqual([[B.mac, null]])
    expect(since(records.slice(2), B)).toEqual([])
  })

  it('is nobody where another MAC of the same node answered', () => {
    expect(since([{ at: day(1), machines: [{ mac: '02:00:00:00:00:99', node: 'node-a' }] }], A)).toEqual([])
  })
})
