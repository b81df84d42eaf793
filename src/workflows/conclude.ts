import { tryingFixes } from '../diagnosis/fixes.js'
import { NO_HOSTS, type Trying } from '../diagnosis/tried.js'
import type { FactTable } from '../facts/facts.js'
import type { Gap } from '../known.js'
import type { Doubt } from '../report/addresses.js'
import { assembleReport, type ReportParts } from '../report/assemble.js'
import type { Report } from '../report/report.js'
import type { Rule } from '../rules/define.js'
import { byWeight, type Judgement, judging } from '../rules/engine.js'
import type { WorkBudget } from '../work-budget.js'
import { otherViews } from './vantage/other-views.js'

/** The right half of the line, the same for every command: facts → rules → trial of the fixes → report. An interrupted run judges what it can within the budget. */
export async function conclude(
  rules: readonly Rule[],
  facts: FactTable,
  parts: Omit<ReportParts, 'judgement'>,
  budget: WorkBudget,
): Promise<Report> {
  const judgement = await budget.run(judging(rules, facts))
  const views = otherViews(rules, facts, judgement.findings)
  const found = [...judgement.findings, ...views.findings].sort(byWeight)
  const trials = await trialsFor(found, facts)
  const findings = await budget.run(tryingFixes(found, trials, parts.run.command))
  return assembleReport({
    ...parts,
    addresses: parts.addresses.map((line) => ({ ...line, doubt: line.doubt ?? doubtOf(line.ip, views.gaps) })),
    judgement: { ...judgement, findings },
    run: { ...parts.run, interrupted: parts.run.interrupted || budget.interrupted },
    doubts: [...parts.doubts, ...unjudged(judgement), ...views.gaps],
  })
}

/** What another place saw stays open whatever a rule found at the one that was judged. */
function doubtOf(ip: string, views: readonly Gap[]): Doubt | null {
  const view = views.find(({ subject }) => subject === ip)
  return view ? { ...view, stays: true } : null
}

/** Without a host, or a fix, nothing is tried, and what predicts answers is not even loaded. */
async function trialsFor(findings: Judgement['findings'], facts: FactTable): Promise<Trying> {
  if (!facts.hosts?.known || findings.every(({ fixes }) => fixes.length === 0)) return NO_HOSTS
  const { trialFacts } = await import('../diagnosis/known.js')
  const { hostTrials } = await import('../diagnosis/host-trials.js')
  return hostTrials(trialFacts(facts))
}

/** A fault may hide in what was not judged. */
function unjudged({ stopped, skipped }: Judgement): Gap[] {
  if (stopped === null) return []
  const count = skipped.filter(({ because }) => because.startsWith(stopped)).length
  const reason = `${stopped}; ${count} ${count === 1 ? 'was' : 'were'} not judged, or not to the end`
  return [{ subject: 'rules', reason, hint: 'run it again, and let it end; or name fewer hosts and addresses' }]
}
