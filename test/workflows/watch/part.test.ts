import { expect, it } from 'vitest'
import { isMore, isNothing, isOf, type Part, shared } from '../../../src/workflows/watch/part.js'

const of = (...ips: number[]): Part => new Set(ips)

it.each([
  ['all', 'all', 'all'],
  ['all', 'none', 'none'],
  ['none', of(1), 'none'],
  ['all', of(1), of(1)],
  [of(1, 2), of(2, 3), of(2)],
] as const)('of %s and %s is shared %s, either way round', (one, other, both) => {
  expect([shared(one, other), shared(other, one)]).toEqual([both, both])
})

it.each([
  ['none', 'none', false],
  ['none', of(1), false],
  [of(), 'none', false],
  [of(1), 'none', true],
  [of(1), of(1, 2), false],
  [of(1, 3), of(1, 2), true],
  ['all', of(1), true],
  ['all', 'none', true],
  ['all', 'all', false],
  [of(1), 'all', false],
] as const)('%s after %s asks for more: %s', (now, before, more) => {
  expect(isMore(now, before)).toBe(more)
})

it('an address is of all, of none, or of those that have it', () => {
  expect([isOf('all', 1), isOf('none', 1), isOf(of(1), 1), isOf(of(2), 1)]).toEqual([true, false, true, false])
})

it('none, and no address of all, are nothing', () => {
  expect((['all', 'none', of(), of(1)] as const).map(isNothing)).toEqual([false, true, true, false])
})
