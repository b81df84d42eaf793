import { describe, expect, it } from 'vitest'
import type { HostRecord } from '../../src/node/host.js'
import { reportSchema } from '../../src/report/report.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { type AuditNodeAdapters, auditNode } from '../../src/workflows/audit-node.js'
import { redactingHosts } from '../../src/workflows/redact-hosts.js'
import { recording } from '../node/recorded.js'

const request = {
  question: { vips: [parseIpv4('10.0.0.240')!], expectedMacs: [], own: { macs: [], ips: [] }, probed: false },
  suppressions: [],
}
const never = new AbortController().signal
const failure = { subject: 'node-z', reason: 'it refused the connection', hint: 'is sshd running?' }
const dead: HostRecord = { name: 'node-z', address: 'node-z', probes: {}, failure }

function adapters(records: readonly HostRecord[], more: Partial<AuditNodeAdapters> = {}): AuditNodeAdapters {
  const base = { save: null, redact: null, now: () => new Date(0), version: '0.0.0' }
  return { ...base, readHosts: async () => records, ...more }
}

describe('audit-node', () => {
  it('judges the hosts that were read and lists the others as gaps', async () => {
    const report = await auditNode(request, adapters([recording('debian-12'), dead]), never)
    expect(() => reportSchema.parse(report)).not.toThrow()
    expect(report.verdict).toBe('findings')
    expect(report.findings.map(({ rule }) => rule)).toContain('answers/own-address-silent')
    expect(report.gaps).toContainEqual({ ...failure, decisive: true })
    expect(report.truths.hosts).toEqual({ asked: true, read: 'partly', because: '1 of 2 read; not node-z' })
    expect(report.nodes.map(({ name, reached }) => [name, reached])).toEqual([
      ['node-a', true],
      ['node-z', false],
    ])
  })

  it.each(['debian-12-bonds', 'busybox-1.35-bonds'] as const)(
    '%s: the faults of bonds, VLANs and WiFi, and no others',
    async (directory) => {
      const report = await auditNode(request, adapters([recording(directory)]), never)
      const bridgeVlans = directory === 'debian-12-bonds' ? ['error bridge/vlan-self-missing node-a/br0'] : []
      expect(report.findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject.id}`)).toEqual([
        'error bond/balance-alb node-a/bond0',
        ...bridgeVlans,
        'error link/down-or-noarp node-a/wlan0',
        'warning answers/for-other-addresses node-a/bond0.100',
        'warning bond/fail-over-mac-active node-a/bond1',
        'warning link/wifi node-a/wlan0',
      ])
    },
  )

  it('is inconclusive when no host could be read', async () => {
    const report = await auditNode(request, adapters([dead]), never)
    expect([report.verdict, report.findings]).toEqual(['inconclusive', []])
    expect(report.skipped.length).toBeGreaterThan(0)
  })

  it('finds the same in a redacted host, under other names', async () => {
    const plain = await auditNode(request, adapters([recording('ubuntu-24.04')]), never)
    const saved: HostRecord[] = []
    const redacting = adapters([recording('ubuntu-24.04')], {
      redact: (asked) => redactingHosts(asked, new Uint8Array(32)),
      save: async (records) => void saved.push(...records),
    })
    const redacted = await auditNode(request, redacting, never)
    expect(redacted.findings.map(({ rule }) => rule)).toEqual(plain.findings.map(({ rule }) => rule))
    expect(JSON.stringify(redacted) + JSON.stringify(saved)).not.toMatch(/node-a|10\.0\.0\.240|02:00:00:00:00:11/)
  })
})

describe('redacting many hosts', () => {
  it('is a step a host, twice, and whole even where it was to stop', () => {
    const records = Array.from({ length: 5 }, () => recording('debian-12'))
    const steps = redactingHosts({ records, vips: [] }, new Uint8Array(32))
    let [count, step] = [0, steps.next(null)]
    for (; !step.done; step = steps.next('interrupted')) count += 1
    expect([count, step.value.records.length]).toEqual([10, 5])
  })
})
