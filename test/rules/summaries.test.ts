import { expect, it } from 'vitest'
import { allRules } from '../../src/rules/registry.js'
import { judgeFixture, listFixtures } from './fixtures.js'

/** A fix may be printed alone: those before it are left out where they would do harm. */
const LEANS_ON_ANOTHER = /^(or|either|then|until|otherwise|else|also)\b/i

it('every fix has a summary that reads by itself', () => {
  const summaries = listFixtures()
    .filter(({ fires }) => fires)
    .flatMap(({ path }) => judgeFixture(allRules, path).findings)
    .flatMap(({ rule, fixes }) => fixes.map(({ summary }) => `${rule}: ${summary}`))
  expect(summaries.length).toBeGreaterThan(100)
  expect(summaries.filter((text) => LEANS_ON_ANOTHER.test(text.replace(/^\S+: /, '')))).toEqual([])
})

it('no command deletes one of two installations of kube-vip before it is known which is meant', () => {
  const found = listFixtures()
    .filter(({ rule, fires }) => fires && rule === 'kube-vip/two-instances')
    .flatMap(({ path }) => judgeFixture(allRules, path).findings)
    .filter(({ rule }) => rule === 'kube-vip/two-instances')
  const commands = found.flatMap(({ fixes }) => fixes.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])))
  expect(commands.length).toBeGreaterThan(3)
  expect(commands.filter((run) => run.includes('delete'))).toEqual([])
})
