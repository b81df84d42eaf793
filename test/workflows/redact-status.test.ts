import { expect, it } from 'vitest'
import { atOnce } from '../../src/steps.js'
import type { Status } from '../../src/watch/page/status.js'
import { redactingStatus } from '../../src/workflows/redact-status.js'

const machine = (mac: string, node: string | null) => ({ mac, node })
const A = machine('00:50:56:aa:bb:11', 'rack7-a.acme.example')
const STATUS: Status = {
  schemaVersion: 1,
  tool: { name: 'l2doctor', version: '0.1.0' },
  at: '2026-01-01T10:00:00.000Z',
  interfaces: [{ name: 'eth0', up: true, asks: true, judgedAt: '2026-01-01T10:00:00.000Z' }],
  vips: [
    {
      ip: '10.77.0.240',
      interface: 'eth0',
      services: ['payroll/ledger'],
      verdict: 'findings',
      because: null,
      responders: [A, machine('00:50:56:aa:bb:12', null)],
      expected: { node: A.node, from: 'metallb election' },
      answersAsExpected: false,
      failedExpectations: ['rack7-a must answer for payroll'],
      owner: A,
      ownerSince: '2026-01-01T09:00:00.000Z',
      moves: 2,
      lastAnswerAt: '2026-01-01T09:59:59.000Z',
      lastHour: [
        { from: '2026-01-01T09:00:00.000Z', to: '2026-01-01T10:00:00.000Z', verdict: 'findings', machines: [A] },
      ],
    },
  ],
  findings: [
    {
      interface: 'eth0',
      rule: 'wire/duplicate-responders',
      title: 'More than one machine answers for the same address',
      severity: 'error',
      certainty: 'certain',
      because: 'both answered one request of rack7-a',
      subject: '10.77.0.240',
      message: 'rack7-a (00:50:56:aa:bb:11) answers for 10.77.0.240',
      since: '2026-01-01T09:30:00.000Z',
      docs: '/rules/wire/duplicate-responders',
    },
  ],
  expectations: [{ interface: 'eth0', title: 'payroll answers', status: 'failed', message: 'rack7-a answers' }],
  counts: { healthy: 0, findings: 1, inconclusive: 0, standing: 1, left: 0, expectations: 1 },
}

it('keeps what was seen and the same names for the same things, and no sentence', () => {
  const written = atOnce(redactingStatus(STATUS, () => new Uint8Array(32).fill(3)))
  const [vip] = written.vips
  const [finding] = written.findings
  expect(JSON.stringify(written)).not.toMatch(/rack7|acme|payroll|ledger|10\.77|aa:bb/)
  expect(vip).toMatchObject({ verdict: 'findings', moves: 2, expected: { from: 'metallb election' } })
  expect(vip?.owner).toEqual(vip?.responders[0])
  expect(vip?.lastHour[0]?.machines).toEqual([vip?.owner])
  expect(vip?.expected?.node).toBe(vip?.owner?.node)
  expect(finding).toMatchObject({ ...STATUS.findings[0], subject: vip?.ip, because: 'redacted', message: 'redacted' })
  expect(written.counts).toEqual(STATUS.counts)
  expect(written.interfaces).toEqual(STATUS.interfaces)
})

/** Half of the addresses ending in .1 of a network: about every fourth key makes one of them another one. */
const CROWDED: Status = {
  ...STATUS,
  vips: Array.from({ length: 128 }, (_, at) => ({ ...STATUS.vips[0]!, ip: `192.168.${at}.1` })),
  findings: [],
}

function isRefused(key: Uint8Array): boolean {
  try {
    atOnce(redactingStatus(CROWDED, () => key))
    return false
  } catch (error) {
    expect(String(error)).toContain('would still be in it')
    return true
  }
}

it('takes another key where a pseudonym is a true address, and gives nothing where none helps', () => {
  const all = Array.from({ length: 100 }, (_, at) => new Uint8Array(32).fill(at))
  const keys = [all.find(isRefused)!, all.find((key) => !isRefused(key))!]
  const written = atOnce(redactingStatus(CROWDED, () => keys.shift()!))
  const before = new Set(CROWDED.vips.map(({ ip }) => ip))
  expect(written.vips.filter(({ ip }) => before.has(ip))).toEqual([])
  expect(keys).toEqual([])
})
