import type { Announcer, AnnouncerView } from '../cluster/announcers/announcer.js'
import { bgpOf } from '../cluster/announcers/by-bgp.js'
import { CLUSTER_KINDS } from '../cluster/kinds.js'
import type { ClusterKind, ClusterSnapshot, Service } from '../cluster/model.js'
import { assignedTo, requestedAddresses } from '../cluster/requested-addresses.js'
import { type Gap, mapKnown, valueOr } from '../known.js'
import type { ServiceAddresses } from '../probe/asking.js'
import { viewAnnouncers } from './announcers.js'
import { decisiveKinds, settleKinds } from './cluster-kinds.js'
import { type ExpectedAnswers, joinExpected, vipsOf } from './expected.js'
import { serviceAddresses } from './service-addresses.js'

/** A snapshot with what follows from it, worked out once for rules and names. */
export interface ClusterView {
  readonly cluster: ClusterSnapshot
  readonly announcers: readonly AnnouncerView[]
  readonly expected: ExpectedAnswers
  /** Of the whole cluster, also where the rest is narrowed to some addresses. */
  readonly serviceAddresses: ServiceAddresses
  /** What `cluster` was narrowed from. */
  readonly whole: ClusterSnapshot
  /** What could not be read of the cluster, and what the announcers missed because of it. */
  readonly gaps: readonly Gap[]
  /** Those of the gaps without which a verdict on the cluster could be another. */
  readonly doubts: readonly Gap[]
  /** Why its objects say nothing of the frames that are judged: who is in charge may have changed since. Absent: they do. */
  readonly outdated?: Gap
}

/**
 * The cluster as far as some addresses are concerned, by Services that have them, ask for them, or had them by an event: the
 * other Services, and elections over them, cost time alone.
 */
export function narrowTo(ips: readonly string[], cluster: ClusterSnapshot): ClusterSnapshot {
  const asked = new Set(ips)
  const had = new Set(valueOr(cluster.events, []).flatMap((event) => (assignedTo(event, ips) ? [event.about.key] : [])))
  const concerned = (service: Service) =>
    [...vipsOf(service), ...requestedAddresses(service)].some((ip) => asked.has(ip)) || had.has(service.key)
  return { ...cluster, services: mapKnown(cluster.services, (services) => services.filter(concerned)) }
}

/** `whole`: what the snapshot was narrowed from. */
export function viewCluster(
  read: ClusterSnapshot,
  announcers: readonly Announcer[],
  whole: ClusterSnapshot = read,
): ClusterView {
  const cluster = settleKinds(read)
  const views = viewAnnouncers(announcers, cluster)
  const services = cluster.services.known ? cluster.services.value : []
  return {
    cluster,
    announcers: views,
    expected: joinExpected(services, views, bgpOf(cluster), valueOr(cluster.nodes, [])),
    serviceAddresses: serviceAddresses(whole, views),
    whole,
    // an announcer passes on the very gap of a kind that it needed: it is listed once
    gaps: [...new Set([...unread(cluster, CLUSTER_KINDS), ...views.flatMap(({ gaps }) => gaps)])],
    doubts: unread(cluster, decisiveKinds(cluster)),
  }
}

function unread(cluster: ClusterSnapshot, kinds: readonly ClusterKind[]): Gap[] {
  return kinds.map((kind) => cluster[kind]).flatMap((items) => (items.known ? [] : [items.gap]))
}

/** The view with further addresses, those that a capture showed; the same where it was not narrowed or knows them all. */
export function widen(view: ClusterView, ips: readonly string[], announcers: readonly Announcer[]): ClusterView {
  const { whole, cluster } = view
  const more = new Set(ips.filter((ip) => !view.expected.has(ip)))
  const kept = new Set(valueOr(cluster.services, []).map(({ key }) => key))
  const has = (service: Service) => kept.has(service.key) || vipsOf(service).some((ip) => more.has(ip))
  const services = valueOr(whole.services, []).filter(has)
  if (more.size === 0 || services.length === kept.size) return view
  return viewCluster({ ...whole, services: mapKnown(whole.services, () => services) }, announcers, whole)
}
