import { announcers } from '../cluster/announcers/registry.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import { type ClusterView, narrowTo, viewCluster } from '../facts/cluster-view.js'
import { CannotLook, type Known, known } from '../known.js'

/** Reads a cluster from wherever; throws `CannotLook` when there is none to look at. */
export type ReadCluster = (interrupted: AbortSignal) => Promise<ClusterSnapshot>

/**
 * Reads the cluster and asks the announcers, about some addresses only where `ips` names them; a cluster that cannot be
 * read is a gap.
 */
export async function readView(
  readCluster: ReadCluster,
  interrupted: AbortSignal,
  ips: readonly string[] = [],
): Promise<Known<ClusterView>> {
  try {
    const cluster = await readCluster(interrupted)
    const narrowed = ips.length > 0 ? narrowTo(ips, cluster) : cluster
    return known(viewCluster(narrowed, announcers, cluster), cluster.source)
  } catch (error) {
    if (error instanceof CannotLook) return { known: false, gap: error.gap }
    throw error
  }
}
