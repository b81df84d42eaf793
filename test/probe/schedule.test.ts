import { expect, it } from 'vitest'
import { type PlanOptions, ProbePlan } from '../../src/probe/plan.js'
import { schedule } from '../../src/probe/schedule.js'

const VIPS = [0x0a4d00f0, 0x0a4d00f1]
const options: PlanOptions = { vips: VIPS, rounds: 3, intervalMs: 200, framesPerSecond: 10, forMs: null, suspects: [] }
const asker = { mac: 0x020000000001, addressesFor: () => [0x0a4d000a] }
const plan = (more: Partial<PlanOptions> = {}) => new ProbePlan({ ...options, ...more }, () => [])

it('a schedule has all frames of the plan at its pace, and listens after the last one', () => {
  const frames = schedule(plan(), asker, 100)!
  expect(frames.map(({ afterMs }) => afterMs)).toEqual([0, 100, 100, 100, 100, 100, 1000])
  expect(frames.map(({ frame }) => frame?.length ?? 0)).toEqual([42, 42, 42, 42, 42, 42, 0])
})

it('a schedule of more frames than it may have is none', () => {
  expect(schedule(plan(), asker, 5)).toBeNull()
  expect(schedule(plan({ rounds: Number.POSITIVE_INFINITY, forMs: 600_000 }), asker, 1000)).toBeNull()
})

it('a schedule of a duration takes no longer, whatever its pace', () => {
  const frames = schedule(plan({ rounds: Number.POSITIVE_INFINITY, forMs: 10_000, framesPerSecond: 0.3 }), asker, 100)!
  expect(frames.length).toBeGreaterThan(2)
  expect(Math.round(frames.reduce((sum, { afterMs }) => sum + afterMs, 0))).toBe(10_000)
})
