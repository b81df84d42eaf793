import type { Announcer } from '../cluster/announcers/announcer.js'
import { announcers } from '../cluster/announcers/registry.js'
import type { ClusterKind, ClusterSnapshot } from '../cluster/model.js'
import { known } from '../known.js'

/** Which kinds of object matter in a cluster follows from the announcers that are in it. */

/** Without these nobody can say what should be announced, by whom, and from where. */
const ALWAYS = ['nodes', 'services', 'endpointSlices', 'workloads'] as const satisfies readonly ClusterKind[]

/** The snapshot with the kinds of announcers that are not there taken for empty, so that nobody misses them. */
export function settleKinds(cluster: ClusterSnapshot): ClusterSnapshot {
  const idle = new Set(announcers.flatMap((one) => idleKinds(one, cluster)))
  const entries = [...idle].filter((kind) => !cluster[kind].known).map((kind) => [kind, known([], 'not in use')])
  return { ...cluster, ...Object.fromEntries(entries) }
}

/** The kinds without which a verdict on this cluster could be another. */
export function decisiveKinds(cluster: ClusterSnapshot): readonly ClusterKind[] {
  return [...new Set([...ALWAYS, ...announcers.flatMap((one) => one.concern(cluster).decisive)])]
}

/** An announcer's own kinds, which nobody else reads, where it is not there, and those that its version does not read. */
function idleKinds({ concern, reads }: Announcer, cluster: ClusterSnapshot): readonly ClusterKind[] {
  const { there, retired = [] } = concern(cluster)
  return there === false ? (Object.keys(reads.kinds ?? {}) as ClusterKind[]) : retired
}
