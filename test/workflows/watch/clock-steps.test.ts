import { expect, it } from 'vitest'
import { ClockSteps } from '../../../src/workflows/watch/clock-steps.js'

const [HOUR, YEARS] = [3_600_000, 10 * 365 * 86_400_000]

/** What is heard of a clock that is set by so much after each second. */
function heard(...steps: readonly number[]): number[] {
  let [monotonic, set] = [5000, 0]
  const start = Date.UTC(2026, 0, 1)
  const clock = new ClockSteps(
    () => new Date(start + monotonic + set),
    () => monotonic,
  )
  const all: number[] = []
  clock.hear((byMs) => void all.push(byMs))
  for (const step of steps) {
    monotonic += 1000
    set += step
    clock.look()
    clock.look()
  }
  return all
}

it('a clock that is set is heard of once, in either direction and however far', () => {
  expect(heard(0, HOUR, 0, -HOUR, YEARS, 0, -YEARS, -1000)).toEqual([HOUR, -HOUR, YEARS, -YEARS, -1000])
})

it('a clock that is slewed is not', () => {
  expect(heard(...Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 400 : -300)))).toEqual([])
})
