import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { holdExpectations } from '../../src/check/expectations.js'
import type { CheckFile, VipExpectation } from '../../src/check/model.js'
import type { Gap } from '../../src/known.js'
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
    cluster: false,
    baseline: null,
    ...more,
  }
}

function held(report: Report, given: CheckFile, clusterGap: Gap | null = null): Record<string, string> {
  return Object.fromEntries(holdExpectations(given, report, { clusterGap }).map(({ id, status }) => [id, status]))
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

  it('counts those that answer at once, so that a failover is none too many', () => {
    const [address] = duplicate.addresses
    const [a, b] = address!.claims.map(({ mac }) => mac) as [string, string]
    const answeredBy = (...rounds: string[][]) => {
      const timeline = rounds.map((macs, at) => ({
        atMs: at * 200,
        mode: 'broadcast' as const,
        to: null,
        answers: macs.map((mac) => ({ mac, afterMs: 0.1 })),
      }))
      const report = { ...duplicate, addresses: [{ ...address!, timeline }] }
      return holdExpectations(file({ ip: address!.ip }), report, { clusterGap: null })[0]
    }
    expect(answeredBy([a], [a], [b], [b])).toMatchObject({
      status: 'held',
      message: expect.stringContaining('2 answered, one after the other'),
    })
    expect(answeredBy([a], [b], [a], [b])?.status).toBe('failed')
    expect(answeredBy([a, b], [b])?.status).toBe('failed')
    expect(answeredBy([a], [a])?.status).toBe('failed')
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

  it('tells a Service without VIP from a cluster that could not be read', () => {
    const asked = file({ service: 'default/gone' }, { cluster: true, failOn: 'never' })
    const gap = { subject: 'cluster', reason: 'connection refused', hint: '' }
    expect(held(healthy, asked)).toEqual({ 'default/gone/responders': 'failed', cluster: 'held' })
    expect(held(healthy, asked, gap)).toEqual({ 'default/gone/responders': 'unknown', cluster: 'unknown' })
  })

  it('holds each VIP of a Service, also of one that shares its address', () => {
    const [address] = healthy.addresses
    const served = (ip: string, services: string[]) => ({ ...address!, ip, services })
    const addresses = [
      served('10.0.0.1', ['a/b', 'shop/web']),
      served('10.0.0.2', ['shop/web']),
      served('10.0.0.3', ['c/d']),
    ]
    expect(held({ ...healthy, addresses }, file({ service: 'shop/web' }, { failOn: 'never' }))).toEqual({
      'shop/web at 10.0.0.1/responders': 'held',
      'shop/web at 10.0.0.2/responders': 'held',
    })
  })

  it('holds an address against the Service that should have it', () => {
    const [address] = healthy.addresses
    const asked = file({ ip: address!.ip, service: 'shop/web' }, { cluster: true, failOn: 'never' })
    const id = `${address!.ip}/service`
    const ofService = (service: string | null) => ({
      ...healthy,
      addresses: [{ ...address!, services: service === null ? [] : [service] }],
    })
    expect(['shop/web', 'a/b', null].map((service) => held(ofService(service), asked)[id])).toEqual([
      'held',
      'failed',
      'failed',
    ])
    expect(held(ofService(null), asked, { subject: 'cluster', reason: 'no', hint: '' })[id]).toBe('unknown')
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
