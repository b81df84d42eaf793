import type { AllowanceUse } from '../facts/allowances.js'
import { known } from '../known.js'
import type { Report } from '../report/report.js'
import { SEVERITIES } from '../report/severities.js'
import { type Suppression, suppress } from '../report/suppress.js'
import { verdict } from '../report/verdict.js'
import { checkRules } from '../rules/check/registry.js'
import { judge } from '../rules/engine.js'
import { currentIds } from '../rules/former.js'
import type { Allowance } from './model.js'

/** The findings that allowances accept on a day (`2027-01-31`, UTC); one that has run out accepts nothing. */
export function suppressionsOn(day: string, allow: readonly Allowance[]): Suppression[] {
  return allow.filter((one) => !isExpired(one, day)).map(({ rule, subject }) => ({ rule, subject }))
}

function isExpired({ expires }: Allowance, day: string): boolean {
  return expires !== null && day > expires
}

/** What became of each allowance in a run that was given `suppressionsOn(day, allow)`. */
export function allowanceUses(day: string, allow: readonly Allowance[], report: Report): AllowanceUse[] {
  return allow.map((one) => {
    const name = one.subject === null ? one.rule : `${one.rule}=${one.subject}`
    return {
      name,
      expires: one.expires,
      expired: isExpired(one, day),
      ran: currentIds(one.rule).some((id) => report.rulesRun.includes(id)),
      used: report.suppressed.filter(({ suppressedBy }) => suppressedBy === name).length,
    }
  })
}

/** The second pass: what the rules about allowances find joins the report of the first. */
export function judgeAllowances(
  report: Report,
  uses: readonly AllowanceUse[],
  suppressions: readonly Suppression[],
): Report {
  if (uses.length === 0) return report
  const { findings, skipped, rulesRun } = judge(checkRules, { allowances: known(uses, 'check file') })
  const { standing, suppressed } = suppress(findings, suppressions)
  const added = standing as unknown as Report['findings']
  const all = [...report.findings, ...added].sort(bySeverity)
  return {
    ...report,
    verdict: verdict(all, report.gaps),
    findings: all,
    suppressed: [...report.suppressed, ...(suppressed as unknown as Report['suppressed'])],
    skipped: [...report.skipped, ...skipped],
    rulesRun: [...report.rulesRun, ...rulesRun],
    diagnosis: report.diagnosis && {
      ...report.diagnosis,
      unattached: [...report.diagnosis.unattached, ...added.map(({ fingerprint }) => fingerprint)],
    },
  }
}

function bySeverity(a: Report['findings'][number], b: Report['findings'][number]): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
}
