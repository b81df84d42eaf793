import type { Finding } from '../rules/engine.js'
import { type Fix, isHostChange, type Trial } from '../rules/fix.js'

/** What came of trying a fix on the model. */
export type Tried =
  | { readonly kind: 'passed'; readonly trial: Trial; readonly cures: boolean }
  | { readonly kind: 'failed'; readonly because: string }
  | { readonly kind: 'untried'; readonly because: string }

/** A fix and what came of it. */
export interface Outcome {
  readonly fix: Fix
  readonly tried: Tried
}

/** How fixes are tried: on the hosts in hand (`host-trials.ts`), or not at all. */
export interface Trying {
  try(fix: Fix): Tried
  /** What is printed where every fix of a finding failed. */
  instead(finding: Finding, failed: readonly Outcome[]): readonly Fix[]
}

/** Where no host was read nothing can be tried, and nothing fails. */
export const NO_HOSTS: Trying = {
  try: (fix) => untried(untriable(fix, new Map()) ?? 'no host was read'),
  instead: () => [],
}

export function untried(because: string): Tried {
  return { kind: 'untried', because }
}

/** Why a fix cannot be tried on these hosts, by name; null: it can. */
export function untriable({ where, node, steps }: Fix, hosts: ReadonlyMap<string, unknown>): string | null {
  if (steps.every(({ kind }) => kind === 'look')) return 'the steps only look'
  if (where === 'switch') return 'what a switch does is not predicted'
  const typed = steps.some(({ change }) => change && isHostChange(change))
  if (typed) return node !== undefined && hosts.has(node) ? null : `${node ?? 'this machine'} was not read`
  if (where === 'cluster') return 'what the cluster makes of it is not predicted'
  const restarts = steps.some(({ kind }) => kind === 'restart')
  return restarts ? 'what a restart brings is not predicted' : 'the change is not one that l2doctor can predict'
}
