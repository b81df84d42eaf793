import { expect, it } from 'vitest'
import type { Sign } from '../../src/failover/sign.js'
import { Stopwatch } from '../../src/failover/stopwatch.js'

it('looks at each sign a few times only, however many there are before', () => {
  let reads = 0
  const counted = (sign: Sign): Sign =>
    Object.defineProperty({ ...sign }, 'what', {
      get: () => {
        reads += 1
        return sign.what
      },
    })
  const watch = new Stopwatch(0x0a0000f0, 1)
  const ROUNDS = 2000
  for (let round = 0; round < ROUNDS; round++) {
    watch.sign(counted({ what: 'ask', at: round * 100, asker: 1 }))
    watch.sign(counted({ what: 'answer', at: round * 100 + 50, mac: 2, to: 1 }))
  }
  expect(watch.answers).toBe(ROUNDS)
  expect(reads).toBeLessThan(20 * ROUNDS)
})
