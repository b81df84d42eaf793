/**
 * `fixtures/rules/<area>/<name>/{fires,clean}-<case>/`: the situations a rule is held to. A `fires` case holds
 * `expected.json`, what the rule must find in it and which other rules may speak beside it; in a `clean` case the rule must
 * find nothing. `UPDATE_FIXTURES=1 npx vitest run test/rules` writes expected.json anew; read the diff.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answering } from '../../src/facts/answers/table.js'
import { attribute } from '../../src/facts/attribution.js'
import type { FactName, FactTable } from '../../src/facts/facts.js'
import { withOwnAnnouncements } from '../../src/facts/own-announcements.js'
import type { Question } from '../../src/facts/question.js'
import { withUnanswered } from '../../src/facts/unanswered.js'
import { known } from '../../src/known.js'
import type { Rule } from '../../src/rules/define.js'
import { type Finding, judge } from '../../src/rules/engine.js'
import { subjectText } from '../../src/rules/subject.js'
import { atOnce } from '../../src/steps.js'
import { parseIp } from '../../src/wire/ip.js'
import { parseMac } from '../../src/wire/mac.js'
import { FACT_FILES } from './fact-files.js'

export const FIXTURES = 'fixtures/rules'
/** What a scan without a cluster knows. */
const NO_CLUSTER: FactTable = { expected: known(new Map(), 'none'), attribution: known(attribute([]), 'none') }
const NOT_FACTS = ['question.json', 'expected.json', 'README.md']

export interface Fixture {
  /** `wire/no-answer`. */
  readonly rule: string
  /** `fires-silent`. */
  readonly name: string
  readonly fires: boolean
  readonly path: string
}

/** What a `fires` case expects; `message` may be left out. */
export interface Expected {
  readonly findings: readonly Partial<
    Pick<Finding, 'severity' | 'certainty' | 'message' | 'data'> & { readonly subject: { kind: string; id: string } }
  >[]
  /** Ids of other rules that speak in this situation too, sorted. */
  readonly others: readonly string[]
}

export function listFixtures(): Fixture[] {
  return folders(FIXTURES).flatMap((area) =>
    folders(join(FIXTURES, area)).flatMap((rule) =>
      folders(join(FIXTURES, area, rule)).map((name) => fixture(`${area}/${rule}`, name)),
    ),
  )
}

function fixture(rule: string, name: string): Fixture {
  if (!/^(fires|clean)-/.test(name)) throw new Error(`${FIXTURES}/${rule}/${name} is neither fires-… nor clean-…`)
  return { rule, name, fires: name.startsWith('fires-'), path: join(FIXTURES, rule, name) }
}

function folders(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** Throws when a file of the fixture is of no known kind. */
export function readFacts(path: string): FactTable {
  const question = readQuestion(path)
  let facts: FactTable = { ...NO_CLUSTER, question: known(question, 'question.json') }
  for (const file of readdirSync(path).filter((name) => !NOT_FACTS.includes(name))) {
    const read = FACT_FILES[file]
    if (!read) throw new Error(`${path}/${file}: no such fact file; test/rules/fact-files.ts names them`)
    facts = { ...facts, ...read(readFileSync(join(path, file), 'utf8'), question) }
  }
  return atOnce(answering({ ...facts, question: known(asComplete(question, facts), 'question.json') })).facts
}

/** As `questionOf` of src/workflows/scan.ts has it. */
function asComplete(question: Question, { cluster, announcers, wire }: FactTable): Question {
  if (!wire?.known) return question
  const view = cluster?.known && announcers?.known ? { cluster: cluster.value, announcers: announcers.value } : null
  const told = withUnanswered(question, wire.value, view, [])
  return view === null ? told : withOwnAnnouncements(told, view, wire.value)
}

interface QuestionFile {
  readonly vips?: readonly string[]
  readonly expectedMacs?: readonly string[]
  readonly probed?: boolean
  readonly own?: {
    readonly macs?: readonly string[]
    readonly ips?: readonly string[]
    readonly elsewhere?: readonly string[]
    readonly unasked?: readonly string[]
  }
}

/** Without question.json nobody asked anything. */
export function readQuestion(path: string, change = (text: string) => text): Question {
  const file = join(path, 'question.json')
  const given: QuestionFile = existsSync(file) ? JSON.parse(change(readFileSync(file, 'utf8'))) : {}
  return {
    vips: (given.vips ?? []).map((ip) => must(parseIp(ip), ip)),
    expectedMacs: (given.expectedMacs ?? []).map((mac) => must(parseMac(mac), mac)),
    probed: given.probed ?? false,
    own: {
      macs: (given.own?.macs ?? []).map((mac) => must(parseMac(mac), mac)),
      ips: (given.own?.ips ?? []).map((ip) => must(parseIp(ip), ip)),
      ...(given.own?.elsewhere && { elsewhere: given.own.elsewhere.map((ip) => must(parseIp(ip), ip)) }),
      ...(given.own?.unasked && { unasked: given.own.unasked.map((ip) => must(parseIp(ip), ip)) }),
    },
  }
}

function must<T>(value: T | null, text: string): T {
  if (value === null) throw new Error(`question.json: cannot read ${text}`)
  return value
}

export interface Outcome {
  readonly findings: readonly Finding[]
  /** The facts each rule read, by id. */
  readonly reads: ReadonlyMap<string, ReadonlySet<FactName>>
}

/** Judges a situation with all rules and notes what each of them reads. */
export function judgeFixture(rules: readonly Rule[], path: string): Outcome {
  const reads = new Map<string, Set<FactName>>()
  const findings = judge(
    rules.map((rule) => watched(rule, reads)),
    readFacts(path),
  ).findings
  return { findings, reads }
}

function watched(rule: Rule, reads: Map<string, Set<FactName>>): Rule {
  const seen = new Set<FactName>()
  reads.set(rule.id, seen)
  const check: Rule['check'] = (facts) =>
    rule.check(
      new Proxy(facts, {
        get(target, name, receiver) {
          seen.add(name as FactName)
          return Reflect.get(target, name, receiver)
        },
      }),
    )
  return { ...rule, check }
}

/** The expectation beside a `fires` fixture, written first when UPDATE_FIXTURES is set. */
export function readExpected({ path, rule }: Fixture, findings: readonly Finding[]): Expected {
  const file = join(path, 'expected.json')
  if (process.env['UPDATE_FIXTURES']) writeFileSync(file, `${JSON.stringify(describe(rule, findings), null, 2)}\n`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

function describe(rule: string, findings: readonly Finding[]): Expected {
  return {
    findings: findings.filter((finding) => finding.rule === rule).map(expectation),
    others: others(rule, findings),
  }
}

function expectation({ subject, severity, certainty, message, data }: Finding): Expected['findings'][number] {
  return { subject: { kind: subject.kind, id: subjectText(subject) }, severity, certainty, message, data }
}

export function others(rule: string, findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.rule))].filter((id) => id !== rule).sort()
}
