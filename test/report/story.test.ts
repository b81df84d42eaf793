import { describe, expect, it } from 'vitest'
import { entriesOf } from '../../src/report/alike.js'
import { type Report, type ReportedFinding, reportSchema } from '../../src/report/report.js'
import { pretty } from '../../src/report/reporters/pretty.js'
import { storyOf } from '../../src/report/story.js'
import { verdictLine } from '../../src/report/wording.js'
import { interfaceSubject, ipSubject } from '../../src/rules/subject.js'
import { savedReport } from './reporters/reports.js'

const VIPS = ['10.0.0.240', '10.0.0.241', '10.0.0.242']
const OPTIONS = { width: 80, unicode: true, colour: false, quiet: false, verbose: false }
const CLOSED = { nodes: [], gaps: [], skipped: [], suppressed: [] }

const [symptom, cause] = savedReport('duplicate').findings as [ReportedFinding, ReportedFinding]

function finding(base: ReportedFinding, changes: Partial<ReportedFinding>): ReportedFinding {
  return { ...base, fixes: base.fixes.slice(0, 1), ...changes }
}

/** Each VIP answered by two machines, heard in another order, and the cause found for each of them. */
function threeVips(cause: (ip: string) => ReportedFinding): Report {
  const saved = savedReport('duplicate')
  const [address] = saved.addresses
  const symptoms = VIPS.map((ip, at) =>
    finding(symptom, {
      subject: ipSubject(ip),
      message: `2 MACs answer for ${ip} (together in ${at + 1} of ${at + 4} rounds)`,
      fingerprint: `symptom ${ip}`,
    }),
  )
  const causes = VIPS.map(cause)
  return reportSchema.parse({
    ...saved,
    ...CLOSED,
    addresses: VIPS.map((ip) => ({ ...address, ip, service: `shop/web-${ip.at(-1)}` })),
    findings: [...symptoms, ...causes],
    diagnosis: {
      symptoms: symptoms.map(({ fingerprint }, at) => ({
        fingerprint,
        causes: [{ fingerprint: causes[at]!.fingerprint, certainty: 'likely', because: 'the objects were read' }],
      })),
      unattached: [],
    },
  })
}

const alike = (ip: string) =>
  finding(cause, {
    subject: ipSubject(ip),
    message: `two announcers claim ${ip} of shop/web-${ip.at(-1)}`,
    fingerprint: `cause ${ip}`,
    explains: [symptom.rule],
  })

describe('three VIPs of one cause', () => {
  const report = threeVips(alike)
  const lines = pretty(report, OPTIONS).split('\n')

  it('are one entry with the list, on one screen', () => {
    expect(lines[0]).toBe(`× ${symptom.title} (10.0.0.240, 10.0.0.241,`)
    expect(lines.filter((line) => line.includes(symptom.title))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('  Cause '))).toHaveLength(1)
    expect(lines.filter((line) => line === 'Fix')).toHaveLength(1)
    expect(lines.length).toBeLessThanOrEqual(40)
  })

  it('are three findings all the same, each whole with -v', () => {
    const text = pretty(report, { ...OPTIONS, verbose: true })
    for (const { message } of report.findings) expect(text.replace(/\s+/g, ' ')).toContain(message)
  })
})

describe('VIPs of different causes', () => {
  const report = threeVips((ip) => ({ ...alike(ip), message: `node-${ip.at(-1)} holds ${ip}` }))

  it('have a cause each, and a fix each by name', () => {
    expect(storyOf(report).chapters).toHaveLength(3)
    const lines = pretty(report, OPTIONS).split('\n')
    expect(lines.filter((line) => line.startsWith('  Cause '))).toHaveLength(3)
    expect(lines.filter((line) => line.startsWith('  Next '))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('  Fix '))).toHaveLength(2)
  })
})

/** Of `node-a/eth0`. */
function interfaceOf(text: string) {
  const [node = '', name = ''] = text.split('/')
  return interfaceSubject({ name: node }, name)
}

describe('findings that are alike', () => {
  const report = threeVips(alike)
  const one = (id: string, message: string, more: Partial<ReportedFinding> = {}) =>
    finding(cause, { subject: interfaceOf(id), message, ...more })
  const count = (...findings: ReportedFinding[]) => entriesOf(findings, report).length

  it('differ in the names of their subject and in counts only', () => {
    expect(count(one('node-a/eth0', 'node-a answers on eth0'), one('node-b/eth1', 'node-b answers on eth1'))).toBe(1)
    expect(count(one('a/b0', '12 requests in 4 s'), one('c/b0', '9 requests in 2.5 s'))).toBe(1)
    expect(
      count(
        one('a/b0', '02:00:00:00:00:0a and 02:00:00:00:00:0b'),
        one('c/b0', '02:00:00:00:00:0b and 02:00:00:00:00:0a'),
      ),
    ).toBe(1)
  })

  it('are not alike with another setting, machine, certainty or severity', () => {
    const base = one('node-a/eth0', 'node-a: arp_ignore is 8')
    expect(count(base, one('node-b/eth0', 'node-b: arp_ignore is 1'))).toBe(2)
    expect(count(base, one('node-b/eth0', 'node-c: arp_ignore is 8'))).toBe(2)
    expect(count(one('a/b0', '02:00:00:00:00:0a'), one('c/b0', '02:00:00:00:00:0b'))).toBe(2)
    expect(count(base, one('node-b/eth0', 'node-b: arp_ignore is 8', { certainty: 'possible' }))).toBe(2)
    expect(count(base, one('node-b/eth0', 'node-b: arp_ignore is 8', { severity: 'info' }))).toBe(2)
  })
})

describe('an address that nobody asked for', () => {
  const saved = savedReport('duplicate')
  const [address] = saved.addresses
  const quiet = { ...address!, timeline: [], claims: [], rounds: 0, answeredRounds: 0, verdict: 'healthy' as const }

  it.each([1, 6])('is never said to have given no answer: %i of them', (count) => {
    const addresses = Array.from({ length: count }, (_, at) => ({ ...quiet, ip: `10.0.0.${at + 1}` }))
    const printed = pretty({ ...saved, ...CLOSED, findings: [], verdict: 'healthy', addresses }, OPTIONS)
    const text = printed.replace(/\s+/g, ' ')
    expect(text).not.toContain('no answer')
    expect(text).toMatch(
      count > 4 ? /6 addresses with no request seen/ : /no request for it and no claim to it was seen/,
    )
  })
})

describe('a fault of another address than the one that was asked for', () => {
  const saved = savedReport('duplicate')
  const [address] = saved.addresses
  const because = 'no request for it and no claim to it was seen'
  const about = (asked: readonly string[], verdict: 'healthy' | 'inconclusive' = 'healthy') => {
    const left = verdict === 'healthy' ? null : because
    const lines = ['10.0.0.200', '10.0.0.201'].map((ip) => ({ ...address, ip, verdict, because: left, claims: [] }))
    const all = [{ ...address, ip: '10.0.0.240' }, ...lines].map((one) => ({ ...one, asked: asked.includes(one.ip!) }))
    const symptoms = [{ fingerprint: symptom.fingerprint, causes: [] }]
    return reportSchema.parse({
      ...saved,
      ...CLOSED,
      addresses: all,
      findings: [finding(symptom, { subject: ipSubject('10.0.0.240') })],
      diagnosis: { symptoms, unattached: [] },
    })
  }
  const firstLine = (report: Report) => pretty(report, { ...OPTIONS, width: 160 }).split('\n')[0]

  it.each([
    [about(['10.0.0.200']), '√ 10.0.0.200 is healthy; the first fault below is of another address'],
    [
      about(['10.0.0.200', '10.0.0.201']),
      '√ 10.0.0.200 and 1 more are healthy; the first fault below is of another address',
    ],
    [
      about(['10.0.0.200'], 'inconclusive'),
      `‼ 10.0.0.200 is not judged: ${because}; the first fault below is of another address`,
    ],
  ])('comes after what is true of that one', (report, line) => {
    expect(firstLine(report)).toBe(line)
    expect(verdictLine(report)).toBe(`${line.slice(2).split('; the first')[0]}; 1 error: ${symptom.title} (10.0.0.240)`)
  })

  it('says the gravest of an address on several VLANs, and not of an accepted fault that it is healthy', () => {
    const report = about(['10.0.0.200'])
    const asked = report.addresses.find((one) => one.asked)!
    const onVlan = { ...asked, vlans: [10], verdict: 'inconclusive' as const, because }
    expect(firstLine({ ...report, addresses: [...report.addresses, onVlan] })).toBe(
      `‼ 10.0.0.200 is not judged: ${because}; the first fault below is of another address`,
    )
    const accepted = { ...finding(symptom, { subject: ipSubject('10.0.0.200') }), suppressedBy: symptom.rule }
    expect(firstLine({ ...report, suppressed: [accepted] })).toBe(`× ${symptom.title} (10.0.0.240)`)
  })

  it.each([[about([])], [about(['10.0.0.240', '10.0.0.200'])]])(
    'comes first where it was asked for too, or nothing was',
    (report) => {
      expect(firstLine(report)).toBe(`× ${symptom.title} (10.0.0.240)`)
    },
  )
})
