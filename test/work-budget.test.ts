import { describe, expect, it } from 'vitest'
import type { Steps } from '../src/steps.js'
import { WorkBudget } from '../src/work-budget.js'

/** Each step takes so long; ends after so many, or when it is stopped, with what it heard and how far it came. */
function* busy(steps: number, ms: number): Steps<{ done: number; stop: string | null }> {
  for (let done = 0; done < steps; done++) {
    const end = performance.now() + ms
    while (performance.now() < end);
    const stop = yield
    if (stop !== null) return { done, stop }
  }
  return { done: steps, stop: null }
}

const never = new AbortController().signal

describe('a work budget', () => {
  it('lets others be heard while the work goes on', async () => {
    let turns = 0
    const count = setInterval(() => (turns += 1), 1)
    await new WorkBudget(never).run(busy(10, 25))
    clearInterval(count)
    expect(turns).toBeGreaterThanOrEqual(5)
  })

  it('stops soon after an interruption', async () => {
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(), 0)
    const { done, stop } = await new WorkBudget(interruption.signal).run(busy(1000, 25))
    expect(stop).toBe('interrupted')
    expect(done).toBeLessThan(20)
  })

  it('lets an interrupted run end what takes little time', async () => {
    expect(await new WorkBudget(AbortSignal.abort()).run(busy(10, 0))).toEqual({ done: 10, stop: null })
  })

  it('stops what takes longer than the run may work, all of its pieces together', async () => {
    const budget = new WorkBudget(never, 1000)
    expect((await budget.run(busy(6, 50))).stop).toBe(null)
    const { done, stop } = await budget.run(busy(1000, 50))
    expect(stop).toBe('out of time after 1 s')
    expect(done).toBeLessThan(16)
  })
})
