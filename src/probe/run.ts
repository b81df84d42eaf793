import { type Ip, isIpv6 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { arpRequest } from '../wire/write-arp.js'
import { lookForDuplicate, solicitation } from '../wire/write-discovery.js'
import type { Ask, ProbePlan } from './plan.js'

/** Time as the probing needs it; `now` in milliseconds, only ever forward. `sleep` ends early, without error, on abort. */
export interface Clock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** Who asks: our MAC, and the addresses that we name as sender in turn when we ask for another; none: none is safe to name. */
export interface Asker {
  readonly mac: Mac
  addressesFor(target: Ip): readonly Ip[]
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
    else {
      const frame = frameFor(step.ask, asker)
      if (frame !== null) send(frame)
    }
  }
}

/** The frame of one ask; null where none is safe to send. */
export function frameFor(ask: Ask, asker: Asker): Uint8Array | null {
  const own = ask.mode === 'probe' ? [] : asker.addressesFor(ask.vip).filter((ip) => ip !== ask.vip)
  return isIpv6(ask.vip) ? solicitationFor(ask.vip, ask, asker.mac, own) : requestFor(ask.vip, ask, asker.mac, own)
}

/**
 * Without an address that is safe to name it is an RFC 5227 probe (spa 0.0.0.0), and so it is where both addresses would be equal:
 * that would be a gratuitous ARP, which changes the caches of all who hear it.
 */
function requestFor(vip: number, { to }: Ask, mac: Mac, own: readonly Ip[]): Uint8Array {
  const ip = own.find((one) => typeof one === 'number') ?? 0
  return arpRequest({ mac, ip }, vip, to === null ? {} : { to })
}

/** One from :: goes to a single host that holds the address, never to its group; see discovery-asks.ts. */
function solicitationFor(vip: bigint, ask: Ask, mac: Mac, own: readonly Ip[]): Uint8Array | null {
  const { mode, to, turn = 0, byGroup = false } = ask
  if (mode === 'probe') return to === null ? null : lookForDuplicate(mac, vip, { to })
  const six = own.filter(isIpv6)
  const ip = six[turn % six.length]
  return ip === undefined ? null : solicitation({ mac, ip }, vip, to === null ? {} : { to, byGroup })
}
