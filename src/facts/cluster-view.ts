import type { Announcer, AnnouncerView } from '../cluster/announcers/announcer.js'
import { CLUSTER_KINDS } from '../cluster/kinds.js'
import type { ClusterSnapshot, Service } from '../cluster/model.js'
import { type Gap, type Known, mapKnown } from '../known.js'
import { viewAnnouncers } from './announcers.js'
import { type ExpectedAnswers, joinExpected, vipsOf } from './expected.js'
import type { FactTable } from './facts.js'

/** A snapshot with what follows from it, worked out once for rules and names. */
export interface ClusterView {
  readonly cluster: ClusterSnapshot
  readonly announcers: readonly AnnouncerView[]
  readonly expected: ExpectedAnswers
}

/** The cluster as far as some addresses are concerned: the other Services, and elections over them, cost time alone. */
export function narrowTo(ips: readonly string[], cluster: ClusterSnapshot): ClusterSnapshot {
  const asked = new Set(ips)
  const concerned = (service: Service) => vipsOf(service).some((ip) => asked.has(ip))
  return { ...cluster, services: mapKnown(cluster.services, (services) => services.filter(concerned)) }
}

export function viewCluster(cluster: ClusterSnapshot, announcers: readonly Announcer[]): ClusterView {
  const views = viewAnnouncers(announcers, cluster)
  const services = cluster.services.known ? cluster.services.value : []
  return { cluster, announcers: views, expected: joinExpected(services, views) }
}

/** What rules may read of a cluster; a cluster that could not be read is one gap for all of it. */
export function clusterFacts(view: Known<ClusterView>): Pick<FactTable, 'cluster' | 'announcers' | 'expected'> {
  return {
    cluster: mapKnown(view, ({ cluster }) => cluster),
    announcers: mapKnown(view, ({ announcers }) => announcers),
    expected: mapKnown(view, ({ expected }) => expected),
  }
}

/** What could not be read of the cluster, and what the announcers missed because of it. */
export function clusterGaps(view: Known<ClusterView>): Gap[] {
  if (!view.known) return [view.gap]
  const { cluster, announcers } = view.value
  const unread = CLUSTER_KINDS.map((kind) => cluster[kind]).flatMap((items) => (items.known ? [] : [items.gap]))
  // An announcer passes on the very gap of a kind that it needed: that is told once.
  return [...new Set([...unread, ...announcers.flatMap(({ gaps }) => gaps)])]
}
