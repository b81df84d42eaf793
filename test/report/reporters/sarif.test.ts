import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { reportSchema } from '../../../src/report/report.js'
import { sarif } from '../../../src/report/reporters/sarif.js'
import { formerIdsOf } from '../../../src/rules/former.js'
import { savedReport, savedReports } from './reports.js'

const level = z.enum(['error', 'warning', 'note'])
const message = z.strictObject({ text: z.string().min(1) })
const relativeUri = z.string().regex(/^(?![\w+.-]*:|\/|\.\.)(?:[\w.~!$&'()*+,;=@/-]|%[\dA-F]{2})+$/)
const utc = z.iso.datetime()

/** The part of SARIF 2.1.0 that we write, with its required properties (sections 3.13 to 3.58) and nothing else. */
const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.literal('l2doctor'),
          semanticVersion: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              deprecatedIds: z.array(z.string()).min(1).optional(),
              name: z.string(),
              shortDescription: message,
              help: message,
              defaultConfiguration: z.strictObject({ level }),
            }),
          ),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      invocations: z.tuple([
        z.strictObject({
          executionSuccessful: z.boolean(),
          properties: reportSchema.pick({ verdict: true, headline: true, truths: true }),
          startTimeUtc: utc,
          endTimeUtc: utc,
          toolExecutionNotifications: z.array(z.strictObject({ level, message })),
        }),
      ]),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().nonnegative(),
          level,
          message,
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri: relativeUri }) }),
              logicalLocations: z.tuple([
                z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.string() }),
              ]),
            }),
          ]),
          partialFingerprints: z.record(z.string(), z.string()),
          properties: z.strictObject({ certainty: z.string(), because: z.string().optional() }),
          suppressions: z.array(z.strictObject({ kind: z.literal('external'), justification: z.string() })).optional(),
        }),
      ),
    }),
  ]),
})

const OPTIONS = { colour: false, width: 80, unicode: true, quiet: false, verbose: false }

describe.each(savedReports())('sarif of report %s', (_, report) => {
  const { runs } = sarifSchema.parse(JSON.parse(sarif(report, OPTIONS)))
  const [{ tool, results, invocations }] = runs

  it('holds every finding and failed expectation, accepted findings as suppressed', () => {
    const failed = report.expectations.filter(({ status }) => status === 'failed')
    expect(results).toHaveLength(report.findings.length + report.suppressed.length + failed.length)
    expect(results.filter(({ suppressions }) => suppressions)).toHaveLength(report.suppressed.length)
  })

  it('points each result at its rule', () => {
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  })

  it('says whether it could look', () => {
    expect(invocations[0].executionSuccessful).toBe(report.verdict !== 'inconclusive')
    expect(invocations[0].properties.truths.hosts.read).toBe(report.truths.hosts.read)
    expect(invocations[0].toolExecutionNotifications).toHaveLength(report.gaps.length)
  })
})

it('names the former ids of a rule, so that results accepted under them stay accepted', () => {
  const report = savedReport('duplicate')
  const [first, ...others] = report.findings
  const renamed = { ...report, findings: [{ ...first!, rule: 'answers/unwanted-responder' }, ...others] }
  const { runs } = sarifSchema.parse(JSON.parse(sarif(renamed, OPTIONS)))
  const { rules } = runs[0].tool.driver
  const ids = Object.fromEntries(rules.map(({ id, deprecatedIds }) => [id, deprecatedIds]))
  expect(ids['answers/unwanted-responder']).toEqual(formerIdsOf('answers/unwanted-responder'))
  expect(ids['answers/unwanted-responder']).toContain('vip/bound-on-host')
  expect(ids[others[0]!.rule]).toBeUndefined()
})
