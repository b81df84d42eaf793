import type { PlanOptions } from '../probe/plan.js'
import type { ScanTargets } from '../workflows/scan-targets.js'
import type { ScanPlace } from './compose.js'
import { parseDuration } from './durations.js'
import { UsageError } from './exit-codes.js'

/** Four broadcasts within a second and a second of listening after them: the verdict comes within three, start-up included. */
const DEFAULTS = { rounds: 4, intervalMs: 200, framesPerSecond: 10, forMs: 1000 } as const

/** The flags of `scan` that say where and how to look. */
export interface PlaceFlags {
  readonly read?: string | undefined
  readonly interface?: string | undefined
  readonly engine: 'auto' | 'cap' | 'tcpdump'
  readonly passive: boolean | undefined
  readonly rounds?: number | undefined
  readonly interval?: string | undefined
  readonly rate?: number | undefined
  readonly duration?: string | undefined
}

/** Whom to ask: the VIPs, and hosts that may answer for them. */
export type PlaceTargets = ScanTargets & Pick<PlanOptions, 'suspects'>

/** Turns the flags into a file to read or a live look; one that was interrupted already asks nothing. Throws UsageError. */
export function scanPlace(flags: PlaceFlags, targets: PlaceTargets, { aborted }: AbortSignal): ScanPlace {
  const { vips } = targets
  if (flags.read !== undefined) return { read: flags.read }
  const { interface: device, engine } = flags
  const passive = flags.passive || aborted
  const forMs = flags.duration === undefined ? null : parseDuration('duration', flags.duration)
  if (vips.length === 0 && !passive) {
    const others = flags.passive === undefined ? 'a Service with --service, or --all' : 'listen with --passive'
    throw new UsageError(`name the addresses with --vip, or ${others}, or give a capture to --read`)
  }
  const capture = { vips, interface: device, engine, env: process.env }
  return { live: { capture, forMs, plan: passive ? null : plan(flags, forMs, targets) } }
}

/** With --duration the rounds go on as long as it lasts, at an easier pace. */
function plan(flags: PlaceFlags, forMs: number | null, { vips, ...asked }: PlaceTargets) {
  const intervalMs = forMs === null ? DEFAULTS.intervalMs : DEFAULTS.forMs
  return {
    vips,
    ...asked,
    forMs,
    rounds: flags.rounds ?? (forMs === null ? DEFAULTS.rounds : Number.POSITIVE_INFINITY),
    intervalMs: flags.interval === undefined ? intervalMs : parseDuration('interval', flags.interval),
    framesPerSecond: flags.rate ?? DEFAULTS.framesPerSecond,
  }
}
