import type { ClusterView } from '../../facts/cluster-view.js'
import type { Gap, Known } from '../../known.js'
import type { Clock } from '../../probe/run.js'

export interface ClusterReading {
  readonly view: Known<ClusterView>
  /** Why a kind of object is as it was read before; null: none is. */
  readonly missing: Gap | null
}

export interface ClusterSource {
  readonly read: (signal: AbortSignal) => Promise<ClusterReading>
  /** Calls back whenever Services may have changed; null: nobody says so. */
  readonly follow: ((changed: () => void, signal: AbortSignal) => Promise<void>) | null
  readonly clock: Clock
}

export interface ClusterTold {
  read(view: ClusterView): void
  /** Once for each time that it cannot be read, or a kind of object cannot that could before; what was read before holds on. */
  failed(gap: Gap): void
  worksAgain(): void
}

/** From one reading to the next at least, ms: when nothing is said to have changed, and when something is. */
const [EVERY_MS, SOON_MS] = [60_000, 5000]
/** Reading takes at most this part of the time. */
const SHARE = 1 / 20
/** From one look whether a reading is due to the next, ms. */
const TICK_MS = 500

/** Reads a cluster again and again, as often as it is worth. */
export class WatchedCluster {
  private readonly source: ClusterSource
  private readonly told: ClusterTold
  private reading: Promise<boolean> | null = null
  /** The begin of the last reading; of one that failed its end, as it has waited rather than worked. */
  private since = Number.NEGATIVE_INFINITY
  /** The last one that did not fail. */
  private tookMs = 0
  private isChanged = false
  private isFailing = false

  constructor(source: ClusterSource, told: ClusterTold) {
    this.source = source
    this.told = told
  }

  /** False where it could not be read whole. One reading at a time. */
  read(signal: AbortSignal): Promise<boolean> {
    this.reading ??= this.readNow(signal).finally(() => {
      this.reading = null
    })
    return this.reading
  }

  /** False where nothing is known that was read after now, and for a while after it could not be read. */
  async readAfresh(signal: AbortSignal): Promise<boolean> {
    if (this.reading) await this.reading // it began before
    const failedJustNow = this.isFailing && this.source.clock.now() - this.since < EVERY_MS
    return signal.aborted || failedJustNow ? false : this.read(signal)
  }

  async follow(signal: AbortSignal): Promise<void> {
    const changed = () => {
      this.isChanged = true
    }
    await Promise.all([this.source.follow?.(changed, signal), this.readWhenDue(signal)])
  }

  private async readWhenDue(signal: AbortSignal): Promise<void> {
    const { clock } = this.source
    while (!signal.aborted) {
      const wait = Math.max(this.isChanged ? SOON_MS : EVERY_MS, this.tookMs / SHARE)
      if (clock.now() - this.since >= wait) await this.read(signal)
      else await clock.sleep(TICK_MS, signal)
    }
  }

  private async readNow(signal: AbortSignal): Promise<boolean> {
    const { clock, read } = this.source
    this.since = clock.now()
    this.isChanged = false
    const { view, missing } = await read(signal)
    if (signal.aborted) return false
    const gap = view.known ? missing : view.gap
    if (gap === null) this.tookMs = clock.now() - this.since
    else this.since = clock.now()
    this.tell(gap)
    if (view.known) this.told.read(view.value)
    return gap === null
  }

  private tell(gap: Gap | null): void {
    if (gap !== null && !this.isFailing) this.told.failed(gap)
    if (gap === null && this.isFailing) this.told.worksAgain()
    this.isFailing = gap !== null
  }
}
