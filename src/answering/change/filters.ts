import type { FilterChain, FilterChains } from '../../node/model.js'
import type { FilterRule } from './model.js'

type Place = Pick<FilterRule, 'tool' | 'family' | 'table' | 'chain'>

/** The section that has a chain of this family. */
export function chainsOf({ family }: Pick<FilterRule, 'family'>): 'filterChains' | 'ipv6FilterChains' {
  return family === 'inet' || family === 'ip6' ? 'ipv6FilterChains' : 'filterChains'
}

export function isChain({ tool, family, table, name }: FilterChain, at: Place): boolean {
  return tool === at.tool && family === at.family && table === at.table && name === at.chain
}

/** Where a rule stands in its chain: at its place, or the first that reads the same; -1: it is not there. */
export function indexOfRule({ rules }: FilterChain, { rule, at }: Pick<FilterRule, 'rule' | 'at'>): number {
  const wanted = withoutCounts(rule)
  const place = at ?? rules.length - 1
  if (rules[place] !== undefined && withoutCounts(rules[place]) === wanted) return place
  return rules.findIndex((one) => withoutCounts(one) === wanted)
}

/** Counters move on while we look. */
export function withoutCounts(rule: string): string {
  return rule.replace(/\bcounter packets \d+ bytes \d+/g, 'counter')
}

export function addFilterRule(all: FilterChains, added: FilterRule): FilterChains {
  return inChain(all, added, (chain) => spliced(chain, added.at ?? chain.rules.length, 0, added))
}

export function deleteFilterRule(all: FilterChains, deleted: FilterRule): FilterChains {
  return inChain(all, deleted, (chain) => {
    const at = indexOfRule(chain, deleted)
    return at < 0 ? chain : spliced(chain, at, 1)
  })
}

function inChain(all: FilterChains, place: Place, change: (chain: FilterChain) => FilterChain): FilterChains {
  return { ...all, chains: all.chains.map((chain) => (isChain(chain, place) ? change(chain) : chain)) }
}

function spliced(chain: FilterChain, at: number, gone: number, added?: FilterRule): FilterChain {
  const { rules, handles } = chain
  return {
    ...chain,
    rules: rules.toSpliced(at, gone, ...(added ? [added.rule] : [])),
    ...(handles ? { handles: handles.toSpliced(at, gone, ...(added ? [added.handle] : [])) } : {}),
  }
}
