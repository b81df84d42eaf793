import type { Rule } from '../rules/define.js'

/** One line a rule, in columns. */
export function rulesTable(rules: readonly Rule[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length))
  return rules.map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}\n`).join('')
}

export function rulesJson(rules: readonly Rule[]): string {
  const listed = rules.map(({ id, severity, title, needs, explains = [] }) => ({
    id,
    severity,
    title,
    needs,
    explains,
  }))
  return `${JSON.stringify({ schemaVersion: 1, rules: listed }, null, 2)}\n`
}
