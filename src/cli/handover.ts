/**
 * From the moment in which the watching thread hears signals, until the main one leaves them to it, both hear: each signal is told
 * once. Times in nanoseconds of one monotonic clock.
 */
export class Handover {
  private leftAt: bigint | null = null
  /** Signals of the thread that came before the main one left. */
  private early = 0
  /** Those that the main thread heard as well and the other has not named yet. */
  private twice = 0

  private readonly tell: () => void

  constructor(tell: () => void) {
    this.tell = tell
  }

  /** The thread heard a signal. */
  take(at: bigint): void {
    if (this.leftAt === null) this.early++
    else if (at < this.leftAt && this.twice > 0) this.twice--
    else this.tell()
  }

  /** The main thread hears none from now on, and has heard and told so many since the other one hears. */
  leave(at: bigint, heard: number): void {
    this.leftAt = at
    this.twice = Math.max(0, heard - this.early)
    for (let more = heard; more < this.early; more++) this.tell()
  }
}
