import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { exitCode, type FailOn, verdict } from '../../src/report/verdict.js'
import type { Severity } from '../../src/rules/define.js'

const of = (...severities: Severity[]) => severities.map((severity) => ({ severity }))

describe('verdict', () => {
  it.each([
    [of(), true, 'healthy'],
    [of('info'), true, 'healthy'],
    [of('warning'), true, 'findings'],
    [of('error', 'info'), true, 'findings'],
    [of(), false, 'inconclusive'],
    [of('info'), false, 'inconclusive'],
    [of('error'), false, 'findings'],
  ] as const)('of %j, looked at all that decides: %s, is %s', (findings, looked, word) => {
    expect(verdict(findings, [{ decisive: false }, { decisive: !looked }])).toBe(word)
  })
})

describe('exit code', () => {
  const code = (severities: Severity[], failOn: FailOn, couldLook = true) => {
    const [findings, gaps] = [of(...severities), [{ decisive: !couldLook }]]
    return exitCode({ findings, gaps, verdict: verdict(findings, gaps), expectations: [] } as unknown as Report, failOn)
  }

  it.each([
    ['error', 'error', 1],
    ['warning', 'error', 0],
    ['warning', 'warning', 1],
    ['info', 'warning', 0],
    ['info', 'info', 1],
    ['error', 'never', 0],
  ] as const)('of %s with --fail-on %s is %i', (severity, failOn, expected) => {
    expect(code([severity], failOn)).toBe(expected)
  })

  it('is 0 for a clean run and 3 when something that decides could not be looked at', () => {
    expect(code([], 'info')).toBe(0)
    expect(code([], 'error', false)).toBe(3)
    expect(code(['info'], 'error', false)).toBe(3)
    expect(code(['warning'], 'error', false)).toBe(3)
    expect(code(['error'], 'never', false)).toBe(3)
  })

  it('is 1 when findings fail the run although something could not be looked at', () => {
    expect(code(['error'], 'error', false)).toBe(1)
  })
})
