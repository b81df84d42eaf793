import type { Finding } from '../rules/engine.js'

/** Commands that look at everything a diagnosis looks at: after one of them the others have nothing new to say. */
const SAME_LOOK: Readonly<Record<string, readonly string[]>> = { diagnose: ['diagnose'], check: ['check', 'diagnose'] }

/** Without the steps that only repeat the command whose report this is; the last step of a fix stays. */
export function withFreshSteps(finding: Finding, command: string): Finding {
  const stale = (SAME_LOOK[command] ?? [command]).map((name) => `l2doctor ${name} `)
  const isStale = (run: string) => stale.some((start) => run.startsWith(start))
  const fixes = finding.fixes.map((fix) => {
    const steps = fix.steps.filter(({ run }) => !(run && isStale(run)))
    return steps.length > 0 ? { ...fix, steps } : fix
  })
  return { ...finding, fixes }
}
