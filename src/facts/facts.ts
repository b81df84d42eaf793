import type { Known } from '../known.js'
import type { Host } from '../node/model.js'
import type { WireFacts } from '../observe/model.js'
import type { Question } from './question.js'

/**
 * Everything a rule may read, by name. A name is known or unknown as a whole, so a new source of
 * truth that can fail on its own gets a name of its own.
 */
export interface Facts {
  /** What the operator asked; always known. */
  question: Question
  /** What a capture showed. */
  wire: WireFacts
  /** The hosts asked for, unreached ones included; known when at least one was read. */
  hosts: readonly Host[]
}

export type FactName = keyof Facts

/**
 * The facts of one run: each known, or unknown with the reason. A name that is absent was never looked for by this
 * command: rules that need it are out of scope, not skipped.
 */
export type FactTable = { readonly [N in FactName]?: Known<Facts[N]> }
