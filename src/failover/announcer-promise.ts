import type { MasterChange } from './masters.js'
import type { Move, Span } from './measure.js'

/** How long it takes from the death of a machine until another one has its addresses. Milliseconds. */
export interface AnnouncerPromise {
  readonly announcer: string
  readonly leastMs: number
  readonly mostMs: number
  /** The settings that it follows from. */
  readonly because: string
  /** Where that is written. */
  readonly source: string
}

/** A promise, and what was measured of it. */
export interface HeldPromise extends AnnouncerPromise {
  readonly of: 'silence' | 'adverts'
  readonly measured: Span
  readonly kept: boolean | null
}

/** Adverts are exact: what the backup waits for begins with the last one that it heard. Else the silence of requests must do. */
export function holdAgainst(move: Move, given: AnnouncerPromise | null): HeldPromise | null {
  const vrrp = move.masters === null ? null : vrrpPromise(move.masters)
  if (vrrp !== null && move.masters !== null) {
    const waited = move.masters.new.at - move.masters.old.at
    return held(vrrp, 'adverts', { least: waited, most: waited })
  }
  return given === null ? null : held(given, 'silence', move.silence)
}

function held(promise: AnnouncerPromise, of: HeldPromise['of'], measured: Span): HeldPromise {
  const limit = promise.mostMs * 1000
  const kept = measured.most <= limit ? true : measured.least > limit ? false : null
  return { ...promise, of, measured, kept }
}

/** A backup needs a moment to run once its timer has ended, and an advert to arrive. */
const SLACK_MS = 50

/**
 * RFC 9568 section 6.1 (VRRPv3) and RFC 3768 section 6.1 (VRRPv2): three intervals and a skew that is the shorter the higher the
 * priority of the backup is; after an advert of priority 0 the skew alone. Null for CARP, and for a machine that took over because it outranks.
 */
export function vrrpPromise({ old, new: taken }: MasterChange): AnnouncerPromise | null {
  const { protocol, version, intervalMs, priority } = old.advert
  const { priority: own } = taken.advert
  if (protocol !== 'vrrp' || intervalMs === 0) return null
  if (priority !== 0 && own > priority) return null
  const skewMs = ((256 - own) / 256) * (version === 3 ? intervalMs : 1000)
  const source = version === 3 ? 'RFC 9568 section 6.1' : 'RFC 3768 section 6.1'
  const waitMs = priority === 0 ? skewMs : 3 * intervalMs + skewMs
  const intervals = priority === 0 ? 'the old master resigned: ' : `3 x ${intervalMs} ms + `
  const because = `${intervals}skew ${Math.round(skewMs)} ms at priority ${own}`
  return { announcer: 'VRRP', leastMs: Math.max(0, waitMs - intervalMs), mostMs: waitMs + SLACK_MS, because, source }
}
