import type { Host } from '../../node/model.js'
import { type Fix, type FixStep, isHostFix, ONLY_LOOKS, type ProposedFix } from '../fix.js'
import { renderHostFix } from './host-fix.js'

/** The fixes of a rule as the report has them: changes of hosts made into steps, and each command with its place. */
export function renderFixes(fixes: readonly ProposedFix[], hosts: readonly Host[]): Fix[] {
  return fixes.map((fix) => {
    const whole = isHostFix(fix) ? renderHostFix(fix, hosts.find(({ name }) => name === fix.node) ?? null) : fix
    return { ...whole, ...endOf(whole), steps: whole.steps.map((step) => placed(step, whole)) }
  })
}

/** Steps that only look leave nothing to undo and interrupt nothing. */
function endOf({ steps }: Fix): Partial<Fix> {
  return steps.length > 0 && steps.every(({ kind }) => kind === 'look') ? { undo: ONLY_LOOKS, risk: 'none' } : {}
}

/** Programs that talk to the cluster, or are l2doctor: they run where the reader sits. */
const FROM_HERE = /^(?:kubectl|l2doctor|helm|cilium|calicoctl|tshark)(?= |$)/

function runsFromHere(command: string): boolean {
  return FROM_HERE.test(command)
}

function placed(step: FixStep, fix: Fix): FixStep {
  if (step.run === undefined) return step
  const where = step.where ?? (runsFromHere(step.run) ? 'workstation' : fix.where)
  const node = step.node ?? fix.node
  return { ...step, where, ...(where === 'node' && node !== undefined ? { node } : {}) }
}
