import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Steps, Stop } from './steps.js'

/** Longest time between two looks at signals, timers and what other hosts answer, in ms; one step may take longer. */
const SLICE_MS = 20
/** What may still be worked after a Ctrl-C, in ms: enough to judge an ordinary run whole, and little to wait for. */
const GRACE_MS = 300
/** What the work on one run may take where no flag says so, in ms. */
const USUAL_MS = 60_000

/**
 * The time that one run may spend on its own work: what hosts and the cluster said is parsed and judged in slices, between
 * which a Ctrl-C is heard. Waiting for others does not count.
 */
export class WorkBudget {
  readonly #interrupted: AbortSignal
  readonly #mostMs: number
  #usedMs = 0
  /** What was used when the run was interrupted; null while it is not. */
  #usedBefore: number | null = null

  constructor(interrupted: AbortSignal, mostMs: number | undefined = USUAL_MS) {
    this.#interrupted = interrupted
    this.#mostMs = mostMs
  }

  get interrupted(): boolean {
    return this.#interrupted.aborted
  }

  async run<T>(steps: Steps<T>): Promise<T> {
    let stop = this.#stop()
    for (;;) {
      const start = performance.now()
      let [step, tookMs] = [steps.next(stop), performance.now() - start]
      while (!step.done && tookMs < SLICE_MS) [step, tookMs] = [steps.next(stop), performance.now() - start]
      this.#usedMs += tookMs
      if (step.done) return step.value
      await nextTurn()
      stop = this.#stop()
    }
  }

  /** Why the work is to end; null while it may go on. */
  #stop(): Stop {
    if (this.#interrupted.aborted) this.#usedBefore ??= this.#usedMs
    if (this.#usedBefore !== null && this.#usedMs - this.#usedBefore > GRACE_MS) return 'interrupted'
    return this.#usedMs > this.#mostMs ? `out of time after ${Math.round(this.#mostMs / 1000)} s` : null
  }
}
