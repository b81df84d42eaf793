import type { Announcement } from '../../answering/model.js'
import type { AnnouncerView, ExpectedNode, InterfaceChoice } from '../../cluster/announcers/announcer.js'
import { peopleOf } from '../../cluster/announcers/people.js'
import type { ClusterSnapshot } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { type Ip, parseIp } from '../../wire/ip.js'
import { announcementsOf, inCharge, type Lacking } from '../announcements.js'
import { nodeNamer } from '../host-nodes.js'

/** An announcer and the node that answers for it, whether that node was read or not. */
export interface Charge {
  readonly ip: Ip
  /** `metallb`. */
  readonly announcer: string
  /** `MetalLB`. */
  readonly title: string
  /** The host's name in its snapshot; the cluster's name where it was not read. */
  readonly host: string
  readonly because: ExpectedNode
  /** The object that shows the announcer: `DaemonSet/metallb-system/speaker`. */
  readonly object: string
  /** The kernel answers for it; else a socket or program of its own does, whatever the settings are. */
  readonly kernelHasASay: boolean
  readonly choice: InterfaceChoice
  /** The node has none of the interfaces that the announcer is told to use. */
  readonly lacking: Lacking | null
}

export interface Charges {
  of(ip: Ip): readonly Charge[]
  /** The announcements of hosts that were read, as the model takes them. */
  announcementsOf(ip: Ip): readonly Announcement[]
  /** The host's name for a node of the cluster. */
  hostOf(node: string): string
}

/** Who is in charge of each address, by every announcer. Without a cluster nobody is. */
export function chargesOf(
  cluster: ClusterSnapshot | undefined,
  views: readonly AnnouncerView[],
  hosts: readonly Host[],
): Charges {
  if (!cluster) return { of: () => [], announcementsOf: () => [], hostOf: (node) => node }
  const nameOf = nodeNamer(valueOr(cluster.nodes, []))
  const byNode = new Map(hosts.map((host) => [nameOf(host), host.name]))
  const hostOf = (node: string) => byNode.get(node) ?? node
  const { announcements, lacking } = announcementsOf(cluster, views, hosts)
  const charges = views.flatMap((view) => chargesOfView(view, lacking, hostOf))
  const [chargesByIp, announcementsByIp] = [byIp(charges), byIp(announcements)]
  return {
    of: (ip) => chargesByIp.get(ip) ?? [],
    announcementsOf: (ip) => announcementsByIp.get(ip) ?? [],
    hostOf,
  }
}

function chargesOfView(
  { name: announcer, presence, answers, mannerOf }: AnnouncerView,
  lacking: readonly Lacking[],
  hostOf: (node: string) => string,
): Charge[] {
  const { title } = peopleOf(announcer)
  const object = presence.known && presence.value !== null ? presence.value.object : ''
  return answers.flatMap((answer) => {
    const [ip, because, manner] = [parseIp(answer.ip), inCharge(answer), mannerOf(answer)]
    if (ip === null || !because || !manner) return []
    const { kernelHasASay } = manner
    const lacks = lacking.find((one) => one.ip === answer.ip && one.announcer === announcer) ?? null
    const choice = manner.interfacesOn(because.node)
    return [
      { ip, announcer, title, host: hostOf(because.node), because, object, kernelHasASay, choice, lacking: lacks },
    ]
  })
}

function byIp<T extends { readonly ip: Ip }>(items: readonly T[]): ReadonlyMap<Ip, readonly T[]> {
  const groups = new Map<Ip, T[]>()
  for (const item of items) {
    const group = groups.get(item.ip)
    if (group) group.push(item)
    else groups.set(item.ip, [item])
  }
  return groups
}
