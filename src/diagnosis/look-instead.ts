import { formatHostChange } from '../answering/change/text.js'
import type { Evidence } from '../rules/define.js'
import type { Finding } from '../rules/engine.js'
import { type Fix, type FixStep, isHostChange, ONLY_LOOKS } from '../rules/fix.js'
import { part, parts, type ShellCommand, sh } from '../rules/shell.js'
import { formatIp } from '../wire/ip.js'
import type { TrialFacts } from './known.js'
import type { Outcome } from './tried.js'

const MOST_LOOKS = 4

/** Every change that is known would do harm: what to look at, and what it shows. */
export function lookInstead({ evidence }: Finding, failed: readonly Outcome[], facts: TrialFacts): Fix {
  const reasons = [...new Set(failed.map(({ tried }) => (tried.kind === 'failed' ? tried.because : '')))]
  const looks = failed.flatMap(({ fix }) => fix.steps.filter(({ kind }) => kind === 'look'))
  const steps = [...evidence.flatMap(evidenceLook), ...uniqueRuns(looks)].slice(0, MOST_LOOKS)
  const [vip] = facts.vips
  return {
    summary: `Look before anything is changed: ${reasons.slice(0, 2).join('; ')}`,
    risk: 'none',
    where: 'workstation',
    steps: [...steps, ...failed.slice(0, 2).flatMap(({ fix }) => whatIf(fix, facts))],
    verify: vip === undefined ? sh`l2doctor explain` : sh`l2doctor scan --vip ${formatIp(vip)}`,
    undo: ONLY_LOOKS,
    trial: { tried: false, because: 'the steps only look' },
  }
}

function evidenceLook(piece: Evidence): FixStep[] {
  if (piece.kind !== 'command') return []
  const [line = ''] = piece.output.split('\n')
  const text = `On ${piece.host}: it shows \`${line}\` while the fault is there`
  return [{ kind: 'look', text, run: piece.command as ShellCommand, where: 'node', node: piece.host }]
}

function uniqueRuns(steps: readonly FixStep[]): FixStep[] {
  return steps.filter((step, at) => steps.findIndex(({ run }) => run === step.run) === at)
}

/** The model can be asked what the change would do. */
function whatIf({ summary, node, steps }: Fix, { vips, hosts }: TrialFacts): FixStep[] {
  const changes = steps.flatMap(({ change }) => (change && isHostChange(change) ? [change] : []))
  const [vip] = vips
  if (vip === undefined || node === undefined || changes.length === 0) return []
  const named = [...hosts.keys()].slice(0, 8).map((host) => part`--host ${host}`)
  const sets = changes.map((change) => part`--set ${formatHostChange({ host: node, change })}`)
  return [
    {
      kind: 'look',
      text: `It shows who would answer after "${summary}"`,
      run: sh`l2doctor predict --vip ${formatIp(vip)} ${parts([...named, ...sets])}`,
      where: 'workstation',
    },
  ]
}
