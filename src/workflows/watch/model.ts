import type { LiveCapture, LiveOptions } from '../../capture/open-live.js'
import type { CheckFile } from '../../check/model.js'
import type { Gap } from '../../known.js'
import type { ServiceAddresses } from '../../probe/asking.js'
import type { Suppression } from '../../report/suppress.js'
import type { Ip } from '../../wire/ip.js'
import type { ScanContext } from '../scan-request.js'
import type { Seen } from '../see.js'

/** What may change while a watch runs: it is read again at SIGHUP. */
export interface Watched {
  readonly vips: readonly Ip[]
  /** Null without `--check`. */
  readonly file: CheckFile | null
  readonly suppressions: readonly Suppression[]
  readonly context: ScanContext
}

export interface WatchPace {
  readonly framesPerSecond: number
  /** From one broadcast to the next for one address. */
  readonly intervalMs: number
  /** A window takes so long, or one round. */
  readonly windowMs: number
}

/** What was seen in one window, before it is judged. */
export interface SeenWindow {
  /** ISO 8601. */
  readonly startedAt: string
  readonly vips: readonly Ip[]
  readonly seen: Seen
  /** Requests were sent. */
  readonly asked: boolean
  readonly isWhole: boolean
}

export interface SegmentRequest {
  readonly capture: Pick<LiveOptions, 'engine' | 'env'>
  readonly interface: string | undefined
  readonly pace: WatchPace
  readonly asks: boolean
}

/** What a segment asks for, and whom it tells. */
export interface SegmentAdapters {
  readonly vips: () => readonly Ip[]
  readonly serviceAddresses: () => ServiceAddresses
  readonly window: (window: SeenWindow) => Promise<void>
  /** The capture runs and the link is up. */
  readonly up: (live: Pick<LiveCapture, 'interface' | 'source'>, downMs: number | null) => void
  readonly down: (gap: Gap) => void
  readonly note: (text: string) => void
  readonly now: () => Date
}
