import { expect, it } from 'vitest'
import { allRules } from '../../src/rules/registry.js'
import { judgeFixture, listFixtures } from './fixtures.js'

/** A word for the reader to replace: what is pasted as it stands fails, or does something else. */
const PLACEHOLDER =
  /(?<![\w-])(NODE|IFACE|DEV|PORT|BRIDGE|VID|ASKER|VIP|(?:\w+[-_])?IP|ADDRESS|PREFIX|INTERFACE|NAMESPACE|POD|FILE|SORTED|VERSION|HOST|USER|MAC)(?![\w-])/

it.each(listFixtures().filter(({ fires }) => fires))(
  'no command of $rule in $name leaves a word to fill in',
  ({ path }) => {
    const { findings } = judgeFixture(allRules, path)
    const commands = findings.flatMap(({ rule, fixes }) =>
      fixes.flatMap(({ steps, verify, undo }) =>
        [...steps.flatMap(({ run }) => run ?? []), verify, undo].map((run) => [rule, run]),
      ),
    )
    expect(commands.filter(([, run]) => PLACEHOLDER.test(run ?? ''))).toEqual([])
  },
)
