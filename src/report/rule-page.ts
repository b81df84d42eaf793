import { areaOf } from '../rules/area.js'
import type { Check, Fix, FixStep, Rule } from '../rules/define.js'

/** A rule at work: what it says in one situation, and the fixes it offers there. */
export interface RuleExample {
  readonly message: string
  readonly fixes: readonly Fix[]
  /** How each host comes to its answer; absent where none was followed. */
  readonly checks?: readonly Check[]
}

/** What a page tells of a rule beside the rule itself. */
export interface RuleContext {
  /** Rules whose findings explain this one's. */
  readonly explainedBy: readonly string[]
  readonly example: RuleExample | null
}

/** A rule as a page of markdown; docs/rules is made of these, and `l2doctor explain` prints them. */
export function rulePage(rule: Rule, { explainedBy, example }: RuleContext): string {
  const { what, why, confirm, falseAlarms, references } = rule.docs
  const sections = [
    `# ${rule.id}`,
    `${rule.title}. Severity: ${rule.severity}, unless the situation says otherwise. Reads: ${rule.needs.join(', ')}.`,
    section('What it means', what),
    section('What it does to traffic', why),
    section('How to confirm it', confirm),
    section('When it is a false alarm', falseAlarms),
    ...(example ? exampleSections(example) : []),
    ...related('Explains', rule.explains ?? []),
    ...related('Explained by', explainedBy),
    section('References', references.map((reference) => `- ${reference}`).join('\n')),
    section(
      'Accept it',
      `\`--ignore ${rule.id}\`, or on one subject only: \`--ignore ${rule.id}=SUBJECT\`. It stays in the report as suppressed.`,
    ),
  ]
  return `${sections.join('\n\n')}\n`
}

/** All rules in one table an area, with links to their pages. */
export function ruleIndex(rules: readonly Rule[]): string {
  const areas = [...new Set(rules.map(({ id }) => areaOf(id)))].sort()
  const tables = areas.map((area) => section(area, table(rules.filter(({ id }) => areaOf(id) === area))))
  return `${['# Rules', 'Written by `npm run docs` from the rules themselves.', ...tables].join('\n\n')}\n`
}

function table(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, severity, title }) => `| [${id}](${id}.md) | ${severity} | ${title} |`)
  return ['| rule | severity | what it finds |', '|---|---|---|', ...rows].join('\n')
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`
}

function related(title: string, ids: readonly string[]): string[] {
  return ids.length > 0 ? [section(title, ids.map((id) => `- [${id}](../${id}.md)`).join('\n'))] : []
}

function exampleSections({ message, checks = [], fixes }: RuleExample): string[] {
  return [
    section('An example', `> ${message}`),
    ...(checks.length > 0 ? [checkSection(checks)] : []),
    ...fixes.map(fixSection),
  ]
}

/** More of them say the same of other hosts. */
const MOST_CHECKS = 12

const OUTCOMES = { passes: 'passes', stops: 'stops here', answers: 'answers', doubt: 'not known' } as const

/** The checks in the kernel's order, with what was read. */
function checkSection(checks: readonly Check[]): string {
  const lines = checks
    .slice(0, MOST_CHECKS)
    .map(
      ({ host, interface: name, outcome, text, setting, value }, at) =>
        `${at + 1}. ${host}, ${name}: ${text} (${OUTCOMES[outcome]}; ${setting} = ${value})`,
    )
  return ['### Because: check by check, in the order of the kernel', lines.join('\n')].join('\n\n')
}

function fixSection(fix: Fix): string {
  const where = fix.node ? `on ${fix.node}` : WHERE[fix.where]
  const risk = fix.risk === 'none' ? 'harmless' : 'may interrupt traffic'
  return [
    `### Fix: ${fix.summary}`,
    `Where: ${where}. Risk: ${risk}.`,
    fix.steps.map(step).join('\n'),
    ...(fix.sideEffects ?? []).map((effect) => `Side effect: ${effect}`),
    `Verify: ${fix.verify}`,
    `Undo: ${fix.undo}`,
  ].join('\n\n')
}

const WHERE = {
  workstation: 'any machine of the segment',
  node: 'the node',
  cluster: 'the cluster',
  switch: 'the switch',
}

const STEP = { look: 'Look: ', runtime: '', persistent: 'Persistent: ', restart: 'Restart: ' }

function step({ kind, text, run, where }: FixStep, index: number): string {
  const line = `${index + 1}. ${STEP[kind]}${text}${kind === 'runtime' && where === 'node' ? ' (until reboot)' : ''}`
  return run === undefined ? line : `${line}\n\n   \`\`\`sh\n   ${run.replaceAll('\n', '\n   ')}\n   \`\`\`\n`
}
