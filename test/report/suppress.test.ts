import { expect, it } from 'vitest'
import { parseSuppression, suppress } from '../../src/report/suppress.js'
import type { Finding } from '../../src/rules/engine.js'
import { ipSubject } from '../../src/rules/subject.js'

const finding = (rule: string, id: string): Finding => ({
  rule,
  title: 't',
  severity: 'error',
  certainty: 'certain',
  because: 'b',
  subject: ipSubject(id),
  message: 'm',
  data: {},
  evidence: [],
  fixes: [],
  explains: [],
  fingerprint: 'f',
  docs: 'd',
})

const findings = [finding('wire/a', '10.0.0.1'), finding('wire/a', '10.0.0.2'), finding('wire/b', '10.0.0.1')]

const ids = (list: readonly Finding[]) => list.map(({ rule, subject }) => `${rule} ${subject.id}`)

it.each([
  ['wire/a', { rule: 'wire/a', subject: null }],
  ['wire/a=10.0.0.1', { rule: 'wire/a', subject: '10.0.0.1' }],
  ['link/wifi=node-a/eth0=x', { rule: 'link/wifi', subject: 'node-a/eth0=x' }],
  ['wire/a=', { rule: 'wire/a', subject: '' }],
])('reads %s', (text, suppression) => {
  expect(parseSuppression(text)).toEqual(suppression)
})

it('accepts a rule on all subjects, or on one', () => {
  expect(ids(suppress(findings, [parseSuppression('wire/a')]).standing)).toEqual(['wire/b 10.0.0.1'])
  expect(ids(suppress(findings, [parseSuppression('wire/a=10.0.0.2')]).standing)).toEqual([
    'wire/a 10.0.0.1',
    'wire/b 10.0.0.1',
  ])
})

it('keeps what it suppressed, with the words that did it', () => {
  const { suppressed } = suppress(findings, [parseSuppression('wire/a=10.0.0.2'), parseSuppression('wire/b')])
  expect(suppressed.map(({ rule, suppressedBy }) => [rule, suppressedBy])).toEqual([
    ['wire/a', 'wire/a=10.0.0.2'],
    ['wire/b', 'wire/b'],
  ])
})

it('touches nothing without a match', () => {
  const { standing, suppressed } = suppress(findings, [parseSuppression('wire/a=10.0.0.9'), parseSuppression('wire')])
  expect(standing).toEqual(findings)
  expect(suppressed).toEqual([])
})
