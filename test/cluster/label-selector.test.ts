import { describe, expect, it } from 'vitest'
import { matchesSelector } from '../../src/cluster/label-selector.js'

const LABELS = { zone: 'a', size: '12', edge: '' }

function matches(key: string, operator: string, ...values: string[]): boolean {
  return matchesSelector({ matchLabels: {}, matchExpressions: [{ key, operator, values }] }, LABELS)
}

describe('matchesSelector', () => {
  it('takes an empty selector for everything', () => {
    expect(matchesSelector({ matchLabels: {}, matchExpressions: [] }, {})).toBe(true)
  })

  it('wants every label and every expression', () => {
    expect(matchesSelector({ matchLabels: { zone: 'a', size: '12' }, matchExpressions: [] }, LABELS)).toBe(true)
    expect(matchesSelector({ matchLabels: { zone: 'a', rack: '1' }, matchExpressions: [] }, LABELS)).toBe(false)
  })

  it.each([
    ['zone', 'In', ['a', 'b'], true],
    ['zone', 'In', ['b'], false],
    ['rack', 'In', ['a'], false],
    ['zone', 'NotIn', ['a'], false],
    ['rack', 'NotIn', ['a'], true],
    ['edge', 'Exists', [], true],
    ['rack', 'Exists', [], false],
    ['rack', 'DoesNotExist', [], true],
    ['edge', 'DoesNotExist', [], false],
    ['size', 'Gt', ['9'], true],
    ['size', 'Lt', ['9'], false],
    ['zone', 'Like', ['a'], false],
  ] as const)('%s %s %j is %s', (key, operator, values, expected) => {
    expect(matches(key, operator, ...values)).toBe(expected)
  })
})
