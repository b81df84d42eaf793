import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { FactName } from '../../src/facts/facts.js'
import { allRules } from '../../src/rules/registry.js'
import { judgeFixture, listFixtures, others, readExpected } from './fixtures.js'

const fixtures = listFixtures()
const reads = new Map<string, Set<FactName>>(allRules.map(({ id }) => [id, new Set()]))

describe.each(fixtures)('$rule $name', (fixture) => {
  const outcome = judgeFixture(allRules, fixture.path)
  for (const [id, names] of outcome.reads) for (const name of names) reads.get(id)?.add(name)
  const found = outcome.findings.filter((finding) => finding.rule === fixture.rule)

  if (!fixture.fires) {
    it('stays quiet', () => expect(found).toEqual([]))
    return
  }

  it('finds what expected.json says, with evidence, and a fix unless it is information', () => {
    const expected = readExpected(fixture, outcome.findings)
    expect(expected.findings).not.toEqual([])
    expect(found).toHaveLength(expected.findings.length)
    found.forEach((finding, n) => {
      const plain = JSON.parse(JSON.stringify(finding))
      const { subject, ...wanted } = expected.findings[n]!
      expect(plain).toEqual({ ...plain, ...wanted })
      expect(plain.subject).toMatchObject(subject ?? {})
      expect(finding.evidence).not.toEqual([])
      if (finding.severity !== 'info') expect(finding.fixes).not.toEqual([])
      expect(finding.because).toMatch(/^\S[^\n.]{5,140}(\.\d[^\n.]*)*$/)
    })
    expect(others(fixture.rule, outcome.findings)).toEqual(expected.others)
  })
})

describe.each(allRules)('$id', (rule) => {
  const own = fixtures.filter((fixture) => fixture.rule === rule.id)

  it('has a situation where it fires and one where it stays quiet', () => {
    expect(own.filter(({ fires }) => fires)).not.toEqual([])
    expect(own.filter(({ fires }) => !fires)).not.toEqual([])
  })

  it('declares exactly the facts it reads', () => {
    expect([...(reads.get(rule.id) ?? [])].sort()).toEqual([...rule.needs, ...(rule.optional ?? [])].sort())
  })

  it('lives in the file of its name', async () => {
    const module: Record<string, unknown> = await import(pathToFileURL(`src/rules/${rule.id}.ts`).href)
    expect(Object.values(module)).toContain(rule)
  })

  it('explains itself', () => {
    const { what, why, confirm, falseAlarms, references } = rule.docs
    for (const text of [rule.title, what, why, confirm, falseAlarms, ...references]) expect(text.trim()).not.toBe('')
    expect(references).not.toEqual([])
  })

  it('explains only rules that exist', () => {
    const ids = allRules.map(({ id }) => id)
    expect((rule.explains ?? []).filter((id) => !ids.includes(id))).toEqual([])
  })
})

it('has no fixture of a rule that does not exist', () => {
  const ids = allRules.map(({ id }) => id)
  expect(fixtures.filter(({ rule }) => !ids.includes(rule))).toEqual([])
})
