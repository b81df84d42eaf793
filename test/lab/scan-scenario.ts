import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Scenario, VIP } from '../../src/lab/scenarios.js'
import { buildSegment } from '../../src/lab/segment.js'
import { type Report, reportJsonSchema } from '../../src/report/report.js'
import { EXPECTATIONS } from './expectations.js'

/** The built command line, as a user starts it. */
export const CLI = [process.execPath, fileURLToPath(new URL('../../bin/run.js', import.meta.url))] as const

export interface Outcome {
  readonly code: number | null
  readonly report: Report
}

const ajv = new Ajv2020()
addFormats.default(ajv)
const validReport = ajv.compile<Report>(reportJsonSchema())

/** A report from `--json`; throws when it is not JSON or not of the published schema. */
export function parseReport(text: string): Report {
  const report: unknown = JSON.parse(text)
  if (!validReport(report)) throw new Error(`not the report schema: ${ajv.errorsText(validReport.errors)}`)
  return report
}

/** Builds the scenario, scans it once from the client as a user would, removes it. */
export async function scanScenario(scenario: Scenario, phase: number, delayMs = 0): Promise<Outcome> {
  const segment = await buildSegment(scenario.segment)
  try {
    await scenario.start?.(segment, phase)
    await sleep(delayMs)
    const flags = ['--vip', VIP, '--interface', 'eth0', ...(scenario.pace ?? []), ...(scenario.judge ?? []), '--json']
    const { code, stdout, stderr } = await segment.exec('client', [...CLI, 'scan', ...flags], { timeoutMs: 60_000 })
    if (stdout === '') throw new Error(`scan printed nothing (exit ${code}): ${stderr}`)
    return { code, report: parseReport(stdout) }
  } finally {
    segment.remove()
  }
}

/** What is wrong with an outcome, in words; empty when it says what the scenario holds. */
export function complaints({ name, fails }: Scenario, { code, report }: Outcome): string[] {
  const expected = EXPECTATIONS[name]
  if (expected === undefined) return [`nothing is expected of ${name}`]
  const claims = report.addresses.find((address) => address.ip === VIP)?.claims ?? []
  const responders = Object.fromEntries(claims.map((claim) => [claim.mac, claim.class]))
  const spoken = report.findings.map((finding) => finding.rule)
  const errors = report.findings.filter((finding) => finding.severity === 'error')
  return [
    ...(sameEntries(responders, expected.responders) ? [] : [`responders ${JSON.stringify(responders)}`]),
    ...expected.rules.filter((rule) => !spoken.includes(rule)).map((rule) => `${rule} is silent (spoke: ${spoken})`),
    ...(fails ? [] : errors.map((finding) => `false error ${finding.rule}: ${finding.message}`)),
    ...(code === (fails ? 1 : 0) ? [] : [`exit code ${code}`]),
  ]
}

function sameEntries(one: object, other: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).toSorted())
  return sorted(one) === sorted(other)
}
