import type { Answers } from '../observe/observer.js'
import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { type PlanOptions, ProbePlan, type Step } from './plan.js'
import type { Responder } from './responder.js'

/** What was heard since the window began. */
export interface HeardInWindow {
  /** The hosts that answered for an address. */
  responders(vip: Ip): readonly Responder[]
  /** How many requests for an address that name an asker each host answered. */
  answers(vip: Ip): ReadonlyMap<Mac, Pick<Answers, 'broadcast' | 'unicast'>>
}

/** Beside the broadcast that showed a change, and as `scan` asks. */
const AS_SCAN = { rounds: 4, intervalMs: 200, forMs: null }

/**
 * Asks for one address as `scan` asks (see plan.ts), within a window that heard it before: only a host that has answered since this
 * began counts as heard.
 */
export class Confirming {
  readonly vip: Ip
  private readonly plan: ProbePlan

  constructor(vip: Ip, options: Omit<PlanOptions, 'vips' | keyof typeof AS_SCAN>, heard: HeardInWindow) {
    this.vip = vip
    const before = new Map(heard.responders(vip).map(({ mac, answers = 0 }) => [mac, answers]))
    const hasAnswered = ({ mac, answers = 0 }: Responder) => answers > (before.get(mac) ?? 0)
    const scan = { ...options, ...AS_SCAN, vips: [vip] }
    this.plan = new ProbePlan(scan, () => heard.responders(vip).filter(hasAnswered))
  }

  /** The next step at this time; to be called again after it was taken. */
  next(now: number): Step {
    return this.plan.next(now)
  }
}
