import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import Explain from '../../commands/explain.js'
import Rules from '../../commands/rules.js'
import { allRules } from '../../src/rules/registry.js'

let out = ''
let err = ''

beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

const root = process.cwd()

it('lists every rule on a line of its own', async () => {
  await Rules.run([], root)
  expect(out.trimEnd().split('\n')).toHaveLength(allRules.length)
  expect(out).toMatch(/^wire\/no-answer +error +Nobody answers for the address$/m)
})

it('lists them as one JSON object', async () => {
  await Rules.run(['--json'], root)
  expect(JSON.parse(out).rules.map(({ id }: { id: string }) => id)).toEqual(allRules.map(({ id }) => id))
})

it('explains a rule with the page of its docs', async () => {
  await Explain.run(['wire/no-answer'], root)
  expect(out).toBe(readFileSync('docs/rules/wire/no-answer.md', 'utf8'))
  expect(process.exitCode).toBeUndefined()
})

it('suggests another id for an unknown one, and exits 2', async () => {
  await Explain.run(['no-anwser'], root)
  expect(err).toContain('did you mean wire/no-answer?')
  expect(out).toBe('')
  expect(process.exitCode).toBe(2)
})
