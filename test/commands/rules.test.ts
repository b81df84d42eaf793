import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import Explain from '../../commands/explain.js'
import Rules from '../../commands/rules.js'
import { FORMER_RULES } from '../../src/rules/former.js'
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
  expect(out.trimEnd().split('\n')).toHaveLength(allRules.length + FORMER_RULES.length)
  expect(out).toMatch(/^wire\/no-answer +error +Nobody answers for the address$/m)
})

it('lists them as one JSON object', async () => {
  await Rules.run(['--json'], root)
  expect(JSON.parse(out).rules.map(({ id }: { id: string }) => id)).toEqual(allRules.map(({ id }) => id))
})

it('explains a former rule by the one that took it over', async () => {
  await Explain.run(['vip/bound-on-host'], root)
  expect(out).toMatch(/^vip\/bound-on-host is now answers\/unwanted-responder\. /)
  expect(out).toContain(readFileSync('docs/rules/answers/unwanted-responder.md', 'utf8'))
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

it.each([
  ['wire', (id: string) => id.startsWith('wire/')],
  ['memberlist', (id: string) => id.startsWith('memberlist/')],
])('lists the rules of the area %s only', async (area, isOf) => {
  await Rules.run([area], root)
  const ids = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
  expect(ids.filter((id) => !isOf(id))).toEqual([])
  expect(ids.filter((id) => allRules.some((rule) => rule.id === id))).toEqual(allRules.map(({ id }) => id).filter(isOf))
})

it('lists the rules with all words of a text in id or title, as JSON', async () => {
  await Rules.run(['nobody ANSWERS', '--output', 'json'], root)
  expect(JSON.parse(out).rules.map(({ id }: { id: string }) => id)).toContain('wire/no-answer')
  expect(JSON.parse(out).rules.length).toBeLessThan(10)
})

it('aligns its columns, former rules too', async () => {
  await Rules.run([], root)
  const columns = out
    .trimEnd()
    .split('\n')
    .map((line) => /^\S+ +(?=(?:error|warning|info|former) )/.exec(line)?.[0].length)
  expect(new Set(columns).size).toBe(1)
})

it('says so where no rule fits, and exits 2', async () => {
  await Rules.run(['no-such-thing'], root)
  expect(err).toContain('no rule has "no-such-thing"')
  expect(process.exitCode).toBe(2)
})
