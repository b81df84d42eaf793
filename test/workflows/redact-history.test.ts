import { expect, it } from 'vitest'
import { atOnce } from '../../src/steps.js'
import { formatLine, type HistoryLine, type LineOf, parseHistory } from '../../src/watch/history-line.js'
import { redactingHistory } from '../../src/workflows/redact-history.js'

const AT = '2026-01-01T10:00:00.000Z'
const A = { mac: '00:50:56:aa:bb:11', node: 'rack7-a.acme.example' }
const B = { mac: '00:50:56:aa:bb:12', node: null }
const finding = {
  rule: 'wire/duplicate-responders',
  severity: 'error',
  certainty: 'certain',
  subject: '2001:db8:7:1:250:56ff:feaa:bb11',
  message: 'rack7-a (0050.56aa.bb11) and 00-50-56-aa-bb-12 answer for payroll/ledger',
  fingerprint: '9f86d081884c7d65',
} as const
const vip = (responders: LineOf<'vip'>['responders']): HistoryLine => ({
  event: 'vip',
  at: AT,
  interface: 'eth0',
  asked: true,
  ip: '10.77.0.240',
  services: ['payroll/ledger'],
  responders,
  owner: A,
  expected: { node: A.node, from: 'metallb election' },
  verdict: 'findings',
  because: 'rack7-a was not heard',
})
const LINES: readonly HistoryLine[] = [
  {
    event: 'begun',
    kind: 'l2doctor/History',
    version: 1,
    at: AT,
    writtenBy: 'l2doctor 0.1.0',
    continued: false,
  },
  vip([A]),
  vip([A, B]),
  { event: 'finding-began', at: AT, interface: 'eth0', finding },
  { event: 'finding-ended', at: AT, since: AT, interface: 'eth0', finding },
  {
    event: 'service',
    at: AT,
    service: 'payroll/ledger',
    ips: ['10.77.0.240'],
    nodes: { '10.77.0.240': A.node },
    announcers: ['metallb'],
  },
  { event: 'segment', at: AT, interface: 'eth0', gateways: [{ ip: '10.77.0.1', mac: '00:50:56:aa:bb:01' }] },
  { event: 'vip-gone', at: AT, interface: 'eth0', ip: '10.77.0.240' },
]

it('keeps who answered when under one name for one thing, and no sentence, name, address or MAC in any spelling', () => {
  const written = atOnce(redactingHistory(LINES, () => new Uint8Array(32).fill(3)))
  const text = written.map(formatLine).join('')
  expect(text).not.toMatch(/rack7|acme|payroll|ledger|10\.77|9f86d081|aa:?bb|aa-bb|56aa|56ff:feaa/i)
  expect(written[0]).toEqual(LINES[0])
  expect(parseHistory(text)).toEqual({ lines: written, unread: 0, isTorn: false })
  const [, first, second, began, ended, service, , gone] = written as [
    HistoryLine,
    LineOf<'vip'>,
    LineOf<'vip'>,
    LineOf<'finding-began'>,
    LineOf<'finding-ended'>,
    LineOf<'service'>,
    HistoryLine,
    LineOf<'vip-gone'>,
  ]
  expect(written.map(({ event, at }) => [event, at])).toEqual(LINES.map(({ event, at }) => [event, at]))
  expect(second.responders[0]).toEqual(first.owner)
  expect(second.responders).toHaveLength(2)
  expect(first.expected).toEqual({ node: first.owner?.node, from: 'metallb election' })
  expect(began.finding).toEqual(ended.finding)
  expect(began.finding).toMatchObject({ rule: finding.rule, message: 'redacted' })
  expect(service).toMatchObject({ service: first.services[0], ips: [first.ip], announcers: ['metallb'] })
  expect(service.nodes).toEqual({ [first.ip]: first.owner?.node })
  expect(gone.ip).toBe(first.ip)
})
