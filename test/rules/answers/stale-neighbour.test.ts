import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { staleNeighbour } from '../../../src/rules/answers/stale-neighbour.js'
import type { Fix } from '../../../src/rules/define.js'
import { judge } from '../../../src/rules/engine.js'
import { FIXTURES, readFacts } from '../fixtures.js'

function commandsFor(name: string): string {
  const { findings } = judge([staleNeighbour], readFacts(join(FIXTURES, 'answers/stale-neighbour', name)))
  return JSON.stringify(findings[0]!.fixes)
}

describe('an entry of a neighbour table that leads elsewhere than the answers', () => {
  it('is removed where a known machine answers', () => {
    expect(commandsFor('fires-old-holder-known-answerer')).toContain('ip neigh del')
  })

  it('stays where it leads to the host that has the address, and an unknown machine answers', () => {
    const commands = commandsFor('fires-right-entry-unknown-answerer')
    expect(commands).toContain('show mac address-table')
    expect(commands).not.toMatch(/neigh del|neighbour-del/)
  })

  it('is not removed before it is known which of two unknown machines is right', () => {
    const { findings } = judge(
      [staleNeighbour],
      readFacts(join(FIXTURES, 'answers/stale-neighbour/fires-unknown-pinned')),
    )
    const [first, ...others] = findings[0]!.fixes
    expect(others).toEqual([])
    const { steps } = first as Fix
    expect(JSON.stringify(steps.filter(({ run }) => run))).not.toMatch(/neigh del|neighbour-del/)
    expect(steps.map(({ run }) => run).join()).toContain('0200.0000.0077|0200.0000.0099')
    expect(findings[0]?.certainty).toBe('possible')
  })
})
