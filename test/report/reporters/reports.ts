import { readdirSync, readFileSync } from 'node:fs'
import { type Report, type ReportedAddress, reportSchema } from '../../../src/report/report.js'

const ROOT = new URL('../../../fixtures/reports/', import.meta.url)

/** Every saved report by its name, each checked against the schema. */
export function savedReports(): [name: string, report: Report][] {
  return readdirSync(ROOT)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [file.replace('.json', ''), savedReport(file.replace('.json', ''))])
}

export function savedReport(name: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, ROOT), 'utf8')))
}

/** A sweep of 300 addresses: 25 with two answerers (each an error), 75 silent, the rest healthy. */
export function bigReport(): Report {
  const duplicate = savedReport('duplicate')
  const [address] = duplicate.addresses
  const [finding] = duplicate.findings
  if (!address || !finding) throw new Error('the report "duplicate" has no address or no finding')
  const addresses = Array.from({ length: 300 }, (_, index) => sweptAddress(address, index))
  const contested = addresses.filter(({ claims }) => claims.length > 1)
  return reportSchema.parse({
    ...duplicate,
    addresses,
    nodes: [],
    gaps: [],
    skipped: [],
    suppressed: [],
    findings: contested.map(({ ip }) => JSON.parse(JSON.stringify(finding).replaceAll('10.0.0.240', ip))),
  })
}

function sweptAddress(address: ReportedAddress, index: number): ReportedAddress {
  const ip = `10.0.${4 + Math.floor(index / 250)}.${1 + (index % 250)}`
  const plain = { ...address, ip, service: null, expected: null }
  if (index % 4 === 3) return { ...plain, claims: [], timeline: [], answeredRounds: 0 }
  return index % 12 === 0 ? plain : { ...plain, claims: address.claims.slice(0, 1) }
}
