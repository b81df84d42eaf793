import { createHash } from 'node:crypto'
import type { FactName, Facts, FactTable } from '../facts/facts.js'
import type { Gap } from '../known.js'
import type { Certainty, Evidence, Fix, Problem, Rule, Severity, Subject, Unjudged } from './define.js'

/** A problem with its identity: what the report prints. */
export interface Finding {
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly certainty: Certainty
  readonly subject: Subject
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly evidence: readonly Evidence[]
  readonly fixes: readonly Fix[]
  readonly explains: readonly string[]
  /** Stable over runs: the same rule on the same subject. */
  readonly fingerprint: string
  readonly docs: string
}

export interface Judgement {
  readonly findings: readonly Finding[]
  readonly skipped: readonly { readonly rule: string; readonly because: string }[]
  /** Ids of the rules that ran to the end, whatever they found. */
  readonly rulesRun: readonly string[]
}

const DOCS_ROOT = 'docs/rules'
const SEVERITY_ORDER: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** Runs every rule whose facts were looked for; those with an unknown one are skipped and listed; pure, and independent of the order of `rules` but for ties. */
export function judge(rules: readonly Rule[], table: FactTable): Judgement {
  const findings: Finding[] = []
  const skipped: { rule: string; because: string }[] = []
  const rulesRun: string[] = []
  for (const rule of rules.filter((rule) => rule.needs.every((name) => table[name]))) {
    const gap = firstGap(rule, table)
    if (gap) {
      skipped.push({ rule: rule.id, because: `${gap.subject}: ${gap.reason}` })
      continue
    }
    rulesRun.push(rule.id)
    for (const outcome of rule.check(pick([...rule.needs, ...(rule.optional ?? [])], table))) {
      if ('unjudged' in outcome) skipped.push(listUnjudged(rule, outcome))
      else findings.push(identify(rule, outcome))
    }
  }
  return { findings: findings.sort(byWeight), skipped, rulesRun }
}

function firstGap(rule: Rule, table: FactTable): Gap | null {
  for (const name of rule.needs) {
    const fact = table[name]
    if (fact && !fact.known) return fact.gap
  }
  return null
}

/** The known ones of these facts. */
function pick(names: readonly FactName[], table: FactTable): Facts {
  const facts: Partial<Record<FactName, unknown>> = {}
  for (const name of names) {
    const fact = table[name]
    if (fact?.known) facts[name] = fact.value
  }
  return facts as Facts
}

function listUnjudged(rule: Rule, { unjudged, because }: Unjudged): { rule: string; because: string } {
  return { rule: rule.id, because: `${unjudged}: ${because}` }
}

function identify(rule: Rule, problem: Problem<Record<string, unknown>>): Finding {
  return {
    rule: rule.id,
    title: rule.title,
    severity: problem.severity ?? rule.severity,
    certainty: problem.certainty ?? 'certain',
    subject: problem.subject,
    message: rule.message(problem.data),
    data: problem.data,
    evidence: problem.evidence,
    fixes: rule.fixes(problem.data),
    explains: rule.explains ?? [],
    fingerprint: fingerprint(rule.id, problem.subject),
    docs: `${DOCS_ROOT}/${rule.id}.md`,
  }
}

function fingerprint(rule: string, subject: Subject): string {
  return createHash('sha256').update(`${rule}\n${subject.kind}\n${subject.id}`).digest('hex').slice(0, 16)
}

function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
    compare(a.rule, b.rule) ||
    compare(a.subject.id, b.subject.id)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
