import { expect, it } from 'vitest'
import { allRules } from '../../../src/rules/registry.js'
import { judgeFixture, listFixtures } from '../fixtures.js'

/** Tools of Linux, and keepalived, are not on a machine that speaks CARP. */
const OF_ANOTHER_SYSTEM = /keepalived|vrrp_instance|\bnft\b|iptables|\bip -s\b|-i any/

const found = listFixtures()
  .filter(({ rule, name, fires }) => rule.startsWith('vrrp/') && name.includes('carp') && fires)
  .flatMap(({ rule, path }) => judgeFixture(allRules, path).findings.filter((finding) => finding.rule === rule))

it.each(found.map((finding) => [finding.rule, finding] as const))('%s of CARP is for BSD', (_, { fixes }) => {
  const words = fixes.flatMap(({ summary, steps, verify, undo }) => [
    summary,
    verify,
    undo,
    ...steps.flatMap(({ text, run = '' }) => [text, run]),
  ])
  expect(words.filter((text) => OF_ANOTHER_SYSTEM.test(text ?? ''))).toEqual([])
})
