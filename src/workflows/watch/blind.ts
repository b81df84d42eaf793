import type { LiveCapture } from '../../capture/open-live.js'
import type { Gap } from '../../known.js'
import { CLOCK } from '../look-live.js'
import type { SegmentAdapters } from './model.js'

/** Since when nothing is seen, and the windows of which nothing is known. */
export class Blind {
  private gap: Gap | null = null
  private since = 0
  private toldAt = 0
  private readonly adapters: SegmentAdapters
  private readonly windowMs: number

  constructor(adapters: SegmentAdapters, windowMs: number) {
    this.adapters = adapters
    this.windowMs = windowMs
  }

  /** Tells once. */
  begin(gap: Gap): void {
    if (this.gap !== null) return
    this.gap = gap
    this.since = CLOCK.now()
    this.toldAt = Number.NEGATIVE_INFINITY
    this.adapters.down(gap)
  }

  end(live: LiveCapture): void {
    this.adapters.up(live, this.gap === null ? null : CLOCK.now() - this.since)
    this.gap = null
  }

  /** Says at once, and then once in a window, that nothing is known. */
  async window(): Promise<void> {
    const { gap, toldAt, windowMs } = this
    if (gap === null || CLOCK.now() - toldAt < windowMs) return
    this.toldAt = CLOCK.now()
    await this.adapters.window({
      number: this.adapters.began(),
      startedAt: this.adapters.now().toISOString(),
      vips: this.adapters.vips(),
      unaskable: [],
      seen: { look: null, wire: { known: false, gap }, owners: [], doubts: [gap], gaps: [] },
      asked: 'none',
      isWhole: false,
      isCutOff: false,
    })
  }
}
