import { expect, it } from 'vitest'
import { holderOf, leaseState } from '../../../src/cluster/announcers/leases.js'
import type { Lease } from '../../../src/cluster/model.js'

const RENEWED = '2026-01-01T12:00:00.000Z'
const lease = (durationSeconds: number): Lease => ({
  key: 'default/kubevip-web',
  namespace: 'default',
  name: 'kubevip-web',
  holder: 'node-a',
  renewedAt: RENEWED,
  durationSeconds,
  transitions: 0,
  createdAt: null,
})
const later = (seconds: number) => new Date(Date.parse(RENEWED) + seconds * 1000).toISOString()

it.each([
  [5, 15, false],
  [5, 16, true],
  [15, 45, false],
  [15, 46, true],
  [60, 91, true],
])('a lease of %i s that was renewed %i s ago: expired %s', (duration, age, expired) => {
  expect(leaseState(lease(duration), later(age))).toMatchObject({ holder: 'node-a', age, expired })
  expect(holderOf(lease(duration), later(age))).toHaveLength(expired ? 0 : 1)
})

it('keeps the holder of an expired lease, with its duration and since when', () => {
  expect(leaseState(lease(5), later(4000))).toEqual({
    object: 'Lease/default/kubevip-web',
    holder: 'node-a',
    renewedAt: RENEWED,
    durationSeconds: 5,
    expired: true,
    age: 4000,
  })
})

it('keeps a lease that was given up, as expired once nobody has taken it for a while', () => {
  const free = { ...lease(5), holder: null }
  expect(leaseState(free, later(4000))).toMatchObject({ holder: null, expired: true, age: 4000 })
  expect(leaseState(free, later(3))).toMatchObject({ holder: null, expired: false })
  expect(leaseState(undefined, later(3))).toBeUndefined()
})
