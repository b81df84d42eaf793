import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { composeBundle } from '../../src/cli/compose-diagnose.js'
import { parseMacMap } from '../../src/cli/mac-map.js'
import { diagnosed } from '../../src/report/diagnosed.js'
import { formatMac } from '../../src/wire/mac.js'
import type { Bundle } from '../../src/workflows/bundle.js'
import { formatBundle } from '../../src/workflows/bundle-file.js'
import { diagnose } from '../../src/workflows/diagnose.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { traceToPcap } from '../trace.js'

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
    writeFileSync(file, formatBundle(bundle(read, existsSync(join(CASES, name, 'macs.txt'))), 'test'))
    const { request, adapters } = await composeBundle(file, '0.0.0')
    const report = await diagnose({ ...request, suppressions: [] }, adapters, new AbortController().signal)
    const symptoms = diagnosed(report)!.symptoms.map(({ finding, causes }) => [
      finding.rule,
      causes.map((cause) => cause.finding.rule),
    ])
    expect(Object.fromEntries(symptoms)).toEqual(withoutHosts(expected.causes))
  })
})

function bundle(read: (file: string) => string, named: boolean): Bundle {
  const { vips } = JSON.parse(read('question.json')) as { vips: string[] }
  return {
    question: { vips, expectedMacs: [], probed: true },
    own: { macs: [], ips: [] },
    capture: {
      source: { kind: 'file', name: 'trace.txt', engine: 'file' },
      bytes: traceToPcap(read('trace.txt')),
      conditions: { dropped: null, clock: 'kernel', promiscuityChanged: null },
    },
    cluster: clusterOf(read('cluster.yaml')),
    hosts: [],
    owners: named
      ? parseMacMap(read('macs.txt'), 'macs.txt').map((owner) => ({ ...owner, mac: formatMac(owner.mac) }))
      : [],
  }
}

/** The bundles of these cases hold no hosts: what only a host can show is not said. */
function withoutHosts(causes: Record<string, string[]>): Record<string, string[]> {
  const hostAreas = /^(?:sysctl|neighbour|kernel|bridge|link|bond|vip|firewall|memberlist)\//
  return Object.fromEntries(
    Object.entries(causes).map(([symptom, rules]) => [symptom, rules.filter((rule) => !hostAreas.test(rule))]),
  )
}
