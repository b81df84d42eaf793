/** A clock that moved by less than this was slewed at most, ms; the frames of a window show no less either. */
const LEAST_MS = 1000

/** Notices that the clock of this machine was set, or stood still while the machine was paused. */
export class ClockSteps {
  private readonly wall: () => Date
  private readonly monotonic: () => number
  private readonly hearers: ((byMs: number) => void)[] = []
  private ahead: number

  /** `monotonic`: ms of a clock that only goes forward. */
  constructor(wall: () => Date, monotonic: () => number) {
    this.wall = wall
    this.monotonic = monotonic
    this.ahead = this.difference()
  }

  /** `byMs` is negative where it was set back. */
  hear(hearer: (byMs: number) => void): void {
    this.hearers.push(hearer)
  }

  /** To be called often, and before a time is noted. */
  look(): void {
    const [before, now] = [this.ahead, this.difference()]
    this.ahead = now
    const byMs = Math.round(now - before)
    if (Math.abs(byMs) >= LEAST_MS) for (const hear of this.hearers) hear(byMs)
  }

  private difference(): number {
    return this.wall().getTime() - this.monotonic()
  }
}

/** When something began that has lasted so long, ms, by the clock as it is set now: ISO 8601. */
export function agoIso(now: Date, lastedMs: number): string {
  return new Date(now.getTime() - lastedMs).toISOString()
}
