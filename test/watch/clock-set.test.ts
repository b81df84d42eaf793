import { describe, expect, it } from 'vitest'
import { shiftedMemory } from '../../src/watch/clock-set.js'
import { StatusBook } from '../../src/watch/page/status-book.js'
import { A, standing, vip, window } from './windows.js'

const [HOUR, YEARS] = [3_600_000, 10 * 365 * 86_400_000]
const VIP = '10.0.0.240'

describe('what is known when the clock is set', () => {
  const tenure = { vlans: [], owner: A, since: '2026-01-01T02:12:00.000Z', moves: 1 }
  const { memory } = window(0, [vip(VIP, { tenures: [tenure] })], [standing(VIP)])

  it('back stands as long as it did', () => {
    const shifted = shiftedMemory(memory, -HOUR)
    expect(shifted.vips.get(VIP)).toMatchObject({
      ownerSince: '2026-01-01T01:12:00.000Z',
      lastAnswerAt: '2026-01-01T01:12:30.000Z',
      tenures: [{ since: '2026-01-01T01:12:00.000Z' }],
    })
    expect([...shifted.findings.values()]).toMatchObject([{ since: '2026-01-01T02:12:00.000Z' }])
  })

  it('forward is as it was noted', () => {
    expect(shiftedMemory(memory, YEARS)).toEqual(memory)
  })
})

/** The last hour on the page: ten windows of a minute, then the clock is set by so many minutes, and two more, which are at fault. */
function hour(minutes: number): readonly (readonly string[])[] {
  const book = new StatusBook('0.1.0')
  for (let minute = 0; minute < 10; minute++) book.observed(window(minute, [vip(VIP)]))
  book.clockSet(minutes * 60_000)
  for (const minute of [10, 11]) book.observed(window(minute + minutes, [vip(VIP, { verdict: 'findings' })]))
  const [{ lastHour = [] } = {}] = book.status().vips
  return lastHour.map(({ from, to, verdict }) => [from.slice(11, 16), to.slice(11, 16), verdict])
}

describe('the last hour on the page', () => {
  it('goes on where the clock was set back, by less than it holds and by more', () => {
    expect(hour(-5)).toEqual([
      ['02:55', '03:05', 'healthy'],
      ['03:06', '03:07', 'findings'],
    ])
    expect(hour(-120)).toEqual([
      ['01:00', '01:10', 'healthy'],
      ['01:11', '01:12', 'findings'],
    ])
  })

  it('has nothing of the time that a clock skipped', () => {
    expect(hour(20)).toEqual([
      ['03:00', '03:10', 'healthy'],
      ['03:30', '03:32', 'findings'],
    ])
    expect(hour(10 * 365 * 1440)).toHaveLength(1)
  })
})
