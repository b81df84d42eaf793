import type { Finding } from '../rules/engine.js'
import type { Fix, FixStep } from '../rules/fix.js'
import type { Steps } from '../steps.js'
import { type Outcome, type Trying, untried } from './tried.js'

/**
 * The findings with the fixes that may be printed: each was tried on the hosts in hand, or says why it could not be. One that
 * would do harm is left out; where none is left, the steps only look. `command` is the one that was run. In steps, one for each
 * fix, the gravest findings first; what it is stopped before is printed untried.
 */
export function* tryingFixes(findings: readonly Finding[], trials: Trying, command: string): Steps<Finding[]> {
  const done: Finding[] = []
  for (const finding of findings) {
    const outcomes: Outcome[] = []
    for (const fix of finding.fixes) {
      const stop = yield
      const tried = stop === null ? trials.try(fix) : untried(`${stop} before it was tried`)
      outcomes.push({ fix: withoutOwn(fix, command), tried })
    }
    done.push({ ...finding, fixes: fixesOf(finding, outcomes, trials) })
  }
  return done
}

function fixesOf(finding: Finding, outcomes: readonly Outcome[], trials: Trying): readonly Fix[] {
  const printed = outcomes.filter(({ tried }) => tried.kind !== 'failed')
  const failed = outcomes.filter(({ tried }) => tried.kind === 'failed')
  if (printed.length === 0 && failed.length > 0) return trials.instead(finding, failed)
  return [...printed].sort((a, b) => rank(a) - rank(b)).map(withTrial)
}

/** What cures comes first; otherwise as the rule has them. */
function rank({ tried }: Outcome): number {
  return tried.kind === 'passed' && tried.cures ? 0 : 1
}

function withTrial({ fix, tried }: Outcome): Fix {
  if (tried.kind === 'passed') return { ...fix, trial: tried.trial }
  return { ...fix, trial: { tried: false, because: tried.because } }
}

/** The next step is never the command just run. */
function withoutOwn(fix: Fix, command: string): Fix {
  const own = command === 'check' ? 'diagnose' : command
  const isOwn = ({ kind, run }: FixStep) => kind === 'look' && run?.startsWith(`l2doctor ${own}`) === true
  const steps = fix.steps.filter((step) => !isOwn(step))
  return steps.length > 0 ? { ...fix, steps } : fix
}
