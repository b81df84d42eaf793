import type { FactName, Facts } from '../facts/facts.js'
import type { ShellCommand } from './shell.js'

export type Severity = 'error' | 'warning' | 'info'
export type Certainty = 'certain' | 'likely' | 'possible'
export type SubjectKind = 'ip' | 'mac' | 'node' | 'interface' | 'service' | 'cluster' | 'segment'

/** What a finding is about. `id` is the name the operator knows: an address, `node-a`, `node-a/eth0`, `ns/name`. */
export interface Subject {
  readonly kind: SubjectKind
  readonly id: string
}

/** The thing that decides a finding, so that a reader can check it without believing us. */
export type Evidence =
  /** A frame of the capture by its 1-based number; `at` is ISO 8601. */
  | { readonly kind: 'frame'; readonly frame: number; readonly at: string; readonly summary: string }
  /** A value of a Kubernetes object: `Node/node-a`, `.metadata.labels["…"]`, the value as text. */
  | { readonly kind: 'object'; readonly object: string; readonly path: string; readonly value: string }
  /** A command on a host and the part of its output that matters. */
  | { readonly kind: 'command'; readonly host: string; readonly command: string; readonly output: string }
  /** A figure we computed from several of the above. */
  | { readonly kind: 'measure'; readonly name: string; readonly value: string }

/** One step of a fix. `run` is a command line to copy; absent where a hand is needed. */
export interface FixStep {
  /** `runtime` holds until reboot, `persistent` survives it, `manual` has no command. */
  readonly kind: 'runtime' | 'persistent' | 'manual'
  readonly text: string
  readonly run?: ShellCommand
}

/** A fix is data: nothing in l2doctor executes it. */
export interface Fix {
  readonly summary: string
  /** `disruptive`: traffic may drop while it is applied. */
  readonly risk: 'none' | 'disruptive'
  readonly where: 'workstation' | 'node' | 'cluster' | 'switch'
  /** The host it is for, when `where` is `node`. */
  readonly node?: string
  readonly steps: readonly FixStep[]
  readonly sideEffects?: readonly string[]
  /** A command (or observation) that shows it worked. */
  readonly verify: string
  readonly undo: string
}

/** What a rule found. The engine adds rule id, severity, message, fixes and fingerprint. */
export interface Problem<D> {
  readonly subject: Subject
  /** JSON-serialisable; addresses as text. */
  readonly data: D
  readonly evidence: readonly Evidence[]
  /** Overrides the rule's severity where the context decides it. */
  readonly severity?: Severity
  /** Default `certain`. */
  readonly certainty?: Certainty
}

/** A subject that the rule could not judge: listed under `skipped`, never silently passed. */
export interface Unjudged {
  readonly unjudged: string
  readonly because: string
}

export interface RuleDocs {
  /** What it means when this rule speaks. */
  readonly what: string
  /** What it does to traffic. */
  readonly why: string
  /** How to confirm it by hand, with commands. */
  readonly confirm: string
  /** When it speaks although nothing is wrong. */
  readonly falseAlarms: string
  /** Public sources only: RFC sections, kernel files, issue numbers (`metallb/metallb#2747`), documentation URLs. */
  readonly references: readonly string[]
}

export interface RuleSpec<
  N extends readonly FactName[],
  D extends object,
  O extends readonly FactName[] = readonly [],
> {
  /** Its path below src/rules: `wire/duplicate-responders`. */
  readonly id: string
  readonly title: string
  readonly severity: Severity
  /** The facts it reads; the compiler rejects reading another, the engine skips it when one is unknown. */
  readonly needs: N
  /** Facts that sharpen its judgement but that it can do without: absent where unknown or never looked for. */
  readonly optional?: O
  /** Ids of symptom rules, and of rules nearer to the symptom, that a finding of this rule explains. */
  readonly explains?: readonly string[]
  readonly docs: RuleDocs
  check(facts: Pick<Facts, N[number]> & Partial<Pick<Facts, O[number]>>): Iterable<Problem<D> | Unjudged>
  message(data: D): string
  fixes(data: D): readonly Fix[]
}

/** A rule with its data type hidden, as registries and the engine hold it. */
// biome-ignore lint/suspicious/noExplicitAny: the data type is private to each rule
export type Rule = RuleSpec<readonly FactName[], any, readonly FactName[]>

/** Declares a rule; the type parameters tie `needs` to `check`, and the data of `check` to `message` and `fixes`. */
export function defineRule<
  const N extends readonly FactName[],
  D extends object,
  const O extends readonly FactName[] = readonly [],
>(spec: RuleSpec<N, D, O>): Rule {
  return spec as unknown as Rule
}
