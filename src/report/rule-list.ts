import type { Rule } from '../rules/define.js'
import type { FORMER_RULES } from '../rules/former.js'

type FormerRule = (typeof FORMER_RULES)[number]

/** Rules to list, and those that others took over. */
export interface RuleList {
  readonly rules: readonly Rule[]
  readonly former: readonly FormerRule[]
}

/** Those of an area where the filter is the name of one; else those that have each of its words in id or title. */
export function matchingRules(rules: readonly Rule[], former: readonly FormerRule[], filter: string): RuleList {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const area = `${filter.toLowerCase().replace(/\/$/, '')}/`
  const isArea = rules.some(({ id }) => id.startsWith(area))
  const fits = (id: string, title: string) =>
    isArea ? id.startsWith(area) : words.every((word) => `${id} ${title}`.toLowerCase().includes(word))
  return {
    rules: rules.filter(({ id, title }) => fits(id, title)),
    former: former.filter(({ id }) => fits(id, '')),
  }
}

/** One line a rule, in columns. */
export function rulesTable({ rules, former }: RuleList): string {
  const width = Math.max(...[...rules, ...former].map(({ id }) => id.length))
  return [
    ...rules.map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}\n`),
    ...former.map(({ id, successors }) => `${id.padEnd(width)}  ${'former'.padEnd(7)}  now ${successors.join(', ')}\n`),
  ].join('')
}

export function rulesJson({ rules, former }: RuleList): string {
  const listed = rules.map(({ id, severity, title, needs, explains = [] }) => ({
    id,
    severity,
    title,
    needs,
    explains,
  }))
  return `${JSON.stringify({ schemaVersion: 1, rules: listed, former }, null, 2)}\n`
}
