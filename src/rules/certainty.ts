/** How sure a rule is of what it found, and the one fact that decides it: what the evidence settles, or what it leaves open. */

/** Surest first. */
export const CERTAINTIES = ['certain', 'likely', 'possible'] as const
export type Certainty = (typeof CERTAINTIES)[number]

export interface Confidence {
  readonly certainty: Certainty
  /** One line that the reader can check: `the setting was read on the host`, `the version is unknown`. */
  readonly because: string
}

/** The evidence leaves no other machine and no other setting possible. */
export function certain(because: string): Confidence {
  return { certainty: 'certain', because }
}

/** What was read says so, but the last step to the effect was not seen. */
export function likely(because: string): Confidence {
  return { certainty: 'likely', because }
}

/** It fits what was read, and so does something else. */
export function possible(because: string): Confidence {
  return { certainty: 'possible', because }
}
