import { describe, expect, it } from 'vitest'
import { baselineIn, newcomers } from '../../src/facts/history.js'
import { beginLine, formatLine, type HistoryLine, MOST_RESPONDERS, parseHistory } from '../../src/watch/history-line.js'
import { historyFacts } from '../../src/workflows/history-facts.js'

const VIP = '10.0.0.240'
const [A, B] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'].map((mac) => ({ mac, node: null })) as [Machine, Machine]
type Machine = { mac: string; node: null }

const time = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
const begun = (minute: number, continued = false) => beginLine(time(minute), 'l2doctor test', continued)

function vip(minute: number, responders: readonly Machine[], more: object = {}): HistoryLine {
  const fixed = { interface: 'eth0', asked: true, ip: VIP, services: [], owner: null, expected: null, because: null }
  return { event: 'vip', at: time(minute), ...fixed, responders: [...responders], verdict: 'healthy', ...more }
}
const unknown = (minute: number, ip = VIP) => vip(minute, [], { verdict: 'inconclusive', ip })

/** Since when B answers, by these lines; what is no object is a line that cannot be read. */
function since(...lines: readonly (HistoryLine | string)[]) {
  const text = lines.map((line) => (typeof line === 'string' ? `${line}\n` : formatLine(line))).join('')
  const facts = historyFacts(parseHistory(text)!.lines, [VIP])
  return facts?.addresses.flatMap((one) =>
    newcomers(one, [A, B]).map(({ since, notBefore }) => [since, notBefore].map((at) => at?.slice(14, 16) ?? null)),
  )
}

describe('since when a machine answers, by a history', () => {
  it('is the window in which it was first seen, where the ones before it were seen too', () => {
    expect(since(begun(0), vip(1, [A]), vip(5, [A, B]))).toEqual([['05', null]])
    expect(since(begun(0), vip(1, [A]), begun(3, true), vip(1, [A]), vip(5, [A, B]))).toEqual([['05', null]])
    expect(since(begun(0), vip(1, [A]), begun(3), vip(4, [A]), vip(5, [A, B]))).toEqual([['05', null]])
  })

  it.each<[string, readonly (HistoryLine | string)[], readonly (string | null)[]]>([
    ['no watch ran', [vip(1, [A]), begun(4), vip(5, [A, B])], ['05', '01']],
    [
      'no watch ran, and the last one said until when it saw',
      [vip(1, [A]), { event: 'ended', at: time(3), judgedUntil: time(2) }, begun(4), vip(5, [A, B])],
      ['05', '02'],
    ],
    ['a watch was blind', [vip(1, [A]), unknown(3), vip(5, [A, B])], ['05', '01']],
    [
      'a watch was blind for several addresses',
      [vip(1, [A]), unknown(3, '10.0.0.239'), unknown(3), vip(5, [A, B])],
      ['05', '01'],
    ],
    ['not all machines are named', [vip(1, [A]), vip(3, Array(MOST_RESPONDERS).fill(A)), vip(5, [A, B])], ['05', '01']],
    ['nobody was asked', [vip(1, [A]), vip(3, [], { asked: false }), vip(5, [A, B])], ['05', '01']],
    [
      'it was not watched',
      [vip(1, [A]), { event: 'vip-gone', at: time(3), interface: 'eth0', ip: VIP }, vip(5, [A, B])],
      ['05', '01'],
    ],
    ['a line cannot be read', [vip(1, [A]), '{"event":"vi', vip(5, [A, B])], ['05', '01']],
    ['lines were lost', [vip(1, [A]), { event: 'lost', at: time(3), lines: 9 }, vip(5, [A, B])], ['05', '01']],
    ['lines at the end cannot be read', [vip(1, [A]), '{"event":"vi', begun(4)], [null, '01']],
    ['a watch is blind', [vip(1, [A]), unknown(3), vip(5, [A], { ip: '10.0.0.239' })], [null, '01']],
  ])('lies between two times where %s', (_, lines, expected) => {
    expect(since(begun(0), ...lines)).toEqual([expected])
  })

  it('is by the clock as it was set last, where it was set', () => {
    expect(since(begun(0), vip(30, [A]), begun(10), vip(11, [A]), vip(12, [A, B]))).toEqual([['12', null]])
    expect(since(begun(0), vip(30, [A]), begun(10), vip(11, [A, B]))).toEqual([['11', '10']])
    expect(since(begun(0), vip(1, [A]), begun(30), vip(31, [A, B]))).toEqual([['31', '01']])
  })

  it('is not told from what two interfaces saw', () => {
    expect(since(begun(0), vip(1, [A, B]), vip(1, [], { interface: 'eth1' }))).toEqual([])
  })
})

function service(minute: number, ip: string, more: object = {}): HistoryLine {
  return { event: 'service', at: time(minute), service: 'shop/web', ips: [ip], nodes: {}, announcers: [], ...more }
}

/** Until when the Service had 10.0.0.240, by these lines: it was so still, and no longer. */
function until(...lines: readonly (HistoryLine | string)[]) {
  const text = lines.map((line) => (typeof line === 'string' ? `${line}\n` : formatLine(line))).join('')
  const now = { service: 'shop/web', ips: ['10.0.0.241'], nodes: {}, announcers: [] }
  const facts = historyFacts(parseHistory(text)!.lines, [])!
  const { previous } = baselineIn(facts, { at: time(9), bindings: [now] })
  return previous.map((one) => [one.ips[0], ...[one.unseenFrom, one.until].map((at) => at?.slice(14, 16) ?? null)])
}

const [OLD, NEW] = ['10.0.0.240', '10.0.0.241']

describe('until when a Service had its address, by a history', () => {
  it.each<[string, readonly (HistoryLine | string)[], readonly (string | null)[]]>([
    ['is when it was read to have another, where it was read all the while', [service(5, NEW)], [null, '05']],
    ['is that also where a later watch found it as it was', [begun(3), service(4, OLD), service(5, NEW)], [null, '05']],
    ['is not known where it changed after the last line', [], [null, null]],
    ['lies between two times where no watch ran', [begun(4), service(5, NEW)], ['01', '05']],
    [
      'lies between two times where no watch ran, and the last one said when it read the cluster last',
      [{ event: 'ended', at: time(3), readUntil: time(2) }, begun(4), service(5, NEW)],
      ['02', '05'],
    ],
    [
      'lies between two times where the cluster could not be read',
      [service(5, NEW, { unseenFrom: time(3) })],
      ['03', '05'],
    ],
    [
      'lies between two times where lines were lost',
      [{ event: 'lost', at: time(3), lines: 9 }, service(5, NEW)],
      ['01', '05'],
    ],
    ['lies between two times where a line cannot be read', ['{"event":"se', service(5, NEW)], ['01', '05']],
    ['lies after the begin of the watch whose clock is behind', [begun(0), service(2, NEW)], ['00', '02']],
    ['lies before now where the watch has ended', [{ event: 'ended', at: time(3), readUntil: time(2) }], ['02', '09']],
  ])('%s', (_, lines, expected) => {
    expect(until(begun(0), service(1, OLD), ...lines)).toEqual([[OLD, ...expected]])
  })
})
