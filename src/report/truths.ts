import type { Gap, Known } from '../known.js'
import type { Host } from '../node/model.js'
import type { Report, Truth } from './report.js'

/** The three places that the truth is read from. */
export type Truths = Report['truths']
export const TRUTH_NAMES = ['wire', 'cluster', 'hosts'] as const satisfies readonly (keyof Truths)[]

export function notAsked(because: string): Truth {
  return { asked: false, read: 'no', because }
}

export function notRead(gap: Gap): Truth {
  return { asked: true, read: 'no', because: gapWords(gap) }
}

/** Read, but for these gaps; the first one says why it was not read whole. */
function readBut(gaps: readonly Gap[]): Truth {
  const [first] = gaps
  if (first === undefined) return { asked: true, read: 'whole', because: null }
  const more = gaps.length > 1 ? ` (and ${gaps.length - 1} more)` : ''
  return { asked: true, read: 'partly', because: `${gapWords(first)}${more}` }
}

/** A truth that is known or not as a whole, and may have gaps if it is. */
export function truthOf(given: Known<unknown>, gaps: readonly Gap[]): Truth {
  return given.known ? readBut(gaps) : notRead(given.gap)
}

/** `gaps`: what could not be read of hosts that were reached. */
export function hostsTruth(hosts: readonly Host[], gaps: readonly Gap[]): Truth {
  const missed = hosts.filter(({ reached }) => !reached).map(({ name }) => name)
  if (missed.length === 0) return readBut(gaps)
  const because = `${hosts.length - missed.length} of ${hosts.length} read; not ${missed.join(', ')}`
  return { asked: true, read: missed.length === hosts.length ? 'no' : 'partly', because }
}

export function gapWords({ subject, reason }: Pick<Gap, 'subject' | 'reason'>): string {
  return `${subject}: ${reason}`
}
