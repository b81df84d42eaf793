import { describe, expect, it } from 'vitest'
import type { FactTable } from '../../src/facts/facts.js'
import type { Question } from '../../src/facts/question.js'
import { known, unknown } from '../../src/known.js'
import { buildHost } from '../../src/node/host.js'
import { defineRule, type Problem, type Severity, type Unjudged } from '../../src/rules/define.js'
import { defineHostRule } from '../../src/rules/define-host-rule.js'
import { judge, judging } from '../../src/rules/engine.js'
import { ipSubject } from '../../src/rules/subject.js'
import { crowdedRecord } from './crowded-host.js'

const question: Question = { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: true }
const asked: FactTable = { question: known(question, 'test') }

interface Data {
  readonly ip: string
}

function rule(id: string, outcomes: readonly (Problem<Data> | Unjudged)[], severity: Severity = 'error') {
  return defineRule({
    id,
    title: `title of ${id}`,
    severity,
    needs: ['question'],
    explains: ['wire/other'],
    docs: { what: 'w', why: 'w', confirm: 'c', falseAlarms: 'f', references: ['RFC 826'] },
    *check() {
      yield* outcomes
    },
    message: ({ ip }: Data) => `says ${ip}`,
    fixes: ({ ip }: Data) => [
      { summary: `mend ${ip}`, risk: 'none', where: 'node', steps: [], verify: 'look', undo: 'nothing' },
    ],
  })
}

const on = (ip: string, more: Partial<Problem<Data>> = {}): Problem<Data> => ({
  subject: ipSubject(ip),
  certainty: 'certain',
  because: 'it was read',
  data: { ip },
  evidence: [],
  ...more,
})

describe('judge', () => {
  it('gives a problem its identity', () => {
    const { findings } = judge([rule('wire/a', [on('10.0.0.1')])], asked)
    expect(findings).toEqual([
      {
        rule: 'wire/a',
        title: 'title of wire/a',
        severity: 'error',
        certainty: 'certain',
        because: 'it was read',
        subject: { kind: 'ip', id: '10.0.0.1', ip: '10.0.0.1', vlans: [] },
        message: 'says 10.0.0.1',
        data: { ip: '10.0.0.1' },
        evidence: [],
        fixes: [{ summary: 'mend 10.0.0.1', risk: 'none', where: 'node', steps: [], verify: 'look', undo: 'nothing' }],
        explains: ['wire/other'],
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        docs: 'docs/rules/wire/a.md',
      },
    ])
  })

  it('lets the situation decide over severity and certainty, and says why', () => {
    const problem = on('10.0.0.1', { severity: 'info', certainty: 'possible', because: 'not read' })
    const [finding] = judge([rule('wire/a', [problem])], asked).findings
    expect(finding).toMatchObject({ severity: 'info', certainty: 'possible', because: 'not read' })
  })

  it('has one fingerprint a rule and subject, whatever the data', () => {
    const print = (id: string, ip: string, severity?: Severity) =>
      judge([rule(id, [on(ip, severity ? { severity } : {})])], asked).findings[0]?.fingerprint
    expect(print('wire/a', '10.0.0.1', 'info')).toBe(print('wire/a', '10.0.0.1'))
    expect(new Set([print('wire/a', '10.0.0.1'), print('wire/a', '10.0.0.2'), print('wire/b', '10.0.0.1')]).size).toBe(
      3,
    )
  })

  it('sorts by severity, rule and subject, in whatever order the rules come', () => {
    const rules = [
      rule('wire/b', [on('10.0.0.2'), on('10.0.0.1')], 'warning'),
      rule('wire/c', [on('10.0.0.1')], 'error'),
      rule('wire/a', [on('10.0.0.1')], 'warning'),
    ]
    const order = judge(rules, asked).findings.map((finding) => `${finding.rule} ${finding.subject.id}`)
    expect(order).toEqual(['wire/c 10.0.0.1', 'wire/a 10.0.0.1', 'wire/b 10.0.0.1', 'wire/b 10.0.0.2'])
    expect(judge(rules.toReversed(), asked).findings).toEqual(judge(rules, asked).findings)
  })

  it('skips and lists a rule whose facts are unknown, with the reason', () => {
    const blind: FactTable = { question: unknown('eth0', 'no CAP_NET_RAW') }
    expect(judge([rule('wire/a', [on('10.0.0.1')])], blind)).toEqual({
      findings: [],
      skipped: [{ rule: 'wire/a', because: 'eth0: no CAP_NET_RAW' }],
      rulesRun: [],
      unlisted: [],
      stopped: null,
    })
  })

  it('leaves out a rule whose facts nobody looked for', () => {
    expect(judge([rule('wire/a', [on('10.0.0.1')])], {})).toEqual({
      findings: [],
      skipped: [],
      rulesRun: [],
      unlisted: [],
      stopped: null,
    })
  })

  it('lists a subject that a rule could not judge, beside those it could', () => {
    const outcomes = [{ unjudged: '10.0.0.9', because: 'nobody was asked' }, on('10.0.0.1')]
    const { findings, skipped, rulesRun } = judge([rule('wire/a', outcomes)], asked)
    expect(findings).toHaveLength(1)
    expect(skipped).toEqual([{ rule: 'wire/a', because: '10.0.0.9: nobody was asked' }])
    expect(rulesRun).toEqual(['wire/a'])
  })

  it('hands a rule the facts it declared and no others', () => {
    let given: string[] = []
    const nosy = defineRule({
      ...rule('wire/a', []),
      check(facts: object) {
        given = Object.keys(facts)
        return []
      },
    })
    judge([nosy], { ...asked, hosts: known([], 'test') })
    expect(given).toEqual(['question'])
  })

  it('adds the optional facts that are known, and runs without the others', () => {
    const given: string[][] = []
    const curious = defineRule({
      ...rule('wire/a', []),
      optional: ['hosts', 'announcers'],
      check(facts: object) {
        given.push(Object.keys(facts))
        return []
      },
    })
    judge([curious], { ...asked, hosts: known([], 'test'), announcers: unknown('nodes', '403') })
    judge([curious], asked)
    expect(given).toEqual([['question', 'hosts'], ['question']])
  })
})

describe('judging, stopped', () => {
  const rules = ['wire/a', 'wire/b', 'wire/c'].map((id) => rule(id, [on('10.0.0.1'), on('10.0.0.2')]))

  it('keeps what was found, and lists the rule it was at and all after it as skipped', () => {
    const steps = judging(rules, asked)
    for (let step = 0; step < 5; step++) steps.next(null)
    const { value } = steps.next('interrupted')
    const { findings, skipped, rulesRun, stopped } = value as ReturnType<typeof judge>
    expect(findings.map(({ rule, subject }) => `${rule} ${subject.id}`)).toEqual([
      'wire/a 10.0.0.1',
      'wire/a 10.0.0.2',
      'wire/b 10.0.0.1',
    ])
    expect(skipped).toEqual([
      { rule: 'wire/b', because: 'interrupted before it was judged' },
      { rule: 'wire/c', because: 'interrupted before it was judged' },
    ])
    expect(rulesRun).toEqual(['wire/a', 'wire/b'])
    expect(stopped).toBe('interrupted')
  })

  it('hands back control between two hosts of which a rule says nothing', () => {
    const looked: string[] = []
    const quiet = defineHostRule({
      id: 'wire/a',
      title: 'title',
      severity: 'error',
      sections: [],
      docs: { what: 'w', why: 'w', confirm: 'c', falseAlarms: 'f', references: ['RFC 826'] },
      checkHost(_, { name }) {
        looked.push(name)
        return []
      },
      message: () => '',
      fixes: () => [],
    })
    const hosts = ['node-a', 'node-b'].map((name) => buildHost(crowdedRecord(1, name)))
    const steps = judging([quiet], { ...asked, hosts: known(hosts, 'test') })
    for (let step = 0; step < 3; step++) steps.next(null)
    steps.next('interrupted')
    expect(looked).toEqual(['node-a'])
  })
})
