import type { FactTable } from '../facts/facts.js'
import { assembleReport, type ReportParts } from '../report/assemble.js'
import type { Report } from '../report/report.js'
import { judge } from '../rules/engine.js'
import { allRules } from '../rules/registry.js'

/** The right half of the line, the same for every command: facts → rules → report. */
export function conclude(facts: FactTable, parts: Omit<ReportParts, 'judgement'>): Report {
  return assembleReport({ ...parts, judgement: judge(allRules, facts) })
}
