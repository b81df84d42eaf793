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
    asked: true,
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

function causeOf(rule: string): ReportedFinding {
  const { symptom: _, ...cause } = finding(rule, 'silence')
  return { ...cause, explains: ['wire/no-answer'] }
}

function window(addresses: readonly ReportedAddress[], more: Partial<Report> = {}, isWhole = true): JudgedWindow {
  const read = { asked: true, read: 'whole', because: null }
  const nothing = { findings: [], expectations: [], skipped: [], rulesRun: [], truths: { wire: read } }
  const report = { addresses, ...nothing, ...more } as unknown as Report
  const unseen = isWhole ? null : 'frames were dropped'
  return { endedAt: '2026-01-01T00:01:00Z', report, vips: new Set([VIP]), unseen, answeredAt: new Map(), asked: true }
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
    expect(memory.vips.get(VIP)).toMatchObject({ owner: { mac: B }, moves: 3 })
  })

  it('when a request was answered last, which an announcement after that is not', () => {
    const answered = (at: string) => ({ ...window([address([[A]])]), answeredAt: new Map([[VIP, at]]) })
    const announced = address([], { claims: address([[A]]).claims.map((claim) => ({ ...claim, gratuitous: 1 })) })
    const { memory } = tell(answered('2026-01-01T00:00:10Z'), window([announced]))
    expect(memory.vips.get(VIP)).toMatchObject({ lastAnswerAt: '2026-01-01T00:00:10Z' })
  })

  it('that a finding is left to the watch that asks now, and not that it is over, however well all looks to who only listens', () => {
    const duplicate = window([address([[A, B]], { verdict: 'findings' })], {
      findings: [finding('wire/duplicate-responders', 'claim')],
    })
    const well = window([address([[A]])])
    const listening: JudgedWindow = { ...well, asked: new Set() }
    const [read, nothing] = [{ asked: true, read: 'no', because: 'x' }, address([], { verdict: 'inconclusive' })]
    const blind: JudgedWindow = { ...window([nothing], { truths: { wire: read } } as Partial<Report>), asked: false }
    const { told, memory } = tell(
      duplicate,
      blind,
      listening,
      blind,
      listening,
      listening,
      listening,
      duplicate,
      listening,
      well,
      well,
    )
    const ofFindings = told.map((changes) =>
      changes.map(({ event }) => event).filter((event) => event.startsWith('finding')),
    )
    const [began, left, ended] = ['finding-began', 'finding-left', 'finding-ended'].map((event) => [event])
    expect(ofFindings).toEqual([began, [], left, [], [], [], [], began, left, [], ended])
    expect(memory.findings.size).toBe(0)
    expect(
      lineOf({
        at: '2026-01-01T00:03:00Z',
        interface: 'eth0',
        change: told[2]!.find(({ event }) => event === 'finding-left')!,
      }),
    ).toBe(
      '2026-01-01T00:03:00Z eth0 another watch asks now, and says whether this stands: title of wire/duplicate-responders: 10.0.0.240 (since 2026-01-01T00:01:00Z) [wire/duplicate-responders]',
    )
  })

  it('that a finding is over where its address is watched no more, whoever asks', () => {
    const found = window([address([[A, B]])], { findings: [finding('wire/duplicate-responders', 'claim')] })
    const gone: JudgedWindow = { ...window([]), vips: new Set(), asked: false }
    expect(events(tell(found, gone, gone).told.slice(1))).toEqual([[], ['finding-ended']])
  })

  it('the wrong machine at once, but not in the window in which another one came to be expected', () => {
    const answers = (mac: string, node: string | null, right: boolean | null) => {
      const one = address([[mac]], { expected: { node, from: 'election' } })
      return window([{ ...one, claims: one.claims.map((claim) => ({ ...claim, expected: right })) }])
    }
    const judged = (...windows: readonly JudgedWindow[]) => tell(...windows).memory.vips.get(VIP)?.answersAsExpected
    const [right, other] = [answers(A, 'node-a', true), answers(A, 'node-b', false)]
    expect(judged(right)).toBe(true)
    expect(judged(right, other)).toBe(null)
    expect(judged(right, other, other)).toBe(false)
    expect(judged(right, answers(B, 'node-a', false))).toBe(false)
    expect(judged(right, answers(B, null, null), answers(B, 'node-a', false))).toBe(false)
  })

  it('the owner on one VLAN as long as that is not better off than another, in whichever order they were heard', () => {
    const on = (vlan: number, mac: string) => address([[mac]], { vlans: [vlan] })
    const owners: (string | undefined)[] = []
    let memory = NOTHING_YET
    for (const lines of [
      [on(7, A), on(8, B)],
      [on(8, B), on(7, A)],
      [on(7, A), on(8, B)],
      [on(8, B), on(7, A)],
    ]) {
      memory = remember(memory, window(lines)).memory
      owners.push(memory.vips.get(VIP)?.owner?.mac)
    }
    expect(owners).toEqual([A, A, A, A])
    expect(memory.vips.get(VIP)).toMatchObject({ moves: 0, vlans: [7] })
  })

  it('who has an address on each VLAN, whichever of them is worst off', () => {
    const on = (vlan: number, macs: string[], verdict: ReportedAddress['verdict']) =>
      address([macs], { vlans: [vlan], verdict })
    const { told, memory } = tell(
      window([on(7, [A], 'healthy'), on(8, [B], 'findings')]),
      window([on(7, [A], 'findings'), on(8, [B], 'healthy')]),
      window([on(8, [B], 'healthy')]),
      window([on(7, [B], 'healthy'), on(8, [B], 'healthy')]),
    )
    expect(told[0]).toMatchObject([
      { event: 'owner-first-seen', vlans: [7], to: { mac: A } },
      { event: 'owner-first-seen', vlans: [8], to: { mac: B } },
    ])
    expect(events(told.slice(1))).toEqual([[], [], ['owner-moved']])
    expect(told[3]).toMatchObject([{ vlans: [7], from: { mac: A }, to: { mac: B }, times: 1 }])
    expect(memory.vips.get(VIP)).toMatchObject({ moves: 1 })
  })

  it('keeps a bounded number of VLANs', () => {
    const all = Array.from({ length: 300 }, (_, at) => window([address([[A]], { vlans: [at + 1] })]))
    expect(tell(...all).memory.vips.get(VIP)!.tenures).toHaveLength(64)
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
    expect(events(tell(wrong, wrong, well, well, well).told)).toEqual([
      ['finding-began'],
      [],
      ['owner-first-seen'],
      ['finding-ended'],
      [],
    ])
  })

  it.each([
    ['needs several answers', 'wire/slow-answer', 'SS-S--S-S-S--SS-SS---S-SS--S-SS-S--S', 2],
    [
      'shows itself in each window until it is over',
      'wire/duplicate-responders',
      'SSSSSSSSSS--------------------------',
      1,
    ],
  ])('begins and ends a finding that %s (%s: %s) no more than %i times', (_, rule, pattern, times) => {
    const shown = window([address([[A]])], { findings: [finding(rule, 'claim')] })
    const { told } = tell(...[...pattern].map((one) => (one === 'S' ? shown : window([address([[A]])]))))
    const of = (wanted: string) => told.flat().filter(({ event }) => event === wanted).length
    expect(of('finding-began')).toBeLessThanOrEqual(times)
    expect(of('finding-ended')).toBeLessThanOrEqual(times)
  })

  it('the end of a finding that came and went, after as many windows as would be no chance, and forgets it then', () => {
    const shown = window([address([[A]])], { findings: [finding('wire/slow-answer', 'claim')] })
    const clean = window([address([[A]])])
    const windows = [...Array(9).fill(shown), clean, shown, ...Array(40).fill(clean)]
    const { told, memory } = tell(...windows)
    expect(told.findIndex((changes) => changes.some(({ event }) => event === 'finding-ended'))).toBe(13)
    expect([memory.findings.size, memory.ended.size]).toEqual([0, 0])
  })

  it('keeps what has ended of watched addresses, and no more than so much of those that anybody can make up', () => {
    const windows = Array.from({ length: 20 }, (_, turn) => {
      const others = Array.from({ length: 400 }, (_, at) => finding('wire/flip-flop', 'claim', `10.9.${turn}.${at}`))
      const findings = [...(turn === 0 ? [finding('wire/flip-flop', 'claim')] : []), ...others]
      return window([address([[A]])], { findings, rulesRun: ['wire/flip-flop'] })
    })
    const { ended } = tell(...windows).memory
    expect(ended.size).toBe(1001)
    expect(ended.has(`wire/flip-flop ${VIP}`)).toBe(true)
    expect(ended.has('wire/flip-flop 10.9.17.399')).toBe(true)
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

  it('who answers is unknown, and silence does not end, where only something else is wrong with an address that nobody answers for', () => {
    const other = { findings: [causeOf('service/no-endpoints')], rulesRun: ['wire/no-answer'] }
    const unheard = window([address([], { verdict: 'findings' })], other)
    expect(tell(unheard).memory.vips.get(VIP)).toMatchObject({ verdict: 'findings', isKnown: false })
    const silent = window([address([[]], { verdict: 'findings' })], {
      findings: [finding('wire/no-answer', 'silence')],
    })
    expect(tell(silent).memory.vips.get(VIP)?.isKnown).toBe(true)
    expect([...tell(silent, unheard, unheard, unheard).memory.findings.keys()]).toContain(`wire/no-answer ${VIP}`)
    const answered = window([address([[A]], { verdict: 'findings' })], other)
    expect(tell(answered).memory.vips.get(VIP)?.isKnown).toBe(true)
    expect([...tell(silent, answered, answered).memory.findings.keys()]).not.toContain(`wire/no-answer ${VIP}`)
  })

  it('no silence of a window that was not seen whole, but who answered in it', () => {
    const findings = [finding('wire/no-answer', 'silence'), finding('wire/duplicate-responders', 'claim')]
    const { told } = tell(window([address([[A, B]])], { findings }, false))
    expect(told.flat()).toMatchObject([{ event: 'finding-began', finding: { rule: 'wire/duplicate-responders' } }])
  })

  it('nothing of an address that was silent in such a window, unless its silence was known before', () => {
    const silent = { findings: [finding('wire/no-answer', 'silence'), causeOf('announcer/silent-node')] }
    const unasked = address([[], []], { verdict: 'findings' })
    const { told, memory } = tell(window([address([[A]])]), window([unasked], silent, false))
    expect(events(told)).toEqual([['owner-first-seen'], ['vip-unknown']])
    expect(memory.vips.get(VIP)).toMatchObject({
      verdict: 'inconclusive',
      because: 'frames were dropped; who was silent may have answered',
    })
    const known = tell(window([unasked], silent), window([unasked], silent, false)).memory
    expect(known.vips.get(VIP)).toMatchObject({ verdict: 'findings', because: null })
    expect([...known.findings.keys()]).toHaveLength(2)
  })

  it('what objects alone show of an address that was silent in such a window', () => {
    const findings = [finding('wire/no-answer', 'silence'), causeOf('metallb/no-candidate-node')]
    const { told, memory } = tell(window([address([[]], { verdict: 'findings' })], { findings }, false))
    expect(events(told)).toEqual([['vip-unknown', 'finding-began']])
    expect(memory.vips.get(VIP)?.verdict).toBe('inconclusive')
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

  it('of who may answer by a check file, whether they do', () => {
    const held = (status: string, rounds = [[A]]) =>
      tell(
        window([address(rounds)], { expectations: [{ id: `${VIP}/macs`, title: '', status, message: '' }] as never }),
      )
    const seen = (one: ReturnType<typeof held>) => one.memory.vips.get(VIP)?.answersAsExpected
    expect([held('failed'), held('held'), held('unknown'), held('failed', [[]])].map(seen)).toEqual([
      false,
      true,
      null,
      null,
    ])
  })

  it('of a symptom that another finding shows as well, no end until both are gone or the silence is', () => {
    const shown = (rounds: string[][], symptom: 'silence' | 'claim', rule: string) =>
      window([address(rounds)], { findings: [finding(rule, symptom)] })
    const { told } = tell(
      shown([[A, B]], 'claim', 'wire/proxy-responder'),
      ...[1, 2, 3].map(() => shown([[A, B]], 'claim', 'wire/duplicate-responders')),
      shown([[]], 'silence', 'wire/stopped-answering'),
      ...[1, 2, 3].map(() => shown([[]], 'silence', 'wire/no-answer')),
      ...[1, 2].map(() => shown([[A], []], 'silence', 'wire/intermittent-answer')),
    )
    const named = told.map((changes) =>
      changes.flatMap((change) => ('finding' in change ? [`${change.event} ${change.finding.rule}`] : [])).sort(),
    )
    expect(named).toEqual([
      ['finding-began wire/proxy-responder'],
      ['finding-began wire/duplicate-responders'],
      [],
      [],
      ['finding-began wire/stopped-answering'],
      ['finding-began wire/no-answer', 'finding-ended wire/duplicate-responders', 'finding-ended wire/proxy-responder'],
      [],
      [],
      ['finding-began wire/intermittent-answer'],
      ['finding-ended wire/no-answer', 'finding-ended wire/stopped-answering'],
    ])
  })

  it('names machines by node where it is known', () => {
    const change = {
      event: 'owner-moved',
      ip: VIP,
      vlans: [],
      from: { mac: A, node: 'a' },
      to: { mac: B, node: null },
      times: 1,
    } as const
    expect(lineOf(said(change))).toBe(`2026-01-01T00:00:00Z eth0 ${VIP} moved from a (${A}) to ${B}`)
    expect(lineOf(said({ ...change, vlans: [7] }))).toContain(`${VIP} (VLAN 7) moved`)
    expect(recordOf(said(change))).toEqual({ at: '2026-01-01T00:00:00Z', interface: 'eth0', ...change })
  })
})
