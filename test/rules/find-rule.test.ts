import { expect, it } from 'vitest'
import { findRule } from '../../src/rules/find-rule.js'
import { allRules } from '../../src/rules/registry.js'

it('finds a rule by its id', () => {
  expect(findRule(allRules, 'wire/no-answer')).toMatchObject({ id: 'wire/no-answer' })
})

it.each([
  ['wire/no-anser', 'wire/no-answer'],
  ['flipflop', 'wire/flip-flop'],
  ['duplicate-responders', 'wire/duplicate-responders'],
  ['storm/request', 'storm/requests'],
])('suggests for %s %s first', (wrong, right) => {
  expect(findRule(allRules, wrong)).toMatchObject({ suggestions: expect.arrayContaining([right]) })
  const found = findRule(allRules, wrong)
  expect('suggestions' in found && found.suggestions[0]).toBe(right)
})

it('has each id once', () => {
  expect(new Set(allRules.map(({ id }) => id)).size).toBe(allRules.length)
})
