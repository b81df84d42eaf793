import { type Known, mapKnown } from '../../known.js'
import type { ClusterSnapshot } from '../model.js'
import { announcers } from './registry.js'

/** The load-balancer classes that an announcer of the cluster serves. A controller that l2doctor does not know may serve others. */
export function servedClasses(cluster: ClusterSnapshot): Known<ReadonlySet<string>> {
  return mapKnown(cluster.workloads, () => new Set(announcers.flatMap((one) => one.classes(cluster))))
}
