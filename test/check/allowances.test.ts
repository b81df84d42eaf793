import { describe, expect, it } from 'vitest'
import { allowanceUses, judgeAllowances, suppressionsOn } from '../../src/check/allowances.js'
import type { Allowance } from '../../src/check/model.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { suppress } from '../../src/report/suppress.js'
import type { Finding } from '../../src/rules/engine.js'
import { currentIds } from '../../src/rules/former.js'
import { ipSubject, subjectText } from '../../src/rules/subject.js'
import { savedReport } from '../report/reporters/reports.js'

const report = savedReport('duplicate')
const [accepted] = report.suppressed
const DAY = '2026-01-15'

function allowance(more: Partial<Allowance>): Allowance {
  return { rule: accepted!.rule, subject: null, reason: 'lab', expires: null, ...more }
}

function findings(allow: readonly Allowance[]) {
  const judged = judgeAllowances(report, allowanceUses(DAY, allow, report), [])
  return reportSchema.parse(judged).findings.filter(({ rule }) => rule.startsWith('check/'))
}

describe('suppressionsOn', () => {
  it('holds an allowance through its last day, and not a day longer', () => {
    const allow = [allowance({ expires: DAY })]
    expect(suppressionsOn(DAY, allow)).toEqual([{ rule: accepted!.rule, subject: null }])
    expect(suppressionsOn('2026-01-16', allow)).toEqual([])
  })
})

describe('judgeAllowances', () => {
  it('is content with an allowance that covers a finding', () => {
    expect(findings([allowance({ subject: subjectText(accepted!.subject) })])).toEqual([])
  })

  it('finds one that covers nothing, though its rule ran', () => {
    expect(findings([allowance({ rule: 'wire/flip-flop' })])).toMatchObject([
      { rule: 'check/allowance-unused', severity: 'warning', subject: { id: 'wire/flip-flop' } },
    ])
  })

  it('finds one that has run out, once', () => {
    expect(findings([allowance({ rule: 'wire/flip-flop', expires: '2026-01-14' })])).toMatchObject([
      { rule: 'check/allowance-expired', severity: 'error' },
    ])
  })

  it('does not judge one whose rule did not run', () => {
    const allow = [allowance({ rule: 'metallb/split-status' })]
    expect(findings(allow)).toEqual([])
    expect(judgeAllowances(report, allowanceUses(DAY, allow, report), []).skipped).toContainEqual({
      rule: 'check/allowance-unused',
      because: 'metallb/split-status: its rule did not run',
    })
  })

  it('puts what it finds where a diagnosis shows it, errors first', () => {
    const check = savedReport('check')
    const uses = allowanceUses(DAY, [allowance({ rule: 'wire/flip-flop', expires: '2026-01-14' })], check)
    const judged = judgeAllowances(check, uses, [])
    const [finding] = judged.findings.filter(({ rule }) => rule === 'check/allowance-expired')
    expect(judged.diagnosis?.unattached).toContain(finding?.fingerprint)
    expect(judged.findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'error', 'warning', 'info'])
  })

  it('can be told to ignore that too', () => {
    const uses = allowanceUses(DAY, [allowance({ rule: 'wire/flip-flop' })], report)
    const judged = judgeAllowances(report, uses, [{ rule: 'check/allowance-unused', subject: null }])
    expect(judged.findings).toHaveLength(report.findings.length)
    expect(judged.suppressed.at(-1)).toMatchObject({ suppressedBy: 'check/allowance-unused' })
  })
})

describe('an allowance of a rule that has another id now', () => {
  const successor = currentIds('vip/bound-on-host')[0]!
  const found = { ...report.findings[0]!, rule: successor, subject: ipSubject('10.0.0.240') }
  const allow = [allowance({ rule: 'vip/bound-on-host', subject: '10.0.0.240' })]

  it('accepts what its successor finds, and counts as used', () => {
    const { standing, suppressed } = suppress([found] as unknown as Finding[], suppressionsOn(DAY, allow))
    expect(standing).toEqual([])
    const judged = { ...report, rulesRun: [successor], suppressed: suppressed as unknown as Report['suppressed'] }
    expect(allowanceUses(DAY, allow, judged)).toMatchObject([{ ran: true, used: 1 }])
    expect(judgeAllowances(judged, allowanceUses(DAY, allow, judged), []).findings).toEqual(judged.findings)
  })

  it('is unused where the successor ran and found nothing, and not judged where it did not run', () => {
    const ran = allowanceUses(DAY, allow, { ...report, rulesRun: [successor], suppressed: [] })
    expect(ran).toMatchObject([{ ran: true, used: 0 }])
    const other = allowanceUses(DAY, allow, { ...report, rulesRun: ['wire/no-answer'], suppressed: [] })
    expect(other).toMatchObject([{ ran: false, used: 0 }])
  })
})
