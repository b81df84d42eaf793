import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'
import { arpRequest } from '../wire/write-arp.js'
import type { Ask, ProbePlan } from './plan.js'

/** Time as the probing needs it; `now` in milliseconds, only ever forward. `sleep` ends early, without error, on abort. */
export interface Clock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** Who asks: our MAC and the addresses of the interface, the best for the question first. */
export interface Asker {
  readonly mac: Mac
  readonly ips: readonly Ipv4[]
}

/** Sends what the plan says when it says so, until it is done or aborted. */
export async function runPlan(
  plan: ProbePlan,
  asker: Asker,
  send: (frame: Uint8Array) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const step = plan.next(clock.now())
    if (step.step === 'done') return
    if (step.step === 'wait') await clock.sleep(step.ms, signal)
    else send(frameFor(step.ask, asker))
  }
}

/**
 * The frame of one ask. Without an address of ours that differs from the one asked for, it is an RFC 5227 probe (spa
 * 0.0.0.0): a request in which both are equal would be a gratuitous ARP, which changes the caches of all who hear it.
 */
export function frameFor({ vip, mode, to }: Ask, { mac, ips }: Asker): Uint8Array {
  const ip = mode === 'probe' ? undefined : ips.find((own) => own !== vip)
  return arpRequest({ mac, ip: ip ?? 0 }, vip, to === null ? {} : { to })
}
