import { hostname } from 'node:os'
import type { Service } from '../cluster/model.js'
import { valueOr } from '../known.js'
import { once } from '../once.js'
import type { WatchedWindow } from '../watch/model.js'
import type { Note } from '../watch/say.js'
import { reconnectTo } from './compose-cluster.js'
import { type FollowedCluster, readsCluster, type WatchClusterFlags } from './compose-watch-cluster.js'
import { UsageError } from './exit-codes.js'

export interface EventFlags extends WatchClusterFlags {
  readonly events?: boolean | undefined
}

/** Writes Events on the Services of what a watch finds. */
export interface EventWriter {
  readonly observed: (window: WatchedWindow) => void
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Throws UsageError where `--events` has no API server to write to. */
export function refuseEventsWithoutApi(flags: EventFlags, namesVips: boolean): void {
  if (!flags.events || (flags['cluster-from'] === undefined && readsCluster(flags, namesVips))) return
  throw new UsageError('--events needs an API server: name it with --kubeconfig, --context or --kube')
}

/** Null without `--events`. */
export async function eventWriter(
  flags: EventFlags,
  cluster: FollowedCluster | null,
  tell: (change: Note) => void,
  interrupted: AbortSignal,
): Promise<EventWriter | null> {
  if (!flags.events || cluster === null) return null
  const { ServiceEvents } = await import('../cluster/service-events.js')
  const { findingsOfServices } = await import('../watch/events.js')
  const { CLOCK } = await import('../workflows/look-live.js')
  const events = new ServiceEvents({
    connect: () => reconnectTo(flags, interrupted),
    instance: hostname(),
    readings: () => cluster.readings,
    clock: { now: CLOCK.now, date: () => new Date() },
    told: {
      failed: (reason) => tell({ event: 'failed', what: 'events', reason }),
      worksAgain: () => tell({ event: 'works-again', what: 'events' }),
    },
  })
  const known = once((services: readonly Service[]) => new Map(services.map((one) => [one.key, one])))
  return {
    observed: (window) => {
      const services = known(valueOr(cluster.view.cluster.services, NONE))
      events.offer(
        findingsOfServices(window).flatMap(({ service: key, reason, note }) => {
          const service = services.get(key)
          return service ? [{ service, reason, note }] : []
        }),
      )
    },
    run: (signal) => events.run(signal),
  }
}

const NONE: readonly Service[] = []
