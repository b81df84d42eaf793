import type { FrameSource } from '../capture/source.js'
import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import type { Responder } from '../probe/responder.js'
import type { CaptureConditions } from '../report/assemble.js'
import type { Ip } from '../wire/ip.js'

/** The hosts whose answers for an address have been heard so far. */
export type HeardBy = (ip: Ip) => readonly Responder[]

/** What came of the work beside a source. */
export interface Done {
  /** What was to be done and could not be. */
  readonly undone: readonly Gap[]
  /** What this way of looking cannot show. */
  readonly blind: readonly Gap[]
}

/** How far a look is: frames read, and of a file its bytes. */
export interface Far {
  readonly frames: number
  readonly bytes: { readonly read: number; readonly of: number } | null
}

/** A source that is open, and what is to be done while it runs. */
export interface Look {
  readonly source: FrameSource
  readonly own: Question['own']
  /** What a live look intends: how long it takes (null: until it is interrupted), and how many requests it sent so far (null: it only listens). */
  readonly plan?: { readonly seconds: number | null; readonly sent: (() => number) | null }
  /** Whether requests of its own are among the frames; absent: work and frames show it. */
  readonly probed?: boolean
  /** Hears how far it is, after each chunk that was read. */
  noticed?(far: Far): void
  /**
   * Probes, or waits, until the source is to be stopped; null: it ends by itself. `heard` tells who answered so far, `contestedMs` how far apart
   * the adverts of two machines for one virtual router are (0: there are none). Ends at once when `signal` is aborted.
   */
  readonly work: ((heard: HeardBy, signal: AbortSignal, contestedMs: () => number) => Promise<Done>) | null
  /** What could not be kept of it; read after the source has ended. */
  unkept?(): readonly Gap[]
  /** Read after the source has ended. */
  conditions(): CaptureConditions
}
