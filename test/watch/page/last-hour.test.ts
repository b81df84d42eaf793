import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LastHour, type Mark, MINUTES, runsOf, withWindow } from '../../../src/watch/page/last-hour.js'

const [A, B] = [
  { mac: '02:00:00:00:00:0a', node: 'node-a' },
  { mac: '02:00:00:00:00:0b', node: null },
]
const START = Date.UTC(2026, 0, 1, 12)
const [well, both, silent] = [
  { verdict: 'healthy', responders: [A] },
  { verdict: 'findings', responders: [A, B] },
  { verdict: 'findings', responders: [] },
] as const satisfies Mark[]

/** Windows one after the other, each of so many seconds. */
function hourOf(windows: readonly (readonly [Mark, number])[]): LastHour {
  let [hour, at]: [LastHour, number] = [[], START]
  for (const [mark, seconds] of windows) {
    hour = withWindow(hour, mark, at, at + seconds * 1000)
    at += seconds * 1000
  }
  return hour
}

const told = (hour: LastHour) =>
  runsOf(hour).map(({ from, to, verdict, machines }) => [
    from.slice(11, 16),
    to.slice(11, 16),
    verdict,
    machines.length,
  ])

it('joins minutes in which the same was seen, and tells of the others one by one', () => {
  const hour = hourOf([...Array.from({ length: 10 }, () => [well, 60] as const), [both, 60], [silent, 60], [well, 60]])
  expect(told(hour)).toEqual([
    ['12:00', '12:10', 'healthy', 1],
    ['12:11', '12:11', 'findings', 2],
    ['12:12', '12:12', 'findings', 0],
    ['12:13', '12:13', 'healthy', 1],
  ])
})

it('tells of several windows in one minute as the worst of them, with all who answered', () => {
  expect(
    told(
      hourOf([
        [well, 5],
        [{ verdict: 'healthy', responders: [B] }, 5],
        [silent, 5],
        [well, 5],
      ]),
    ),
  ).toEqual([['12:00', '12:00', 'findings', 2]])
})

it('tells of a window of several minutes in each of them', () => {
  expect(told(hourOf([[well, 600]]))).toEqual([['12:00', '12:10', 'healthy', 1]])
})

it('leaves out what no window was over', () => {
  const hour = withWindow(hourOf([[well, 60]]), well, START + 600_000, START + 660_000)
  expect(told(hour).map(([from, to]) => [from, to])).toEqual([
    ['12:00', '12:01'],
    ['12:10', '12:11'],
  ])
})

it('begins again where the clock was set back', () => {
  const hour = withWindow(hourOf([[well, 600]]), silent, START - 7_200_000, START - 7_140_000)
  expect(told(hour)).toEqual([['10:01', '10:01', 'findings', 0]])
})

it('never holds more than an hour, in order and without overlap, whatever comes', () => {
  const mark = fc.constantFrom<Mark>(well, both, silent, { verdict: 'inconclusive', responders: [] })
  fc.assert(
    fc.property(fc.array(fc.tuple(mark, fc.integer({ min: 1, max: 400 })), { maxLength: 200 }), (windows) => {
      const hour = hourOf(windows)
      const first = hour[0]?.from ?? 0
      expect((hour.at(-1)?.to ?? 0) - first).toBeLessThan(MINUTES)
      for (const [at, { from, to }] of hour.entries()) {
        expect(from).toBeLessThanOrEqual(to)
        expect(from).toBeGreaterThan(hour[at - 1]?.to ?? 0)
      }
    }),
  )
})
