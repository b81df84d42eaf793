import { isIpv6 } from '../wire/ip.js'
import type { Ask, ProbePlan } from './plan.js'
import { type Asker, frameFor } from './run.js'

/** A frame to send; null: nothing, only time passes. */
export interface ScheduledFrame {
  /** From the one before, ms. */
  readonly afterMs: number
  readonly frame: Uint8Array | null
  /**
   * An RFC 5227 probe to one host: to be sent only if that host has answered the last request for the address, which may be this long
   * ago, ms (see signs-of-life.ts). Null: it is sent whatever was heard.
   */
  readonly ifAnsweredWithinMs: number | null
}

/**
 * All that a plan sends and when, worked out beforehand: for a sender that cannot be told anything once it runs. The last one is the
 * time that it listens after the others. Null: they are more than `most`. Whether a host still answers is then for the sender to hear.
 */
export function schedule(plan: ProbePlan, asker: Asker, most: number): ScheduledFrame[] | null {
  const frames: ScheduledFrame[] = []
  let [now, before] = [0, 0]
  for (;;) {
    const step = plan.next(now)
    if (step.step === 'done') return [...frames, { afterMs: now - before, frame: null, ifAnsweredWithinMs: null }]
    if (step.step === 'wait') {
      now += step.ms
      continue
    }
    const frame = frameFor(step.ask, asker)
    if (frame === null) continue
    const ifAnsweredWithinMs = isGuarded(step.ask) ? plan.mostAgeMs : null
    if (frames.push({ afterMs: now - before, frame, ifAnsweredWithinMs }) > most) return null
    before = now
  }
}

/** Of IPv6 it is the kind of answer that says who may be probed: see discovery-asks.ts. */
function isGuarded({ vip, mode, to }: Ask): boolean {
  return mode === 'probe' && to !== null && !isIpv6(vip)
}
