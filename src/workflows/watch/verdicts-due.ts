import type { Ip } from '../../wire/ip.js'
import { isOf, type Part } from './part.js'

/**
 * The addresses that we have begun to ask for, or are about to, and that no window of these requests has ended for yet: nothing is known
 * of them before, however long a window is. Where a window shows nothing, none is due any more.
 */
export class VerdictsDue {
  /** What the last window that ended was to ask for from its begin on. */
  private had: ReadonlySet<Ip> = new Set()
  /** What each window that goes on is to ask for. */
  private readonly begun = new Map<number, Part>()

  /** A window begins; `part`: what is asked for by us then. */
  began(number: number, part: Part): void {
    this.begun.set(number, part)
  }

  /** It has ended; `vips`: what was watched in it. */
  ended(number: number, vips: readonly Ip[]): void {
    const part = this.begun.get(number) ?? 'none'
    for (const one of this.begun.keys()) if (one <= number) this.begun.delete(one)
    this.had = new Set(vips.filter((ip) => isOf(part, ip)))
  }

  /** Of those watched now; `unjudged`: what no window of ours can judge. */
  among(vips: readonly Ip[], part: Part, unjudged: readonly Ip[]): Ip[] {
    const never = new Set(unjudged)
    return vips.filter((ip) => isOf(part, ip) && !this.had.has(ip) && !never.has(ip))
  }
}
