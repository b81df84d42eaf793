import type { ClusterView } from '../facts/cluster-view.js'
import { CannotLook, type Known, known } from '../known.js'
import type { Note } from '../watch/say.js'
import type { CarriedOver } from '../workflows/watch/carried-over.js'
import type { History } from '../workflows/watch/history.js'
import type { Watched } from '../workflows/watch/model.js'
import type { ClusterFlagValues } from './cluster-flags.js'
import { clusterReader, reconnectTo } from './compose-cluster.js'
import type { Exporting } from './compose-metrics.js'
import { isKubeconfigThere } from './compose-scan-context.js'

export interface WatchClusterFlags extends ClusterFlagValues {
  readonly kube?: boolean | undefined
}

/** A cluster that a watch reads again and again. */
export interface FollowedCluster {
  /** As it was read last. */
  readonly view: ClusterView
  /** How often it was read. */
  readonly readings: number
  /** Reads it now; false where that cannot be done. */
  readonly readAfresh: (signal: AbortSignal) => Promise<boolean>
  readonly follow: (signal: AbortSignal) => Promise<void>
}

export interface ClusterTelling {
  readonly exporting: Pick<Exporting, 'services' | 'serviceChanged'>
  readonly history: Pick<History, 'services'> | null
  readonly tell: (change: Note) => void
}

/** Where addresses are named, only a cluster that is named too is read. */
export function readsCluster(flags: WatchClusterFlags, namesVips: boolean): boolean {
  if (flags.kube !== undefined) return flags.kube
  const isNamed = [flags.kubeconfig, flags.context, flags['cluster-from']].some((flag) => flag !== undefined)
  return isNamed || (!namesVips && isKubeconfigThere(process.env))
}

/** Reads the cluster for the first time. Throws CannotLook. */
export async function followCluster(
  flags: WatchClusterFlags,
  { exporting, history, tell }: ClusterTelling,
  interrupted: AbortSignal,
): Promise<FollowedCluster> {
  const { readView } = await import('../workflows/read-view.js')
  const { bindingsNow } = await import('../workflows/vip-baseline.js')
  const { carriedOver } = await import('../workflows/watch/carried-over.js')
  const { WatchedCluster } = await import('../workflows/watch/cluster.js')
  const { serviceChanges } = await import('../watch/services.js')
  const { CLOCK } = await import('../workflows/look-live.js')
  const [readFirst, readAgain] = [clusterReader(flags), clusterReader(flags, reconnectTo)]
  const read = async (signal: AbortSignal) => {
    carried = null
    const next = await readView(async (interrupted) => {
      const cluster = await (view === null ? readFirst : readAgain)(interrupted)
      carried = carriedOver(view?.whole ?? null, cluster)
      return carried.cluster
    }, signal)
    return { view: next, missing: (carried as CarriedOver | null)?.missing ?? null }
  }
  let [view, bound, failure] = [
    null as ClusterView | null,
    null as Known<readonly Bound[]> | null,
    null as CannotLook | null,
  ]
  let carried = null as CarriedOver | null
  let readings = 0
  const taken = (next: ClusterView) => {
    view = next
    readings += 1
    if (carried?.kinds.includes('services')) return
    const now = bindingsNow(known(next, next.cluster.source))
    if (!now.known) return
    const { bindings } = now.value
    for (const change of bound?.known ? serviceChanges(bound.value, bindings) : []) {
      exporting.serviceChanged(change.service)
      tell(change)
    }
    exporting.services(bindings.map(({ service }) => service))
    history?.services(bindings)
    bound = known(bindings, next.cluster.source)
  }
  const cluster = new WatchedCluster(
    {
      read,
      follow: flags['cluster-from'] === undefined ? (changed, signal) => follow(flags, changed, signal) : null,
      clock: CLOCK,
    },
    {
      read: taken,
      failed: (gap) => {
        if (view === null) failure = new CannotLook(gap)
        else
          tell({
            event: 'failed',
            what: 'cluster',
            reason: `${gap.subject}: ${gap.reason}; what was read last holds on`,
          })
      },
      worksAgain: () => tell({ event: 'works-again', what: 'cluster' }),
    },
  )
  await cluster.read(interrupted)
  if (view === null)
    throw failure ?? new CannotLook({ subject: 'cluster', reason: 'interrupted before it was read', hint: '' })
  const first: ClusterView = view
  return {
    get view() {
      return view ?? first
    },
    get readings() {
      return readings
    },
    readAfresh: (signal) => cluster.readAfresh(signal),
    follow: (signal) => cluster.follow(signal),
  }
}

type Bound = Parameters<History['services']>[0][number]

async function follow(flags: ClusterFlagValues, changed: () => void, signal: AbortSignal): Promise<void> {
  const { followServices } = await import('../cluster/follow-services.js')
  const { CLOCK } = await import('../workflows/look-live.js')
  await followServices({ connect: () => reconnectTo(flags, signal), changed, sleep: CLOCK.sleep }, signal)
}

/** What is watched beside a cluster: its own addresses, where none is named. Throws CannotLook where these could not be read. */
export async function watchedIn(cluster: FollowedCluster, first: Watched): Promise<(base: Watched) => Watched> {
  const { services } = cluster.view.whole
  if (first.vips.length === 0 && !services.known) throw new CannotLook(services.gap)
  const { answeredVips } = await import('../workflows/scan-vips.js')
  let last: { readonly base: Watched; readonly view: ClusterView; readonly watched: Watched } | null = null
  return (base) => {
    const { view } = cluster
    if (last?.base !== base || last.view !== view) {
      const context = { ...base.context, view: known(view, view.cluster.source), unasked: null }
      const named = base.vips.length > 0
      const watched = { ...base, vips: named ? base.vips : answeredVips(view), isOfCluster: !named, context }
      last = { base, view, watched }
    }
    return last.watched
  }
}
