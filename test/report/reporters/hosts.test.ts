import { describe, expect, it } from 'vitest'
import { known } from '../../../src/known.js'
import { buildHost, hostGaps } from '../../../src/node/host.js'
import { assembleReport } from '../../../src/report/assemble.js'
import { reportNode } from '../../../src/report/nodes.js'
import type { Report } from '../../../src/report/report.js'
import { matrix } from '../../../src/report/reporters/matrix.js'
import { hosts } from '../../../src/report/reporters/pretty/hosts.js'
import { styleFor } from '../../../src/report/reporters/pretty/style.js'
import { hostsTruth, notAsked } from '../../../src/report/truths.js'
import { judge } from '../../../src/rules/engine.js'
import { allRules } from '../../../src/rules/registry.js'
import { type Recording, recording } from '../../node/recorded.js'

const options = { colour: false, width: 100, unicode: true, quiet: false, verbose: false }
const dead = {
  name: 'dead',
  address: 'dead',
  probes: {},
  failure: { subject: 'dead', reason: 'it refused the connection', hint: '' },
}

/** The recorded hosts under the names of their directories, one of them dead. */
function reportOf(...directories: Recording[]): Report {
  const records = [...directories.map((name) => ({ ...recording(name), name })), dead]
  const built = records.map(buildHost)
  const question = { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false }
  return assembleReport({
    run: {
      command: 'audit-node',
      version: '0',
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:00:00Z',
      source: null,
      interrupted: false,
    },
    judgement: judge(allRules, { question: known(question, 'test'), hosts: known(built, 'test') }),
    suppressions: [],
    truths: { wire: notAsked('test'), cluster: notAsked('test'), hosts: hostsTruth(built, []) },
    capture: null,
    addresses: [],
    nodes: built.map(reportNode),
    gaps: records.flatMap((record, at) => hostGaps(record, built[at]!)),
    doubts: [],
  })
}

describe('hosts in the pretty report', () => {
  it('have their findings in short, the dead their reason, the quiet a count', () => {
    const report = reportOf('debian-12')
    const withQuiet = { ...report, nodes: [...report.nodes, { name: 'calm', reached: true, kernel: null }] }
    expect(hosts(withQuiet, styleFor(options))).toEqual([
      'Hosts',
      expect.stringMatching(/^ {2}‼ debian-12 \(\S+, Debian GNU\/Linux 12 \(bookworm\)\): \d+ warnings$/),
      expect.stringContaining('bridge/hairpin-on-uplink'),
      expect.any(String),
      '  - dead: not read',
      '  √ 1 host with nothing to report: calm',
    ])
  })

  it('are no section where no host was asked', () => {
    expect(hosts({ ...reportOf(), nodes: [] }, styleFor(options))).toEqual([])
  })
})

describe('the matrix', () => {
  it('has a row for each value that differs, with the odd one marked, and no dead host', () => {
    const text = matrix(reportOf('debian-12', 'busybox-1.35', 'ubuntu-24.04'), options)
    expect(text).toMatch(/kernel +│ (\S+) +│ \1 +│ 6\.8\.0-57-generic </)
    expect(text).toMatch(/os .*Ubuntu 24\.04\.2 LTS </)
    expect(text.split('\n')[0]).toContain('hosts partly: 3 of 4 read; not dead')
    expect(text.split('\n').slice(1).join('\n')).not.toMatch(/dead|promiscuity|rp_filter/)
  })

  it('marks by colour where there is one, and draws with ASCII where it must', () => {
    const report = reportOf('debian-12', 'busybox-1.35', 'ubuntu-24.04')
    expect(matrix(report, { ...options, colour: true })).toContain('\u001b[33m')
    expect(matrix(report, { ...options, unicode: false })).toMatch(/^[\n -~]+$/)
  })

  it('says so when nothing differs', () => {
    expect(matrix(reportOf('debian-12'), options)).toMatch(/^Looked at: .*\nNo value differs between 1 host\n$/)
  })
})
