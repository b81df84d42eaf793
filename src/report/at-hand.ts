import { quoted, ShellPart, sh } from '../shell.js'
import type { Report, ReportedFinding, ReportedNode } from './report.js'
import { isCommand } from './wording.js'

type Fix = ReportedFinding['fixes'][number]

/**
 * The report for people: a command meant for a node is one that can be pasted where the reader sits, `ssh NODE -- '…'`. In
 * JSON and in the fix script, where the node is a field or a section, commands stay bare.
 */
export function atHand(report: Report): Report {
  const nodes = new Map(report.nodes.map((node) => [node.name, node]))
  const here = <F extends ReportedFinding>(finding: F): F => ({
    ...finding,
    fixes: finding.fixes.map((fix) => fixAtHand(fix, nodes)),
  })
  return { ...report, findings: report.findings.map(here), suppressed: report.suppressed.map(here) }
}

function fixAtHand(fix: Fix, nodes: ReadonlyMap<string, ReportedNode>): Fix {
  const steps = fix.steps.map((step) => stepAtHand(step, fix, nodes))
  const line = (text: string) =>
    fix.node !== undefined && isCommand(text) && !FROM_HERE.test(text) ? overSsh(text, fix.node, nodes) : text
  return { ...fix, steps, verify: line(fix.verify), undo: line(fix.undo) }
}

function stepAtHand(step: Fix['steps'][number], fix: Fix, nodes: ReadonlyMap<string, ReportedNode>) {
  const { run, node = fix.node } = step
  const where = step.where ?? (run !== undefined && FROM_HERE.test(run) ? 'workstation' : fix.where)
  if (run === undefined || where !== 'node' || node === undefined) return { ...step, where }
  return { ...step, where, run: overSsh(run, node, nodes) }
}

/** Programs that run where the reader sits. */
const FROM_HERE = /^(?:kubectl|l2doctor|helm|cilium|calicoctl|tshark|ssh)(?= |$)/

/** The remote shell takes one word, so it is quoted once more. The machine that the reader sits at needs no ssh. */
function overSsh(command: string, name: string, nodes: ReadonlyMap<string, ReportedNode>): string {
  const node = nodes.get(name)
  const address = typeof node?.['address'] === 'string' ? node['address'] : name
  const whole = node?.['sudo'] === true ? withSudo(command) : command
  return address === 'local' ? whole : sh`ssh ${address === '' ? name : address} -- ${new ShellPart(quoted(whole))}`
}

/** sudo takes one program; anything that is for a shell gets one. */
function withSudo(command: string): string {
  const plain = command.replace(/'[^']*'/g, '')
  return /[;&|<>$`()*"]/.test(plain) ? sh`sudo sh -c ${new ShellPart(quoted(command))}` : `sudo ${command}`
}
