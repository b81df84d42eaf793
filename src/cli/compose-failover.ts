import type { LiveOptions } from '../capture/open-live.js'
import { takeoverOf } from '../cluster/announcers/takeovers.js'
import { attribute } from '../facts/attribution.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { formatIp, type Ip } from '../wire/ip.js'
import type { FailoverAdapters, Watching } from '../workflows/failover.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { scanContext } from './compose-scan-context.js'
import { parseDuration } from './durations.js'
import { UsageError } from './exit-codes.js'
import { HARMLESS_RATE } from './failover-flags.js'
import { liveLine } from './live-line.js'
import { zoneOf } from './vips.js'

export interface FailoverFlagValues extends ClusterFlagValues, AttributionFlagValues {
  readonly kube?: boolean | undefined
  readonly vip?: readonly string[] | undefined
  readonly times: number
  readonly for: string
  readonly announcer?: string | undefined
  readonly read?: string | undefined
  readonly interface?: string | undefined
  readonly rate: number
  readonly engine: LiveOptions['engine']
}

const STDIN = '-'

/** What `failover` works with; reads the cluster, where there is one to read. */
export async function composeFailover(
  flags: FailoverFlagValues,
  vips: readonly Ip[],
  version: string,
  note: (text: string) => void,
  interrupted: AbortSignal,
): Promise<FailoverAdapters> {
  if (vips.length === 0) throw new UsageError('name the addresses with --vip')
  const { context, targets } = await scanContext({ ...flags, all: false }, vips, interrupted)
  const attribution = attribute(context.owners)
  const view = context.view?.known ? context.view.value : null
  if (context.view && !context.view.known) note(`${context.view.gap.subject}: ${context.view.gap.reason}`)
  return {
    open: () => (flags.read === undefined ? live(flags, targets, note) : recorded(flags.read)),
    promiseOf: (ip) => {
      const found = view && announcerOf(view, formatIp(ip))
      const name = flags.announcer ?? found?.name
      return name === undefined ? null : takeoverOf(name, found?.name === name ? found.leaseSeconds : null)
    },
    nodeOf: (mac) => {
      const [owner, other] = attribution.ownersOf(mac)
      return owner && !other ? owner.node : null
    },
    now: () => new Date(),
    version,
  }
}

/** Who announces an address, by the cluster's objects; one that several claim is nobody's promise. */
function announcerOf({ announcers }: ClusterView, ip: string) {
  const found = announcers.flatMap(({ name, answers, mannerOf }) => {
    const answer = answers.find((one) => one.ip === ip)
    return answer ? [{ name, leaseSeconds: mannerOf(answer)?.failoverSeconds ?? null }] : []
  })
  return found.length === 1 ? found[0]! : null
}

async function recorded(path: string): Promise<Watching> {
  const { fileSource, stdinSource } = await import('../capture/file.js')
  return {
    source: path === STDIN ? stdinSource(process.stdin) : fileSource(path),
    ownMacs: [],
    rate: null,
    work: null,
    entriesOf: () => null,
    lacks: () => [],
    conditions: () => ({ dropped: null, clock: 'kernel' }),
  }
}

async function live(
  flags: FailoverFlagValues,
  { vips, serviceAddresses }: Awaited<ReturnType<typeof scanContext>>['targets'],
  note: (text: string) => void,
): Promise<Watching> {
  const { rate, times, engine } = flags
  if (rate > HARMLESS_RATE)
    note(`${rate} requests per second: switches may shut a port above ${HARMLESS_RATE} (ARP inspection, storm control)`)
  const { watchLive } = await import('../workflows/failover-live.js')
  const device = flags.interface ?? zoneOf(flags.vip ?? []) ?? undefined
  const capture = { vips, interface: device, engine, env: process.env }
  const request = { capture, rate, times, forMs: parseDuration('for', flags.for), serviceAddresses }
  return watchLive(request, note, (text) => liveLine.show(text))
}
