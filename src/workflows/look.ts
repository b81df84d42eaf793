import type { FrameSource } from '../capture/source.js'
import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import type { CaptureConditions } from '../report/assemble.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'

/** A host whose answer for an address has been heard. */
export interface Heard {
  readonly mac: Mac
  readonly answeredProbe: boolean
}

/** The hosts whose answers for an address have been heard so far. */
export type HeardBy = (ip: Ipv4) => readonly Heard[]

/** A source that is open, and what is to be done while it runs. */
export interface Look {
  readonly source: FrameSource
  readonly own: Question['own']
  /**
   * Probes, or waits, until the source is to be stopped; null: it ends by itself. `heard` tells who answered so far.
   * Ends at once when `signal` is aborted. Answers with what could not be done.
   */
  readonly work: ((heard: HeardBy, signal: AbortSignal) => Promise<readonly Gap[]>) | null
  /** Read after the source has ended. */
  conditions(): CaptureConditions
}
