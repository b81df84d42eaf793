import { describe, expect, it } from 'vitest'
import { matchesPattern } from '../../../src/cluster/patterns/run.js'

const NAMES = ['eth0', 'eth10', 'enp3s0f1', 'eno1', 'bond0.100', 'br-lan', 'wlan0', 'ETH0', '', 'e', 'lo']

describe('matchesPattern', () => {
  // what Go and JavaScript understand alike is judged by JavaScript
  it.each([
    '^eth[0-9]+$',
    'eth',
    '^(eth|eno)\\d$',
    '^enp\\d+s\\d+(f\\d+)?$',
    '^[^e]',
    '^bond0\\.100$',
    'e.*0',
    '^(?:a|b|)$',
    'eth{1}0',
    '^e{2,}$',
    '^e{0,1}$',
    'h\\w{2,3}$',
    '^[a-z-]+$',
    '^(e|n|o|1)+$',
    '^eth[]0]$'.replace('[]0]', '[0]'),
    '^',
    '',
  ])('%s', (pattern) => {
    const expected = NAMES.map((name) => new RegExp(pattern).test(name))
    expect(NAMES.map((name) => matchesPattern(pattern, name))).toEqual(expected)
  })

  it.each(['(', 'eth[', '*eth', 'a**', '(?i)eth', '\\bx', '[[:alpha:]]', 'a{2000}', 'x)', '(?P<n>a)'])(
    'does not judge %s',
    (pattern) => expect(matchesPattern(pattern, 'eth0')).toBeNull(),
  )

  it('takes no longer for patterns that would make a backtracking engine hang', () => {
    expect(matchesPattern('^(a+)+$', `${'a'.repeat(5000)}b`)).toBe(false)
    expect(matchesPattern('^(a|a)*$', `${'a'.repeat(5000)}b`)).toBe(false)
    expect(matchesPattern('((a{99}){99}){99}', 'a')).toBeNull()
  })
})
