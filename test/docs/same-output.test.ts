import { expect, it } from 'vitest'
import { sides } from './same-output.js'

const same = (shown: string, real: string) => {
  const both = sides(shown, real)
  return both.shown === both.real
}

it.each([
  [
    'times, MACs and line breaks may differ',
    'at 10:00:00.1 02:00:00:00:00:11\n  3 ms',
    'at 11:22:33 02:00:00:00:00:12 0.4 ms',
    true,
  ],
  ['who was first, and how often, may differ', 'c, first in 5\na', 'c, first in 4\na, first in 1', true],
  ['… stands for anything', 'first\n…\nlast', 'first\nsecond\nlast', true],
  ['… stands for nothing else', 'first\n…\nlast', 'first\nsecond', false],
  ['another word', '2 machines answer', '3 machines answer', false],
  ['more than is shown', 'Findings', 'Findings: 1', false],
])('%s', (_, shown, real, expected) => {
  expect(same(shown, real)).toBe(expected)
})
