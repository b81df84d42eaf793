import { enlarged } from './id-table.js'
import { type Micros, type RateKind, STORM_TIERS } from './model.js'

export const RATE_KINDS = ['requests', 'replies', 'gratuitous'] as const satisfies readonly RateKind[]
const KINDS = RATE_KINDS.length
const MAX_LOUD = 4096
const TIERS = Object.keys(STORM_TIERS) as (keyof typeof STORM_TIERS)[]

/** Whole seconds at or above the lowest tier, of one subject and kind. */
export interface LoudRate {
  readonly subject: number
  readonly kind: RateKind
  total: number
  peakPerSecond: number
  firstAt: Micros
  lastAt: Micros
  lastSecond: number
  readonly tiers: readonly TierRun[]
}

/** Consecutive whole seconds at or above a tier: the run that goes on, and the longest one. */
interface TierRun {
  readonly name: keyof typeof STORM_TIERS
  readonly least: number
  run: number
  longest: number
}

/** The longest run per tier, in seconds. */
export function longestRuns({ tiers }: LoudRate): Record<keyof typeof STORM_TIERS, number> {
  return Object.fromEntries(tiers.map(({ name, longest }) => [name, longest])) as ReturnType<typeof longestRuns>
}

/** Frames in each whole second, per subject (a number) and kind; details are kept only for those that get loud. */
export class RateTable {
  /** Loud subjects beyond the bound. */
  dropped = 0
  private inSecond = new Int32Array(64 * KINDS)
  private totals = new Int32Array(64 * KINDS)
  /** Places of `inSecond` that are not zero, `activeCount` of them. */
  private active = new Int32Array(64 * KINDS + 1)
  private activeCount = 0
  private readonly loud = new Map<number, LoudRate>()

  /** Makes room for a subject. */
  ensure(subject: number): void {
    if ((subject + 1) * KINDS <= this.totals.length) return
    const size = 2 * (subject + 1) * KINDS
    this.inSecond = enlarged(this.inSecond, size)
    this.totals = enlarged(this.totals, size)
    this.active = enlarged(this.active, size + 1)
  }

  /** Counts a frame. */
  add(subject: number, kind: number): void {
    const at = subject * KINDS + kind
    const before = this.inSecond[at]!++
    this.active[this.activeCount] = at
    this.activeCount += (before - 1) >>> 31 // one for the first in a second, without a branch that nobody can foresee
  }

  /** Ends a whole second. */
  close(second: number): void {
    for (let index = 0; index < this.activeCount; index++) {
      const at = this.active[index]!
      const frames = this.inSecond[at]!
      this.inSecond[at] = 0
      this.totals[at]! += frames
      if (frames >= STORM_TIERS.info) this.note(at, frames, second)
    }
    this.activeCount = 0
  }

  finish(): LoudRate[] {
    return [...this.loud].map(([at, rate]) => Object.assign(rate, { total: this.totals[at] }))
  }

  private note(at: number, frames: number, second: number): void {
    const rate = this.loud.get(at) ?? this.start(at, second)
    if (rate === null) return
    for (const tier of rate.tiers) {
      if (frames < tier.least) tier.run = 0
      else tier.run = rate.lastSecond === second - 1 ? tier.run + 1 : 1
      if (tier.run > tier.longest) tier.longest = tier.run
    }
    if (frames > rate.peakPerSecond) rate.peakPerSecond = frames
    rate.lastSecond = second
    rate.firstAt = Math.min(rate.firstAt, second * 1_000_000)
    rate.lastAt = Math.max(rate.lastAt, (second + 1) * 1_000_000)
  }

  private start(at: number, second: number): LoudRate | null {
    if (this.loud.size === MAX_LOUD) {
      this.dropped++
      return null
    }
    const rate: LoudRate = {
      subject: Math.floor(at / KINDS),
      kind: RATE_KINDS[at % KINDS]!,
      total: 0,
      peakPerSecond: 0,
      firstAt: second * 1_000_000,
      lastAt: 0,
      lastSecond: -1,
      tiers: TIERS.map((name) => ({ name, least: STORM_TIERS[name], run: 0, longest: 0 })),
    }
    this.loud.set(at, rate)
    return rate
  }
}
