/** How the time stamps of one pcapng interface count. */
export interface Clock {
  readonly ticksPerSecond: number
  readonly offsetSeconds: number
}

/** draft-ietf-opsawg-pcapng section 4.2: without if_tsresol, microseconds. */
export const DEFAULT_CLOCK: Clock = { ticksPerSecond: 1_000_000, offsetSeconds: 0 }

/** if_tsresol: a negative power of 10, or of 2 when the top bit is set; null for one that no clock can have. */
export function ticksPerSecond(resolution: number): number | null {
  const ticks = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution
  return ticks <= Number.MAX_SAFE_INTEGER ? ticks : null
}

/** Above this, a remainder times 2^16 is no exact number any more. */
const MAX_EXACT_TICKS = 2 ** 37

/** A 64-bit count of ticks as seconds and nanoseconds; one instance holds the last result, nothing is allocated. */
export class Instant {
  seconds = 0
  nanos = 0

  set(high: number, low: number, { ticksPerSecond: ticks, offsetSeconds }: Clock): void {
    if (ticks > MAX_EXACT_TICKS) this.setLarge(high, low, ticks)
    else this.setExact(high, low, ticks)
    this.seconds += offsetSeconds
    if (!(this.seconds >= 0 && this.seconds <= 0xffff_ffff)) this.seconds = 0
  }

  /** Long division in digits of 2^16, because 64 bits do not fit a double. */
  private setExact(high: number, low: number, ticks: number): void {
    const upper = (high % ticks) * 65536 + (low >>> 16)
    const lower = (upper % ticks) * 65536 + (low & 0xffff)
    const rest = lower % ticks
    this.seconds = Math.floor(high / ticks) * 2 ** 32 + Math.floor(upper / ticks) * 65536 + Math.floor(lower / ticks)
    this.nanos = ticks === 1_000_000_000 ? rest : Math.floor((rest * 1_000_000_000) / ticks)
  }

  private setLarge(high: number, low: number, ticks: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low)
    this.seconds = Number(count / BigInt(ticks))
    this.nanos = Number(((count % BigInt(ticks)) * 1_000_000_000n) / BigInt(ticks))
  }
}
