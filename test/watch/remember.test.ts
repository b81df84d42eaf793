import { describe, expect, it } from 'vitest'
import type { Report, ReportedAddress, ReportedFinding } from '../../src/report/report.js'
import { ipSubject } from '../../src/rules/subject.js'
import { type Change, type JudgedWindow, type Memory, NOTHING_YET } from '../../src/watch/model.js'
import { remember } from '../../src/watch/remember.js'
import { lineOf, recordOf } from '../../src/watch/say.js'

const VIP = '10.0.0.240'
const [A, B] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b']

/** `rounds`: who answered each broadcast. */
function address(rounds: readonly string[][], more: Partial<ReportedAddress> = {}): ReportedAddress {
  const macs = [...new Set(rounds.flat())]
  return {
    ip: VIP,
    vlans: [],
    rounds: rounds.length,
    answeredRounds: rounds.filter((macs) => macs.length > 0).length,
    service: null,
    services: [],
    expected: null,
    ownEntry: null,
    missedResponderBound: null,
    verdict: 'healthy',
    because: null,
    timeline: rounds.map((answers, at) => ({
      atMs: at * 1000,
      mode: 'broadcast' as const,
      to: null,
      answers: answers.map((mac) => ({ mac, afterMs: 1 })),
    })),
    claims: macs.map((mac) => ({
      mac,
      requests: 0,
      replies: 1,
      gratuitous: 0,
      advertisements: 0,
      firstSeen: '2026-01-01T00:00:00Z',
      lastSeen: '2026-01-01T00:00:30Z',
      rounds: 1,
      medianMs: 1,
      firstMs: 1,
      firstAnswers: 1,
      class: 'owner' as const,
      virtual: null,
      vendor: null,
      node: null,
      interface: null,
      via: null,
      expected: null,
    })),
    ...more,
  }
}

function finding(rule: string, symptom: 'silence' | 'claim', ip = VIP): ReportedFinding {
  return {
    rule,
    title: `title of ${rule}`,
    severity: 'error',
    certainty: 'likely',
    because: 'of a reason',
    subject: ipSubject(ip),
    message: `message of ${rule}`,
    data: {},
    evidence: [],
    fixes: [],
    explains: [],
    symptom,
    fingerprint: `${rule} ${ip}`,
    docs: '',
  } as unknown as ReportedFinding
}

function window(addresses: readonly ReportedAddress[], more: Partial<Report> = {}, isWhole = true): JudgedWindow {
  const read = { asked: true, read: 'whole', because: null }
  const report = { addresses, findings: [], expectations: [], truths: { wire: read }, ...more } as unknown as Report
  return { endedAt: '2026-01-01T00:01:00Z', report, vips: new Set([VIP]), isWhole }
}

/** Each window after the other; what each of them tells. */
function tell(...windows: readonly JudgedWindow[]): { readonly told: Change[][]; readonly memory: Memory } {
  let memory = NOTHING_YET
  const told = windows.map((one) => {
    const next = remember(memory, one)
    memory = next.memory
    return [...next.changes]
  })
  return { told, memory }
}

const events = (told: readonly Change[][]) => told.map((changes) => changes.map(({ event }) => event))

describe('what a watch tells', () => {
  it('who answers first, a move once with how often, and nothing while all stays', () => {
    const { told, memory } = tell(
      window([address([[A], [A]])]),
      window([address([[A], [A]])]),
      window([address([[A], [B], [A], [B]])]),
      window([address([[B]])]),
    )
    expect(events(told)).toEqual([['owner-first-seen'], [], ['owner-moved'], []])
    expect(told[2]).toMatchObject([{ from: { mac: A }, to: { mac: B }, times: 3 }])
    expect(memory.vips.get(VIP)).toMatchObject({ owner: { mac: B }, moves: 3, lastAnswerAt: '2026-01-01T00:00:30Z' })
  })

  it('two MACs of one node are no move', () => {
    const of = (mac: string) => {
      const one = address([[mac]])
      return { ...one, claims: one.claims.map((claim) => ({ ...claim, node: 'node-a' })) }
    }
    expect(events(tell(window([of(A)]), window([of(B)])).told)).toEqual([['owner-first-seen'], []])
  })

  it('a conflict leaves the owner as it was, and counts all responders', () => {
    const { told, memory } = tell(
      window([address([[A]])]),
      window([
        address([
          [A, B],
          [B, A],
        ]),
      ]),
    )
    expect(events(told)).toEqual([['owner-first-seen'], []])
    expect(memory.vips.get(VIP)).toMatchObject({ owner: { mac: A }, responders: [{ mac: A }, { mac: B }] })
  })

  it('a finding when it begins, and its end after two windows that could have shown it', () => {
    const wrong = window([address([[A, B]])], { findings: [finding('wire/duplicate-responders', 'claim')] })
    const well = window([address([[A]])])
    expect(events(tell(wrong, wrong, well, wrong, well, well, well).told)).toEqual([
      ['finding-began'],
      [],
      ['owner-first-seen'],
      [],
      [],
      ['finding-ended'],
      [],
    ])
  })

  it('no end of a finding in a window that shows nothing of its address', () => {
    const wrong = window([address([])], { findings: [finding('wire/no-answer', 'silence')] })
    const unknown = window([address([], { verdict: 'inconclusive', because: 'it is held here' })])
    const unread = { asked: true, read: 'no', because: 'the link is down' } as const
    const blind = window([address([])], { truths: { wire: unread, cluster: unread, hosts: unread } })
    const { told, memory } = tell(wrong, unknown, blind, unknown, blind)
    expect(told.flat().filter(({ event }) => event === 'finding-ended')).toEqual([])
    expect(memory.findings.size).toBe(1)
  })

  it('no silence of a window that was not seen whole, but who answered in it', () => {
    const findings = [finding('wire/no-answer', 'silence'), finding('wire/duplicate-responders', 'claim')]
    const { told } = tell(window([address([[A, B]])], { findings }, false))
    expect(told.flat()).toMatchObject([{ event: 'finding-began', finding: { rule: 'wire/duplicate-responders' } }])
  })

  it('an address that becomes unknown, with the reason, and that it can be judged again', () => {
    const unknown = address([], { verdict: 'inconclusive', because: 'the link is down' })
    const { told } = tell(window([address([[A]])]), window([unknown]), window([unknown]), window([address([[A]])]))
    expect(events(told)).toEqual([['owner-first-seen'], ['vip-unknown'], [], ['vip-known']])
    expect(told[1]).toMatchObject([{ because: 'the link is down' }])
  })

  it('an expectation that fails and that holds again, but none that held from the start', () => {
    const held = { id: 'x', title: 'one machine answers', status: 'held' as const, message: '1 answered', findings: [] }
    const failed = { ...held, status: 'failed' as const, message: '2 answered' }
    const of = (one: typeof held | typeof failed) => window([], { expectations: [one] })
    expect(events(tell(of(held), of(failed), of(failed), of(held)).told)).toEqual([
      [],
      ['expectation-changed'],
      [],
      ['expectation-changed'],
    ])
  })

  it('keeps nothing of an address that is no longer watched, nor of one that never was', () => {
    const other = address([[A]], { ip: '10.0.0.9' })
    const { memory } = tell(window([address([[A]]), other]), { ...window([address([[A]])]), vips: new Set() })
    expect(memory.vips.size).toBe(0)
  })
})

describe('a line of the log', () => {
  const said = (change: Change) => ({ at: '2026-01-01T00:00:00Z', interface: 'eth0', change })

  it('is one line, whatever a host put into it', () => {
    const hostile = { ...finding('wire/x', 'claim'), message: 'two\nlines' }
    expect(lineOf(said({ event: 'finding-began', finding: hostile }))).toBe(
      '2026-01-01T00:00:00Z eth0 error: two lines (likely: of a reason) [wire/x]',
    )
  })

  it('names machines by node where it is known', () => {
    const change = {
      event: 'owner-moved',
      ip: VIP,
      from: { mac: A, node: 'a' },
      to: { mac: B, node: null },
      times: 1,
    } as const
    expect(lineOf(said(change))).toBe(`2026-01-01T00:00:00Z eth0 ${VIP} moved from a (${A}) to ${B}`)
    expect(recordOf(said(change))).toEqual({ at: '2026-01-01T00:00:00Z', interface: 'eth0', ...change })
  })
})
