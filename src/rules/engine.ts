import { createHash } from 'node:crypto'
import type { FactName, Facts, FactTable } from '../facts/facts.js'
import type { Gap } from '../known.js'
import type { Host } from '../node/model.js'
import { atOnce, type Steps, type Stop } from '../steps.js'
import type { Confidence } from './certainty.js'
import { renderFixes } from './changes/render.js'
import type { Check, Evidence, Fix, Problem, Rule, Severity, Subject, Symptom, Unjudged } from './define.js'
import { KeptFindings } from './kept-findings.js'
import { subjectText } from './subject.js'

/** A problem with its identity: what the report prints. */
export interface Finding extends Confidence {
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly subject: Subject
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly evidence: readonly Evidence[]
  readonly fixes: readonly Fix[]
  /** Absent where no host was followed through its checks. */
  readonly checks?: readonly Check[]
  /** Ids of former rules that this is all about; absent where it is about more. */
  readonly formerly?: readonly string[]
  readonly explains: readonly string[]
  /** It explains nothing about an IPv6 address; absent: it is about both families. */
  readonly family?: 4
  /** Absent for what is no symptom. */
  readonly symptom?: Symptom
  /** Id of a symptom rule: what explains that one explains this one too. */
  readonly like?: string
  /** Stable over runs: the same rule on the same subject. */
  readonly fingerprint: string
  readonly docs: string
}

export interface Judgement {
  readonly findings: readonly Finding[]
  readonly skipped: readonly { readonly rule: string; readonly because: string }[]
  /** Ids of the rules that judged something, whatever they found; not of those that could only say why they did not. */
  readonly rulesRun: readonly string[]
  /** Findings beyond what is listed, counted. */
  readonly unlisted: readonly Gap[]
  /** Why not all rules were judged, or not whole; null: all were. */
  readonly stopped: Stop
}

const DOCS_ROOT = 'docs/rules'
const SEVERITY_ORDER: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** Runs every rule whose facts were looked for; those with an unknown one are skipped and listed; pure, and independent of the order of `rules` but for ties. */
export function judge(rules: readonly Rule[], table: FactTable): Judgement {
  return atOnce(judging(rules, table))
}

/** The same in steps: one for each rule, each host under it, and each outcome. A rule that was stopped or not begun is listed as skipped. */
export function* judging(rules: readonly Rule[], table: FactTable): Steps<Judgement> {
  const hosts = table.hosts?.known ? table.hosts.value : []
  const so: Judged = { findings: [], skipped: [], rulesRun: [], unlisted: [] }
  let stop: Stop = null
  for (const rule of rules.filter((rule) => rule.needs.every((name) => table[name]))) {
    stop ??= yield
    const gap = firstGap(rule, table)
    if (gap) so.skipped.push({ rule: rule.id, because: `${gap.subject}: ${gap.reason}` })
    else if (stop !== null) so.skipped.push(listStopped(rule, stop))
    else stop = yield* judgeRule(rule, pick([...rule.needs, ...(rule.optional ?? [])], table), hosts, so)
  }
  return { ...so, findings: so.findings.sort(byWeight), stopped: stop }
}

/** A judgement in the making. */
interface Judged {
  readonly findings: Finding[]
  readonly skipped: { rule: string; because: string }[]
  readonly rulesRun: string[]
  readonly unlisted: Gap[]
}

function* judgeRule(
  rule: Rule,
  facts: Facts,
  hosts: readonly Host[],
  { findings, skipped, rulesRun, unlisted }: Judged,
): Steps<Stop> {
  const before = { found: findings.length, skipped: skipped.length }
  const kept = new KeptFindings(rule.id, rule.severity)
  let stop: Stop = null
  for (const outcome of rule.check(facts)) {
    if (outcome !== null && 'unjudged' in outcome) skipped.push(listUnjudged(rule, outcome))
    else if (outcome !== null && kept.take(outcome)) findings.push(identify(rule, outcome, hosts))
    stop = yield
    if (stop === null) continue
    skipped.push(listStopped(rule, stop))
    break
  }
  if (findings.length > before.found || skipped.length === before.skipped) rulesRun.push(rule.id)
  unlisted.push(...kept.gaps())
  return stop
}

function listStopped(rule: Rule, stop: Stop): { rule: string; because: string } {
  return { rule: rule.id, because: `${stop} before it was judged` }
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

function identify(rule: Rule, problem: Problem<Record<string, unknown>>, hosts: readonly Host[]): Finding {
  return {
    rule: rule.id,
    title: rule.title,
    severity: problem.severity ?? rule.severity,
    certainty: problem.certainty,
    because: problem.because,
    subject: problem.subject,
    message: rule.message(problem.data),
    data: problem.data,
    evidence: problem.evidence,
    fixes: renderFixes(rule.fixes(problem.data), hosts),
    ...(problem.checks ? { checks: problem.checks } : {}),
    ...(problem.formerly ? { formerly: problem.formerly } : {}),
    explains: rule.explains ?? [],
    ...(rule.family ? { family: rule.family } : {}),
    ...(rule.symptom ? { symptom: rule.symptom } : {}),
    ...(rule.like ? { like: rule.like } : {}),
    fingerprint: fingerprint(rule.id, problem.subject),
    docs: `${DOCS_ROOT}/${rule.id}.md`,
  }
}

function fingerprint(rule: string, subject: Subject): string {
  return createHash('sha256')
    .update(`${rule}\n${subject.kind}\n${subjectText(subject)}`)
    .digest('hex')
    .slice(0, 16)
}

/** The order of a report: severity, then rule, then subject. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
    compare(a.rule, b.rule) ||
    compare(subjectText(a.subject), subjectText(b.subject))
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
