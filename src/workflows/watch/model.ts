import type { LiveCapture, LiveOptions } from '../../capture/open-live.js'
import type { CheckFile } from '../../check/model.js'
import type { MacOwner } from '../../facts/attribution.js'
import type { Gap } from '../../known.js'
import type { ServiceAddresses } from '../../probe/asking.js'
import type { Suppression } from '../../report/suppress.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import type { ScanContext } from '../scan-request.js'
import type { Seen } from '../see.js'
import type { Part } from './part.js'

/** What may change while a watch runs: it is read again at SIGHUP. */
export interface Watched {
  readonly vips: readonly Ip[]
  /** Null without `--check`. */
  readonly file: CheckFile | null
  readonly suppressions: readonly Suppression[]
  /** The addresses are those of the cluster, wherever they are. */
  readonly isOfCluster: boolean
  readonly context: ScanContext
}

/** The nodes of the cluster, and whose MAC is whose. */
export interface SegmentNodes {
  /** Notes whom the window that ends has heard. */
  readonly hear: (claimants: (ip: Ip) => readonly Mac[]) => void
  readonly owners: () => readonly MacOwner[]
  /** An address of each whose MAC nobody has told or heard. */
  readonly unheard: (isHere: (ip: Ip) => boolean) => readonly Ip[]
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
  /** From 1 on, those of which nothing is known included. */
  readonly number: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly vips: readonly Ip[]
  /** Those of them that it has no address to ask from. */
  readonly unaskable: readonly Ip[]
  readonly seen: Seen
  /** Requests were sent all the while. */
  readonly asked: Part
  readonly isWhole: boolean
  /** Nobody was heard at its end, and no gateway either: who was silent in it may have answered. */
  readonly isCutOff: boolean
}

export interface SegmentRequest {
  readonly capture: Pick<LiveOptions, 'engine' | 'env'>
  readonly interface: string | undefined
  /** Whoever named the interface, and no other one, says that the addresses named are on its segment. */
  readonly holdsAll: boolean
  readonly pace: WatchPace
  readonly asks: boolean
}

/** What a segment asks for, and whom it tells. */
export interface SegmentAdapters {
  readonly vips: () => readonly Ip[]
  readonly serviceAddresses: () => ServiceAddresses
  /** What is asked by us, of those that could ask on this segment; another value only when it is another part. */
  readonly part: () => Part
  /** Nobody said that the addresses are on this segment. */
  readonly isAnywhere: () => boolean
  readonly nodes: SegmentNodes
  /** The name of the interface, once and before all else. */
  readonly opened: (device: string) => void
  /** A window begins; its number. */
  readonly began: () => number
  readonly window: (window: SeenWindow) => Promise<void>
  /** The capture runs and the link is up. */
  readonly up: (live: Pick<LiveCapture, 'interface' | 'source'>, downMs: number | null) => void
  readonly down: (gap: Gap) => void
  readonly note: (text: string) => void
  readonly now: () => Date
}
