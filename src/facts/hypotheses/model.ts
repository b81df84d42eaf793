import type { VipAnswer, WayToFail } from '../../cluster/announcers/announcer.js'

/** One simple thing that could be wrong with one node. */
export interface Hypothesis {
  readonly kind: WayToFail
  readonly node: string
}

/** One address with all that announcers say of it, and who answers. */
export interface SeenAddress {
  readonly ip: string
  readonly asked: boolean
  readonly answers: readonly { readonly announcer: string; readonly answer: VipAnswer }[]
  /** Nodes, sorted. */
  readonly seen: readonly string[]
  readonly rounds: number
}

/** A hypothesis that every address seen agrees with, and at least one needs. */
export interface Explanation {
  readonly hypothesis: Hypothesis
  /** The announcer that it is about. */
  readonly announcer: string
  /** Addresses that contradict the plain prediction, and that it explains. */
  readonly explains: readonly string[]
  /** All addresses that it was held against. */
  readonly heldAgainst: number
  /** It says for each address exactly who answers; else it leaves some of it open. */
  readonly exact: boolean
}
