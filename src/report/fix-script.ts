import { actionOrder, diagnosed } from './diagnosed.js'
import { printable } from './printable.js'
import type { Report, ReportedFinding } from './report.js'
import { bySeverity, headline } from './wording.js'

type Fix = ReportedFinding['fixes'][number]

interface Planned {
  readonly finding: ReportedFinding
  readonly fix: Fix
}

/** Where a section of the plan is run: a node by its name, or one of the places of design.md §4.7. */
function sectionOf({ where, node }: Fix): string {
  return where === 'node' ? (node ?? 'each-node') : where
}

/**
 * The fix plan as a shell script for review: one section a place, chosen by its argument. A step runs only where it is
 * a command without a blank to fill in; every other stands as a comment. Nothing here is ever run by l2doctor.
 */
export function fixScript(report: Report): string {
  const joined = diagnosed(report)
  const findings = joined === null ? bySeverity(report.findings) : actionOrder(joined)
  const planned = findings.flatMap((finding) => finding.fixes.slice(0, 1).map((fix) => ({ finding, fix })))
  const sections = new Map<string, Planned[]>()
  for (const one of planned) {
    const name = sectionOf(one.fix)
    sections.set(name, [...(sections.get(name) ?? []), one])
  }
  const names = [...sections.keys()].filter(isPlainWord)
  return `${[...head(report, names), ...names.flatMap((name) => section(name, sections.get(name)!)), ...tail(names)].join('\n')}\n`
}

function head({ run, tool }: Report, names: readonly string[]): string[] {
  return [
    '#!/bin/sh',
    comment(`Fix plan of l2doctor ${tool.version}, ${run.command} of ${run.endedAt}.`),
    '# Read it before you run any of it. It holds the first fix of each finding; l2doctor has run none of this.',
    ...(names.length === 0
      ? ['# There is nothing to fix.']
      : [`# Run one section where it belongs: sh THIS_FILE ${names.join(' | ')}`]),
    'set -eu',
    '',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not ours
    'case "${1:-}" in',
  ]
}

function section(name: string, planned: readonly Planned[]): string[] {
  return [`${name})`, ...planned.flatMap(plannedLines), '  ;;']
}

function plannedLines({ finding, fix }: Planned): string[] {
  return [
    '',
    indented(comment(`${finding.rule}: ${headline(finding)}`)),
    indented(
      comment(`${fix.summary} (${fix.risk === 'disruptive' ? 'may interrupt traffic' : 'no interruption expected'})`),
    ),
    ...(fix.sideEffects ?? []).map((effect) => indented(comment(`Beware: ${effect}`))),
    ...fix.steps.flatMap(stepLines),
    indented(comment(`Verify: ${fix.verify}`)),
    indented(comment(`Undo: ${fix.undo}`)),
  ]
}

function stepLines({ kind, text, run }: Fix['steps'][number]): string[] {
  const why = indented(comment(`${kind}: ${text}`))
  if (run === undefined) return [why]
  return hasBlank(run) || !isOneLine(run) ? [why, indented(comment(`fill in, then run: ${run}`))] : [why, indented(run)]
}

function tail(names: readonly string[]): string[] {
  return ['*)', `  echo "usage: sh $0 ${names.join(' | ')}" >&2`, '  exit 2', '  ;;', 'esac']
}

/** A word in capitals (IFACE, GATEWAY, VIP) is for the operator to fill in. */
function hasBlank(run: string): boolean {
  return /(?<![\w$./-])[A-Z][A-Z_]{2,}(?![\w=-])/.test(run)
}

function isOneLine(run: string): boolean {
  return printable(run) === run && !run.includes('\n')
}

/** Names go unquoted into the script: only those that need no quotes do. */
function isPlainWord(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:@-]*$/.test(name)
}

/** Text from outside can hold a line break; each line of a comment stays one. */
function comment(text: string): string {
  return `# ${printable(text).replaceAll('\n', ' ')}`
}

function indented(line: string): string {
  return `  ${line}`
}
