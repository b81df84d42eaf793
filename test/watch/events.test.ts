import { describe, expect, it } from 'vitest'
import type { Report, ReportedAddress, ReportedFinding } from '../../src/report/report.js'
import { allRules } from '../../src/rules/registry.js'
import { ipSubject, nodeSubject, serviceSubject } from '../../src/rules/subject.js'
import { findingsOfServices, reasonOf } from '../../src/watch/events.js'
import { NOTHING_YET, type WatchedWindow } from '../../src/watch/model.js'

const VIP = '10.0.0.240'

function finding(more: Partial<ReportedFinding> = {}): ReportedFinding {
  const rule = 'wire/duplicate-responders'
  const title = 'More than one machine answers for the same address'
  const said = { severity: 'error', certainty: 'certain', message: `2 machines answer for ${VIP}` } as const
  return { rule, title, ...said, subject: ipSubject(VIP), fingerprint: 'f', ...more } as ReportedFinding
}

function window(findings: readonly ReportedFinding[], more: Partial<WatchedWindow> = {}): WatchedWindow {
  const addresses = [
    { ip: VIP, services: ['shop/web', 'shop/dns'] },
    { ip: '10.0.0.9', services: [] },
  ] as unknown as ReportedAddress[]
  const standing = new Map(
    findings.map((one) => [
      one.fingerprint,
      { finding: one, since: '', cleanWindows: 0, shown: 1, missed: 0, wasAsked: true, isLeft: false },
    ]),
  )
  const memory = { ...NOTHING_YET, findings: standing }
  return { interface: 'eth0', memory, report: { findings, addresses } as unknown as Report, asked: true, ...more }
}

describe('what is said of Services in Events', () => {
  it('is a finding about an address of each, in words that do not change with what was counted', () => {
    const said = findingsOfServices(window([finding()]))
    expect(said.map(({ service }) => service)).toEqual(['shop/web', 'shop/dns'])
    expect(findingsOfServices(window([finding({ message: '3 machines answer' })]))).toEqual(said)
    expect(said[0]).toMatchObject({
      reason: 'WireDuplicateResponders',
      note: `More than one machine answers for the same address: ${VIP} [wire/duplicate-responders]`,
    })
  })

  it('is a finding about the Service itself', () => {
    const said = findingsOfServices(window([finding({ subject: serviceSubject({ namespace: 'shop', name: 'web' }) })]))
    expect(said.map(({ service }) => service)).toEqual(['shop/web'])
  })

  it.each([
    ['of an address that no Service has', finding({ subject: ipSubject('10.0.0.9') })],
    ['of a node', finding({ subject: nodeSubject({ name: 'node-a' }) })],
    ['that is only possible', finding({ certainty: 'possible' })],
    ['that is information', finding({ severity: 'info' })],
  ])('is no finding %s', (_, one) => {
    expect(findingsOfServices(window([one]))).toEqual([])
  })

  it('is nothing where no request was sent, or the finding does not stand yet', () => {
    expect(findingsOfServices(window([finding()], { asked: false }))).toEqual([])
    expect(findingsOfServices(window([finding()], { asked: new Set(['10.0.0.9']) }))).toEqual([])
    expect(findingsOfServices(window([finding()], { memory: NOTHING_YET }))).toEqual([])
  })

  it('is not said of what stands but is not seen in this window', () => {
    const { report, ...rest } = window([finding()])
    expect(findingsOfServices({ ...rest, report: { ...report, findings: [] } })).toEqual([])
  })

  it('has a reason of its own for each rule, and a note that an Event can hold', () => {
    const reasons = allRules.map(({ id }) => reasonOf(id))
    expect(new Set(reasons).size).toBe(reasons.length)
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z][A-Za-z0-9]{1,127}$/)
    const most = allRules.map(({ id, title }) => Buffer.byteLength(`${title}${id}`))
    expect(Math.max(...most)).toBeLessThan(800)
  })
})
