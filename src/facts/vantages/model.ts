import type { Known } from '../../known.js'
import type { WireFacts } from '../../observe/model.js'
import { BROADCAST_MAC, type Mac } from '../../wire/mac.js'
import type { Question } from '../question.js'

export const VANTAGE_KINDS = ['local', 'ssh', 'pod', 'file'] as const

/** `file`: what others recorded there. */
export type VantageKind = (typeof VANTAGE_KINDS)[number]

/** A place that the wire was looked at from, and what it saw. */
export interface VantageFacts {
  /** As the operator calls it: a host, or `local`. */
  readonly name: string
  readonly kind: VantageKind
  /** Where a recording lies; null: it is looked from live, or nothing could be opened. */
  readonly file: string | null
  readonly wire: Known<WireFacts>
  readonly own: Question['own']
  /** Whose broadcasts for the addresses asked for came by here. */
  readonly heard: ReadonlySet<Mac>
  /** Requests of its own are in what it saw, so that silence means something. */
  readonly probed: boolean
}

/** Whose broadcasts for the addresses asked for are in a capture. */
export function heardIn({ addresses }: WireFacts): ReadonlySet<Mac> {
  const asked = addresses.filter((address) => address.asked).flatMap(({ exchanges }) => exchanges)
  return new Set(asked.filter(({ askedMac }) => askedMac === BROADCAST_MAC).map(({ asker }) => asker))
}
