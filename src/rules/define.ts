import type { FactName, Facts } from '../facts/facts.js'
import type { Confidence } from './certainty.js'
import type { ProposedFix } from './fix.js'
import type { Subject } from './subject.js'

export type Severity = 'error' | 'warning' | 'info'
export type { Certainty } from './certainty.js'
export type { Fix, FixStep, HostFix, ProposedFix } from './fix.js'
export type { Subject } from './subject.js'

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

/** One check that a host makes with a request, in the order in which it makes them. */
export interface Check {
  readonly host: string
  /** The interface that the request arrives on. */
  readonly interface: string
  readonly outcome: 'passes' | 'stops' | 'answers' | 'doubt'
  /** One sentence. */
  readonly text: string
  readonly setting: string
  readonly value: string
  /** A path below /proc/sys, a command, an object. */
  readonly from: string
}

/** What clients suffer: of silence the guilty node is one that should have answered, of a claim one that did. */
export type Symptom = 'silence' | 'claim'

/** What a rule found and how sure it is. The engine adds rule id, severity, message, fixes and fingerprint. */
export interface Problem<D> extends Confidence {
  readonly subject: Subject
  /** JSON-serialisable; addresses as text. */
  readonly data: D
  readonly evidence: readonly Evidence[]
  /** Overrides the rule's severity where the context decides it. */
  readonly severity?: Severity
  /** How the model of the hosts comes to its answer. */
  readonly checks?: readonly Check[]
  /** Former rules (`former.ts`) that it is all about: what was accepted under their ids stays accepted. */
  readonly formerly?: readonly string[]
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
  /** It is about ARP, or about the IPv4 side of a host, and explains nothing about an IPv6 address; absent: it is about both. */
  readonly family?: 4
  /** Absent for what is a cause, or only information. */
  readonly symptom?: Symptom
  /** Id of a symptom rule: what explains that one explains this one too. */
  readonly like?: string
  readonly docs: RuleDocs
  /** Null says nothing: at it, as at the others, a Ctrl-C is heard. For long work that may find nothing. */
  check(facts: Pick<Facts, N[number]> & Partial<Pick<Facts, O[number]>>): Iterable<Problem<D> | Unjudged | null>
  message(data: D): string
  /** Ways to cure it, best first, for the owner to choose from: those that would do harm are not printed. Empty: none is known. */
  fixes(data: D): readonly ProposedFix[]
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
