import { expect, it } from 'vitest'
import { allRules } from '../../src/rules/registry.js'
import { judgeFixture, listFixtures } from './fixtures.js'

function stepsOf(name: string) {
  const [fixture] = listFixtures().filter(({ path }) => path.endsWith(`wire/unexpected-responder/${name}`))
  const { findings } = judgeFixture(allRules, fixture!.path)
  const [fix] = findings.find(({ rule }) => rule === 'wire/unexpected-responder')!.fixes
  return { summary: fix!.summary, text: fix!.steps.map(({ text, run }) => `${text} ${run}`).join('\n') }
}

it('does not search for a machine whose node is known, but asks that node', () => {
  const { summary, text } = stepsOf('fires-another-node')
  expect(summary).toBe('Find out why node-b answers for 10.77.0.240')
  expect(text).toContain('ip -brief address show to 10.77.0.240/32')
  expect(text).not.toContain('mac address-table')
})

it('searches for one that nobody knows', () => {
  const { summary, text } = stepsOf('fires-other-node')
  expect(summary).toContain('Find the machine behind this MAC')
  expect(text).toContain('mac address-table')
})
