import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { composeBundle } from '../../src/cli/compose-diagnose.js'
import { diagnosed } from '../../src/report/diagnosed.js'
import { formatBundle } from '../../src/workflows/bundle-file.js'
import { diagnose } from '../../src/workflows/diagnose.js'
import { caseBundle } from './case-bundle.js'

/** The cases out of real reports, end to end: written as a bundle, read again, diagnosed. */
const CASES = 'fixtures/clusters'
const folder = mkdtempSync(join(tmpdir(), 'l2d-cases-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cases = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, 'trace.txt')))

describe.each(cases)('%s', (name) => {
  const read = (file: string) => readFileSync(join(CASES, name, file), 'utf8')
  const expected: { causes: Record<string, string[]> } = JSON.parse(read('expected.json'))

  it('is explained from its bundle as from its facts', async () => {
    const file = join(folder, `${name}.bundle`)
    writeFileSync(file, formatBundle(caseBundle(join(CASES, name)), 'test'))
    const { request, adapters } = await composeBundle(file, '0.0.0')
    const report = await diagnose({ ...request, suppressions: [] }, adapters, new AbortController().signal)
    const symptoms = diagnosed(report)!.symptoms.map(({ finding, causes }) => [
      finding.rule,
      causes.map((cause) => cause.finding.rule),
    ])
    expect(Object.fromEntries(symptoms)).toEqual(withoutHosts(expected.causes))
  })
})

/** The bundles of these cases hold no hosts: what only a host can show is not said. */
function withoutHosts(causes: Record<string, string[]>): Record<string, string[]> {
  const ofHosts =
    /^(?:(?:sysctl|neighbour|kernel|bridge|link|bond|vip|firewall|memberlist)\/|answers\/unwanted-responder$)/
  return Object.fromEntries(
    Object.entries(causes).map(([symptom, rules]) => [symptom, rules.filter((rule) => !ofHosts.test(rule))]),
  )
}
