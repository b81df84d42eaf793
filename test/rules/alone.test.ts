import { expect, it } from 'vitest'
import { allRules } from '../../src/rules/registry.js'
import { judgeFixture, listFixtures } from './fixtures.js'

/** An IPv6 address with the length that makes an IPv4 address one of its own: a network of a provider's size. */
const WHOLE_NETWORK = /[\da-f]*:[\da-f:]+\/32\b/i

it('no command or evidence asks for the network around an IPv6 address', () => {
  const lines = listFixtures()
    .filter(({ fires }) => fires)
    .flatMap(({ path }) =>
      judgeFixture(allRules, path).findings.map((one) => JSON.stringify([one.evidence, one.fixes])),
    )
  expect(lines.some((line) => line.includes('show to fd00::240/128'))).toBe(true)
  expect(lines.filter((line) => WHOLE_NETWORK.test(line))).toEqual([])
})
