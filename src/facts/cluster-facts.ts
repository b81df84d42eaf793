import { type Gap, type Known, mapKnown } from '../known.js'
import type { ClusterView } from './cluster-view.js'
import type { FactTable } from './facts.js'

/**
 * What a view of a cluster has for rules and reports. Apart from `cluster-view.ts`, which makes one and knows every announcer:
 * a run without a cluster does not load those.
 */

/** What rules may read of a cluster; a cluster that could not be read, or not since the frames, is one gap for all of it. */
export function clusterFacts(view: Known<ClusterView>): Pick<FactTable, 'cluster' | 'announcers' | 'expected'> {
  const objects: Known<ClusterView> =
    view.known && view.value.outdated ? { known: false, gap: view.value.outdated } : view
  return {
    cluster: mapKnown(objects, ({ cluster }) => cluster),
    announcers: mapKnown(objects, ({ announcers }) => announcers),
    expected: mapKnown(view, ({ expected }) => expected),
  }
}

/** What could not be read of the cluster, and what the announcers missed because of it. */
export function clusterGaps(view: Known<ClusterView>): readonly Gap[] {
  return view.known ? view.value.gaps : [view.gap]
}

/** Those of the gaps without which a verdict on the cluster could be another. */
export function clusterDoubts(view: Known<ClusterView>): readonly Gap[] {
  return view.known ? view.value.doubts : [view.gap]
}
