import { expect, it } from 'vitest'
import { judge } from '../../src/rules/engine.js'
import { allRules } from '../../src/rules/registry.js'
import { readFacts } from './fixtures.js'

it('says of a capture with requests that l2doctor sent none, not that none was sent', () => {
  const { skipped } = judge(allRules, readFacts('fixtures/rules/wire/no-answer/clean-passive'))
  const [own] = skipped.filter(({ rule }) => rule === 'wire/no-answer')
  expect(own?.because).toContain('l2doctor sent no request for it')
})
