import type { Change } from '../answering/change/model.js'
import type { ShellCommand } from './shell.js'

/**
 * What a step does: `look` changes nothing; `runtime` holds, on a host, until reboot; `persistent` survives it; `restart`
 * interrupts what runs.
 */
export type StepKind = 'look' | 'runtime' | 'persistent' | 'restart'

/** Where a command is typed. `switch`: on its own console. */
export type Place = 'workstation' | 'node' | 'cluster' | 'switch'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A change of a Kubernetes object: `Node/node-a`, `Service/ns/name`. Null: the label, annotation or field is not there. */
export interface ObjectChange {
  readonly kind: 'label' | 'annotation' | 'field'
  readonly object: string
  /** The key of the label or annotation, or the path of the field: `.spec.strictARP`. */
  readonly key: string
  readonly value: Json
  /** What the object has now. */
  readonly was: Json
}

/** What a step changes, where l2doctor knows it exactly. */
export type StepChange = Change | ObjectChange | { readonly kind: 'restart'; readonly what: string }

/** One step of a fix. `run` is a command line to copy; absent where a hand is needed. */
export interface FixStep {
  readonly kind: StepKind
  readonly text: string
  readonly run?: ShellCommand
  /** Where `run` is typed, if not where the fix is done; kubectl and l2doctor run on the workstation in any case. */
  readonly where?: Place
  /** The host for `where: 'node'`, if it is not the host of the fix. */
  readonly node?: string
  readonly change?: StepChange
}

/** A fix is data: nothing in l2doctor executes it. */
export interface Fix {
  readonly summary: string
  /** `disruptive`: traffic may drop while it is applied. */
  readonly risk: 'none' | 'disruptive'
  readonly where: Place
  /** The host it is for, when `where` is `node`. */
  readonly node?: string
  readonly steps: readonly FixStep[]
  readonly sideEffects?: readonly string[]
  /** A command (or observation) that shows it worked. */
  readonly verify: string
  readonly undo: string
  /** What came of trying it on the snapshots; added once the rules have spoken. */
  readonly trial?: Trial
}

/** `after`: who answers once step `step` (from 1) is done, as predicted. */
export type Trial =
  | { readonly tried: true; readonly after: readonly { readonly step: number; readonly says: string }[] }
  | { readonly tried: false; readonly because: string }

/** Changes of one host. Command lines, the form that survives a reboot, side effects and undo are made from them (`changes/`). */
export interface HostFix {
  readonly summary: string
  readonly risk?: Fix['risk']
  /** The host. */
  readonly node: string
  /** In this order. */
  readonly changes: readonly Change[]
  /** What to look at, or to restart, before and after the changes. */
  readonly before?: readonly FixStep[]
  readonly after?: readonly FixStep[]
  /** What it interrupts, besides what every change of its kind does. */
  readonly sideEffects?: readonly string[]
  /** By default the command that shows the changed setting. */
  readonly verify?: string
}

export type ProposedFix = Fix | HostFix

export function isHostFix(fix: ProposedFix): fix is HostFix {
  return 'changes' in fix
}

/** A change of a host, which the answering model can make; the others can only be described. */
export function isHostChange(change: StepChange): change is Change {
  return !['label', 'annotation', 'field', 'restart'].includes(change.kind)
}

export const ONLY_LOOKS = 'No changes to undo: these steps only look.'
