import type { TrialFacts } from './known.js'
import { lookInstead } from './look-instead.js'
import { Trials } from './trial.js'
import type { Trying } from './tried.js'

/** Tries fixes on the hosts in hand; where each of a finding would do harm, the steps only look. */
export function hostTrials(facts: TrialFacts): Trying {
  const trials = new Trials(facts)
  return {
    try: (fix) => trials.try(fix),
    instead: (finding, failed) => [lookInstead(finding, failed, facts)],
  }
}
