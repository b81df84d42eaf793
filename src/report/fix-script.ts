import { quoted } from '../shell.js'
import { actionOrder, diagnosed } from './diagnosed.js'
import { oneLine, printable } from './printable.js'
import type { Report, ReportedFinding } from './report.js'
import { bySeverity, headline, trialWords } from './wording.js'

type Fix = ReportedFinding['fixes'][number]

interface Planned {
  readonly finding: ReportedFinding
  readonly fix: Fix
}

/** Where a section of the plan is run: a node by its name, or one of the places of design.md §4.7. */
function placeOf({ where, node }: Fix): string {
  return where === 'node' ? (node ?? 'each-node') : where
}

/** A name for each place that can be typed: what a terminal would obey is taken out, and two places never share one. */
function sectionNames(places: Iterable<string>): Map<string, string> {
  const taken = new Set<string>()
  return new Map(
    [...places].map((place) => {
      const plain = oneLine(printable(place)) || 'unnamed'
      let name = plain
      for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`
      taken.add(name)
      return [place, name]
    }),
  )
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
    const place = placeOf(one.fix)
    sections.set(place, [...(sections.get(place) ?? []), one])
  }
  const names = sectionNames(sections.keys())
  const bodies = [...sections].flatMap(([place, steps]) => section(names.get(place)!, steps))
  const usage = [...names.values()].map(word).join(' | ')
  return `${[...head(report, usage), ...bodies, ...tail(usage)].join('\n')}\n`
}

function head({ run, tool }: Report, usage: string): string[] {
  return [
    '#!/bin/sh',
    comment(`Fix plan of l2doctor ${tool.version}, ${run.command} of ${run.endedAt}.`),
    '# Read it before you run any of it. It holds the first fix of each finding; l2doctor has run none of this.',
    usage === '' ? '# There is nothing to fix.' : comment(`Run one section where it belongs: sh THIS_FILE ${usage}`),
    'set -eu',
    '',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not ours
    'case "${1:-}" in',
  ]
}

function section(name: string, planned: readonly Planned[]): string[] {
  return [`${word(name)})`, ...planned.flatMap(plannedLines), '  ;;']
}

function plannedLines({ finding, fix }: Planned): string[] {
  return [
    '',
    indented(comment(`${finding.rule}: ${headline(finding)}`)),
    indented(
      comment(`${fix.summary} (${fix.risk === 'disruptive' ? 'may interrupt traffic' : 'no interruption expected'})`),
    ),
    ...[trialWords(fix)].flatMap((words) => (words === null ? [] : [indented(comment(`Trial: ${words}`))])),
    ...(fix.sideEffects ?? []).map((effect) => indented(comment(`Side effect: ${effect}`))),
    ...fix.steps.flatMap((step) => stepLines(step, fix)),
    indented(comment(`Verify: ${fix.verify}`)),
    indented(comment(`Undo: ${fix.undo}`)),
  ]
}

function stepLines(step: Fix['steps'][number], fix: Fix): string[] {
  const { kind, text, run } = step
  const why = indented(comment(`${kind}: ${text}`))
  if (run === undefined) return [why]
  if (kind === 'look') return [why, indented(comment(`look with: ${run}`))]
  if (isElsewhere(step, fix)) return [why, indented(comment(`run ${placeWords(step)}: ${run}`))]
  return hasBlank(run) || !isOneLine(run) ? [why, indented(comment(`fill in, then run: ${run}`))] : [why, indented(run)]
}

/** The sections of a workstation and of the cluster are run in the same place. */
function isElsewhere({ where, node }: Fix['steps'][number], fix: Fix): boolean {
  const fromHere = (place: string) => place === 'workstation' || place === 'cluster'
  if (where === undefined || (fromHere(where) && fromHere(fix.where))) return false
  return where !== fix.where || (where === 'node' && node !== fix.node)
}

function placeWords({ where, node }: Fix['steps'][number]): string {
  return where === 'node' ? `on ${node ?? 'the node'}` : where === 'switch' ? 'on the switch' : 'on the workstation'
}

function tail(usage: string): string[] {
  return ['*)', `  printf '%s\\n' "usage: sh $0 "${quoted(usage)} >&2`, '  exit 2', '  ;;', 'esac']
}

/** A word in capitals (IFACE, GATEWAY, VIP) is for the operator to fill in. */
function hasBlank(run: string): boolean {
  return /(?<![\w$./-])[A-Z][A-Z_]{2,}(?![\w=-])/.test(run)
}

function isOneLine(run: string): boolean {
  return printable(run) === run && !run.includes('\n')
}

/** A name as it stands in the script: quoted where the shell would read more into it, as into the word `esac`. */
function word(name: string): string {
  return name !== 'esac' && /^[A-Za-z0-9][A-Za-z0-9._:@-]*$/.test(name) ? name : quoted(name)
}

/** Text from outside can hold a line break; each line of a comment stays one. */
function comment(text: string): string {
  return `# ${printable(text).replaceAll('\n', ' ')}`
}

function indented(line: string): string {
  return `  ${line}`
}
