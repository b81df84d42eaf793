import type { Announcement } from '../answering/model.js'
import type {
  AnnouncerView,
  ExpectedNode,
  InterfaceChoice,
  Manner,
  VipAnswer,
} from '../cluster/announcers/announcer.js'
import { peopleOf } from '../cluster/announcers/people.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import { matchesPattern } from '../cluster/patterns/run.js'
import { valueOr } from '../known.js'
import type { Host, Link } from '../node/model.js'
import { parseIp } from '../wire/ip.js'
import { nodeNamer } from './host-nodes.js'

/** What the announcers of a cluster should answer on the hosts that were read. */
export interface Announcements {
  readonly announcements: readonly Announcement[]
  /** Nodes in charge that announce nothing, because they have none of the interfaces that they are told to use. */
  readonly lacking: readonly Lacking[]
}

export interface Lacking {
  readonly ip: string
  readonly service: string | null
  /** As the cluster names it. */
  readonly node: string
  /** `metallb`. */
  readonly announcer: string
  readonly because: ExpectedNode
  /** Names, or regular expressions. */
  readonly wanted: readonly string[]
  /** The objects that name them. */
  readonly objects: readonly string[]
  readonly path: string
  /** Those that it has. */
  readonly has: readonly string[]
  /** The host's name in its snapshot. */
  readonly host: string
}

/** Who should answer for one address by one announcer: the best of its sources; null where none names a node, or its lease has expired. */
export function inCharge({ expected, lease }: VipAnswer): ExpectedNode | null {
  return lease?.expired ? null : (expected[0] ?? null)
}

/** One for each address and host in charge. */
export function announcementsOf(
  cluster: ClusterSnapshot,
  views: readonly AnnouncerView[],
  hosts: readonly Host[],
): Announcements {
  const nameOf = nodeNamer(valueOr(cluster.nodes, []))
  const byNode = new Map(hosts.map((host) => [nameOf(host), host]))
  const announcements: Announcement[] = []
  const lacking: Lacking[] = []
  for (const { name, answers, mannerOf } of views) {
    for (const answer of answers) {
      const because = inCharge(answer)
      const host = because && byNode.get(because.node)
      const manner = host && mannerOf(answer)
      if (!manner) continue
      const found = place(answer, manner, because, host, name)
      if ('wanted' in found) lacking.push(found)
      else announcements.push(...found.announcements)
    }
  }
  return { announcements, lacking }
}

function place(
  { ip: text, service }: VipAnswer,
  manner: Manner,
  because: ExpectedNode,
  host: Host,
  announcer: string,
): Lacking | { readonly announcements: readonly Announcement[] } {
  const choice = manner.interfacesOn(because.node)
  const links = host.sections.links.known ? usable(host.sections.links.value, manner) : null
  const interfaces = links && chosen(choice, links)
  if (interfaces?.length === 0 && (choice.kind === 'names' || choice.kind === 'patterns')) {
    const wanted = choice.kind === 'names' ? choice.names : choice.patterns
    const has = links?.filter(({ facesSegment }) => facesSegment).map(({ name }) => name) ?? []
    const { objects, path } = choice
    return { ip: text, service, node: because.node, announcer, because, wanted, objects, path, has, host: host.name }
  }
  const ip = parseIp(text)
  if (ip === null) return { announcements: [] }
  const { answers, hearing, kernelHasASay } = manner
  const name = peopleOf(announcer).title
  const own = { answers, kernelHasASay, name, ...(hearing && { hearing }) }
  return { announcements: [{ ip, host: host.name, interfaces, ...own }] }
}

/** A member of a bond or bridge has no IP layer of its own: no announcer listens there. An address can be put on any. */
function usable(links: readonly Link[], { kernelHasASay }: Manner): readonly Link[] {
  if (kernelHasASay) return links
  return links.filter(({ role }) => role !== 'bond-member' && role !== 'bridge-port' && role !== 'loopback')
}

/** The interfaces of a host by a choice; null: every one that faces the segment. */
function chosen(choice: InterfaceChoice, links: readonly Link[]): Announcement['interfaces'] {
  if (choice.kind === 'all' || choice.kind === 'unknown') return choice.kind === 'all' ? null : 'unknown'
  const names = links.map(({ name }) => name)
  if (choice.kind === 'names') return choice.names.filter((name) => names.includes(name))
  const matched = names.map((name) => ({ name, by: choice.patterns.map((pattern) => matchesPattern(pattern, name)) }))
  const sure = matched.filter(({ by }) => by.includes(true)).map(({ name }) => name)
  const open = sure.length === 0 && matched.some(({ by }) => by.includes(null))
  return open ? 'unknown' : sure
}
