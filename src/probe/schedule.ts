import type { ProbePlan } from './plan.js'
import { type Asker, frameFor } from './run.js'

/** A frame to send; null: nothing, only time passes. */
export interface ScheduledFrame {
  /** From the one before, ms. */
  readonly afterMs: number
  readonly frame: Uint8Array | null
}

/**
 * All that a plan sends and when, worked out beforehand: for a sender that cannot be told anything once it runs. The last one is the
 * time that it listens after the others. Null: they are more than `most`.
 */
export function schedule(plan: ProbePlan, asker: Asker, most: number): ScheduledFrame[] | null {
  const frames: ScheduledFrame[] = []
  let [now, before] = [0, 0]
  for (;;) {
    const step = plan.next(now)
    if (step.step === 'done') return [...frames, { afterMs: now - before, frame: null }]
    if (step.step === 'wait') {
      now += step.ms
      continue
    }
    const frame = frameFor(step.ask, asker)
    if (frame === null) continue
    if (frames.push({ afterMs: now - before, frame }) > most) return null
    before = now
  }
}
