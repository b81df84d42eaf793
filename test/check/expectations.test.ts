import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { holdExpectations } from '../../src/check/expectations.js'
import type { CheckFile, VipExpectation } from '../../src/check/model.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { exitCode } from '../../src/report/verdict.js'

const read = (name: string): Report =>
  reportSchema.parse(JSON.parse(readFileSync(`fixtures/reports/${name}.json`, 'utf8')))
const [healthy, duplicate, silent, inconclusive] = ['healthy', 'duplicate', 'silent', 'inconclusive'].map(read) as [
  Report,
  Report,
  Report,
  Report,
]
const vipOf = (report: Report) => report.addresses[0]!.ip

function file(vip: Partial<VipExpectation>, more: Partial<CheckFile> = {}): CheckFile {
  const defaults: VipExpectation = { ip: null, service: null, responders: 1, nodes: [], macs: [], answerWithinMs: null }
  return {
    interface: null,
    vips: [{ ...defaults, ...vip }],
    failOn: 'error',
    allow: [],
    nodes: [],
    cluster: true,
    baseline: null,
    ...more,
  }
}

function held(report: Report, given: CheckFile): Record<string, string> {
  return Object.fromEntries(holdExpectations(given, report).map(({ id, status }) => [id, status]))
}

describe('holdExpectations', () => {
  it('holds on a healthy VIP', () => {
    const ip = vipOf(healthy)
    expect(held(healthy, file({ ip, answerWithinMs: 1000 }))).toEqual({
      [`${ip}/responders`]: 'held',
      [`${ip}/latency`]: 'held',
      findings: 'held',
    })
  })

  it('fails by name where two machines answer', () => {
    const ip = vipOf(duplicate)
    expect(held(duplicate, file({ ip }))).toEqual({ [`${ip}/responders`]: 'failed', findings: 'failed' })
  })

  it('can expect two', () => {
    const ip = vipOf(duplicate)
    expect(held(duplicate, file({ ip, responders: 2 }, { failOn: 'never' }))).toEqual({ [`${ip}/responders`]: 'held' })
  })

  it('fails on silence, unless silence is expected', () => {
    const ip = vipOf(silent)
    expect(held(silent, file({ ip }))[`${ip}/responders`]).toBe('failed')
    expect(held(silent, file({ ip, responders: 0 }))[`${ip}/responders`]).toBe('held')
    expect(held(silent, file({ ip, answerWithinMs: 5 }))[`${ip}/latency`]).toBe('failed')
  })

  it('knows nothing where nobody could look', () => {
    expect(held(inconclusive, file({ ip: '10.0.0.240' }))).toEqual({
      '10.0.0.240/responders': 'unknown',
      findings: 'unknown',
    })
  })

  it('judges MACs as written by anyone', () => {
    const [ip, mac] = [vipOf(healthy), healthy.addresses[0]!.claims[0]!.mac]
    expect(held(healthy, file({ ip, macs: [mac.toUpperCase().replaceAll(':', '-')] }))[`${ip}/macs`]).toBe('held')
    expect(held(healthy, file({ ip, macs: ['02:00:00:00:00:99'] }))[`${ip}/macs`]).toBe('failed')
  })

  it('does not guess whose MAC it is', () => {
    const named = (node: string | null): Report => {
      const [address] = healthy.addresses
      return { ...healthy, addresses: [{ ...address!, claims: address!.claims.map((claim) => ({ ...claim, node })) }] }
    }
    const asked = file({ ip: vipOf(healthy), nodes: ['node-a'] })
    const id = `${vipOf(healthy)}/nodes`
    expect([named(null), named('node-a'), named('node-b')].map((report) => held(report, asked)[id])).toEqual([
      'unknown',
      'held',
      'failed',
    ])
  })

  it('names a host that could not be audited', () => {
    expect(held(healthy, file({ ip: vipOf(healthy) }, { nodes: ['node-z'] }))['node/node-z']).toBe('unknown')
  })
})

describe('exit code of a check', () => {
  it.each([
    [['held', 'held'], 0],
    [['held', 'unknown'], 3],
    [['failed', 'unknown'], 1],
  ] as const)('%j gives %i', (statuses, code) => {
    const expectations = statuses.map((status) => ({ id: 'x', title: 'x', status, message: '', findings: [] }))
    expect(exitCode({ ...duplicate, expectations }, 'error')).toBe(code)
  })
})
