import type { LiveOptions } from '../capture/open-live.js'
import type { PlanOptions } from '../probe/plan.js'
import type { ScanTargets } from '../workflows/scan-targets.js'
import { MOST_POD_MINUTES } from '../workflows/vantage/pod-limit.js'
import type { ScanPlace } from './compose.js'
import { parseDuration } from './durations.js'
import { UsageError } from './exit-codes.js'
import { parseImage, parseVantages, type VantageSpec } from './vantage-flags.js'
import { parseVips, zoneOf } from './vips.js'

/** Four broadcasts within a second and a second of listening after them: the verdict comes within three, start-up included. */
const DEFAULTS = { rounds: 4, intervalMs: 200, framesPerSecond: 10, forMs: 1000 } as const

/** The flags of `scan` that say where and how to look. */
export interface PlaceFlags {
  readonly vip?: readonly string[] | undefined
  readonly read?: string | undefined
  readonly at?: readonly string[] | undefined
  readonly 'vantage-image'?: string | undefined
  readonly interface?: string | undefined
  readonly engine: LiveOptions['engine']
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
  const { vips, serviceAddresses, nodes, ...asked } = targets
  if (flags.read !== undefined) return { read: flags.read }
  const at = flags.at === undefined ? undefined : parseVantages(flags.at)
  if (at?.every(({ kind }) => kind === 'file')) return { at, live: null, named: [] }
  const device = deviceOf(flags)
  const { engine } = flags
  const passive = flags.passive || aborted
  const forMs = flags.duration === undefined ? null : parseDuration('duration', flags.duration)
  if (vips.length === 0 && !passive) {
    const others = flags.passive === undefined ? 'a Service with --service, or --all' : 'listen with --passive'
    throw new UsageError(`name the addresses with --vip, or ${others}, or give a capture to --read`)
  }
  const pod = at?.find(({ kind }) => kind === 'pod')
  if (pod) refuseEndless(pod, flags, passive, forMs)
  const capture = { vips, interface: device, engine, env: process.env }
  const live = {
    capture,
    nodes,
    serviceAddresses,
    forMs,
    plan: passive ? null : plan(flags, forMs, { vips, ...asked }),
  }
  return { at, live, named: parseVips(flags.vip ?? []) }
}

/** A pod is told beforehand how long it is to look. */
function refuseEndless(pod: VantageSpec, flags: PlaceFlags, passive: boolean, forMs: number | null): void {
  const place = `--at pod:${pod.name}`
  parseImage(flags['vantage-image'], place)
  if (passive && forMs === null) throw new UsageError(`${place} with --passive: say how long, with --duration`)
  if (forMs !== null && forMs > MOST_POD_MINUTES * 60_000)
    throw new UsageError(`${place}: --duration may be ${MOST_POD_MINUTES}m at most there`)
}

/** The interface that is named, or else the one that an IPv6 address brings along. */
function deviceOf({ interface: device, vip = [] }: PlaceFlags): string | undefined {
  const zone = zoneOf(vip)
  if (zone !== null && device !== undefined && zone !== device)
    throw new UsageError(`--interface ${device}, but an address of --vip names ${zone}: ask on one at a time`)
  return device ?? zone ?? undefined
}

/** With --duration the rounds go on as long as it lasts, at an easier pace. */
function plan(
  flags: PlaceFlags,
  forMs: number | null,
  asked: Omit<PlanOptions, 'rounds' | 'intervalMs' | 'framesPerSecond' | 'forMs' | 'neighbours'>,
) {
  const intervalMs = forMs === null ? DEFAULTS.intervalMs : DEFAULTS.forMs
  return {
    ...asked,
    forMs,
    rounds: flags.rounds ?? (forMs === null ? DEFAULTS.rounds : Number.POSITIVE_INFINITY),
    intervalMs: flags.interval === undefined ? intervalMs : parseDuration('interval', flags.interval),
    framesPerSecond: flags.rate ?? DEFAULTS.framesPerSecond,
  }
}
