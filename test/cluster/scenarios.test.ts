import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/causes.js'
import { relate } from '../../src/facts/relations.js'
import { type Finding, judge } from '../../src/rules/engine.js'
import { allRules } from '../../src/rules/registry.js'
import { readFacts } from '../rules/fixtures.js'

/**
 * Whole situations out of real reports, and their clean twins: objects, and frames and hosts where there are some.
 * `expected.json` holds every finding, what explains each symptom (root first), and what must not be said.
 * `UPDATE_FIXTURES=1 npx vitest run test/cluster/scenarios.test.ts` writes the first two anew; read the diff.
 */
const SCENARIOS = 'fixtures/clusters'

interface Expected {
  /** `severity certainty rule subject`, in the order of the report. */
  readonly findings: readonly string[]
  /** Symptom → rules of its causes. */
  readonly causes: Readonly<Record<string, readonly string[]>>
  /** Stories that are told of such a situation and are wrong or unproven, in any letter case. */
  readonly mustNotSay: readonly string[]
}

const scenarios = readdirSync(SCENARIOS).filter((name) => existsSync(join(SCENARIOS, name, 'expected.json')))

describe.each(scenarios)('%s', (name) => {
  const facts = readFacts(join(SCENARIOS, name))
  const { findings } = judge(allRules, facts)
  const expected = readExpected(name, findings)

  it('gives the expected findings and no others', () => {
    expect(findings.map(inShort)).toEqual(expected.findings)
  })

  it('explains each symptom by the expected causes', () => {
    expect(causesOf(findings)).toEqual(expected.causes)
  })

  it('does not tell the stories that are not so', () => {
    const said = JSON.stringify(
      findings.map(({ title, message, evidence, fixes }) => [title, message, evidence, fixes]),
    )
    expect(expected.mustNotSay.filter((story) => said.toLowerCase().includes(story.toLowerCase()))).toEqual([])
  })

  function causesOf(all: readonly Finding[]): Expected['causes'] {
    const { symptoms } = diagnose(all, relate(facts))
    return Object.fromEntries(
      symptoms.map(({ finding, causes }) => [finding.rule, causes.map((one) => one.finding.rule)]),
    )
  }

  function readExpected(scenario: string, all: readonly Finding[]): Expected {
    const file = join(SCENARIOS, scenario, 'expected.json')
    const given: Expected = JSON.parse(readFileSync(file, 'utf8'))
    if (!process.env['UPDATE_FIXTURES']) return given
    const anew = { findings: all.map(inShort), causes: causesOf(all), mustNotSay: given.mustNotSay }
    writeFileSync(file, `${JSON.stringify(anew, null, 2)}\n`)
    return anew
  }
})

function inShort({ severity, certainty, rule, subject }: Finding): string {
  return `${severity} ${certainty} ${rule} ${subject.id}`
}
