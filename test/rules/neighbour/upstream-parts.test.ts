import { expect, it } from 'vitest'
import { possibleIn } from '../../../src/rules/neighbour/upstream-parts.js'

it('an entry that may be of another segment says so before anything else', () => {
  const because = (...all: boolean[]) =>
    possibleIn(
      all.map((mayBeOfAnother) => ({ mayBeOfAnother })),
      'the address may have moved',
    ).because
  expect(because(false, true)).toMatch(/several interfaces or routing tables \(VRF\)/)
  expect(because(false)).toBe('the address may have moved')
})
