import { announcers } from '../cluster/announcers/registry.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import { type ClusterView, viewCluster } from '../facts/cluster-view.js'
import { CannotLook, type Known, known } from '../known.js'

/** Reads a cluster from wherever; throws `CannotLook` when there is none to look at. */
export type ReadCluster = (interrupted: AbortSignal) => Promise<ClusterSnapshot>

/** Reads the cluster and asks the announcers; a cluster that cannot be read is a gap. */
export async function readView(readCluster: ReadCluster, interrupted: AbortSignal): Promise<Known<ClusterView>> {
  try {
    const cluster = await readCluster(interrupted)
    return known(viewCluster(cluster, announcers), cluster.source)
  } catch (error) {
    if (error instanceof CannotLook) return { known: false, gap: error.gap }
    throw error
  }
}
