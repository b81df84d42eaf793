import { describe, expect, it } from 'vitest'
import { suppress } from '../../src/report/suppress.js'
import type { Finding } from '../../src/rules/engine.js'
import { findRule } from '../../src/rules/find-rule.js'
import { currentIds, FORMER_RULES, formerIdsOf } from '../../src/rules/former.js'
import { allRules } from '../../src/rules/registry.js'
import { ipSubject } from '../../src/rules/subject.js'

const ids = allRules.map(({ id }) => id)

const finding = {
  rule: 'answers/unwanted-responder',
  subject: ipSubject('10.0.0.240'),
  checks: [{ host: 'node-a', interface: 'eth0', outcome: 'answers', text: '', setting: '', value: '', from: '' }],
} as unknown as Finding

describe('former rules', () => {
  it.each(FORMER_RULES)('$id is no rule, and its successors are', ({ id, successors }) => {
    expect(ids).not.toContain(id)
    expect(successors.filter((one) => !ids.includes(one))).toEqual([])
    expect(findRule(allRules, id)).toHaveProperty('id', successors[0])
  })

  it('leave every other id as it is', () => {
    expect(currentIds('wire/no-answer')).toEqual(['wire/no-answer'])
    expect(formerIdsOf('answers/unwanted-responder')).toContain('vip/bound-on-host')
  })

  it('accept what their successors find: all of it, by address, or by the host that it is about', () => {
    const accepts = (subject: string | null) =>
      suppress([finding], [{ rule: 'vip/bound-on-host', subject }]).suppressed.length === 1
    expect([null, '10.0.0.240', 'node-a', 'node-a/eth0'].map(accepts)).toEqual([true, true, true, true])
    expect(['10.0.0.241', 'node-b'].map(accepts)).toEqual([false, false])
  })

  it('accept nothing that is about another host too', () => {
    const both = { ...finding, checks: [...finding.checks!, { ...finding.checks![0]!, host: 'node-b' }] }
    expect(suppress([both], [{ rule: 'vip/bound-on-host', subject: 'node-a' }]).suppressed).toEqual([])
  })

  it('that judged one of several things accept that one only: two holders are no proxy', () => {
    const accepts = (formerly: string[] | undefined, subject: string | null = null) =>
      suppress([{ ...finding, ...(formerly && { formerly }) }], [{ rule: 'sysctl/proxy-arp', subject }]).suppressed
        .length
    expect([accepts(['sysctl/proxy-arp']), accepts(['sysctl/proxy-arp'], 'node-a/eth0')]).toEqual([1, 1])
    expect([accepts(undefined), accepts(['sysctl/arp-ignore']), accepts(undefined, 'node-a/eth0')]).toEqual([0, 0, 0])
  })
})
