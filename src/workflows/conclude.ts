import type { FactTable } from '../facts/facts.js'
import { assembleReport, type ReportParts } from '../report/assemble.js'
import type { Report } from '../report/report.js'
import type { Rule } from '../rules/define.js'
import { judge } from '../rules/engine.js'

/** The right half of the line, the same for every command: facts → rules → report. */
export function conclude(rules: readonly Rule[], facts: FactTable, parts: Omit<ReportParts, 'judgement'>): Report {
  return assembleReport({ ...parts, judgement: judge(rules, facts) })
}
