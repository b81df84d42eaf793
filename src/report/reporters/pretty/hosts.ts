import { nodeOf } from '../../../rules/subject.js'
import type { Report, ReportedFinding, ReportedNode } from '../../report.js'
import { bySeverity, plural, severityWords } from '../../wording.js'
import { names } from './collapse.js'
import { hang, heading, mark, type Style } from './style.js'

/**
 * One line per host that has something said of it, by name and rule; the quiet ones are counted and named. A diagnosis is about an
 * address: there it is part of -v.
 */
export function hosts(report: Report, style: Style): string[] {
  if (report.nodes.length === 0 || (report.diagnosis !== null && !style.verbose)) return []
  const told = report.nodes.map((node) => ({ node, findings: findingsOf(node, report.findings) }))
  const loud = told.filter(({ node, findings }) => !node.reached || findings.length > 0)
  const quiet = told.filter(({ node, findings }) => node.reached && findings.length === 0)
  return [
    heading(style, 'Hosts'),
    ...loud.flatMap(({ node, findings }) => hostLines(node, findings, report, style)),
    ...quietLine(
      quiet.map(({ node }) => node.name),
      style,
    ),
  ]
}

function findingsOf({ name }: ReportedNode, findings: readonly ReportedFinding[]): ReportedFinding[] {
  return bySeverity(findings.filter(({ subject, data }) => nodeOf(subject) === name || data['node'] === name))
}

function hostLines(node: ReportedNode, findings: readonly ReportedFinding[], report: Report, style: Style): string[] {
  const [worst] = findings
  const lead = `  ${mark(style, worst?.severity ?? 'skipped')} `
  const text = worst ? `${describe(node)}: ${severityWords(findings)}` : `${node.name}: not read${whyNot(node, report)}`
  const leadWidth = 3 + style.signs.marks[worst?.severity ?? 'skipped'].length
  return [...hang(style, lead, leadWidth, text), ...hang(style, '', leadWidth + 2, findings.map(inShort).join(', '))]
}

function describe({ name, kernel, os }: ReportedNode): string {
  const about = [kernel, typeof os === 'string' ? os : null].filter((word) => word !== null && word !== '')
  return about.length > 0 ? `${name} (${about.join(', ')})` : name
}

/** `sysctl/rp-filter-strict on eth0`. */
function inShort({ rule, subject }: ReportedFinding): string {
  return subject.kind === 'interface' ? `${rule} on ${subject.interface}` : rule
}

/** The reason is among what was not checked. */
function whyNot({ name }: ReportedNode, { gaps }: Report): string {
  return gaps.some(({ subject }) => subject === name) ? '' : ', for a reason that nobody gave'
}

function quietLine(quiet: readonly string[], style: Style): string[] {
  if (quiet.length === 0) return []
  const text = `${plural(quiet.length, 'host')} with nothing to report: ${names(quiet)}`
  return hang(style, `  ${mark(style, 'ok')} `, 3 + style.signs.marks.ok.length, text)
}
