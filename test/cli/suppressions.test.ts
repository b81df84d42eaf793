import { expect, it } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.js'
import { readSuppressions } from '../../src/cli/suppressions.js'

it('reads rules that exist, former ones too, with and without subject', async () => {
  expect(await readSuppressions()).toEqual([])
  expect(await readSuppressions(['wire/no-answer', 'vip/bound-on-host=node-a'])).toEqual([
    { rule: 'wire/no-answer', subject: null },
    { rule: 'vip/bound-on-host', subject: 'node-a' },
  ])
})

it('refuses a rule that does not exist, and names those that are like it', async () => {
  await expect(readSuppressions(['wire/no-anwser=10.0.0.240'])).rejects.toThrow(UsageError)
  await expect(readSuppressions(['wire/no-anwser=10.0.0.240'])).rejects.toThrow(/did you mean wire\/no-answer/)
})
