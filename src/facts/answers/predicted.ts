import { answerer } from '../../answering/answerer.js'
import type { Announcement, Prediction } from '../../answering/model.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host, Link } from '../../node/model.js'
import { once } from '../../once.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import type { HostAnswer, PutQuestion } from './model.js'
import { type Reached, reachedInterfaces, type Segment } from './reached.js'

/** What every host does with every request, on each interface that it reaches. A host does not hear its own requests. */
export function predictAll(
  ip: Ip,
  put: readonly PutQuestion[],
  segment: Segment,
  hosts: readonly Host[],
  announcements: readonly Announcement[],
): readonly HostAnswer[] {
  return hosts.flatMap((host) => {
    const own = ownMacs(host)
    const heard = put.filter(({ askerMac }) => askerMac === null || !own.has(askerMac))
    if (heard.length === 0) return []
    return reachedInterfaces(host, segment).flatMap((reached) =>
      heard.map((question) => ({
        host: host.name,
        on: reached.on,
        put: question,
        prediction: ask(host, reached, question, ip, announcements),
      })),
    )
  })
}

function ask(
  host: Host,
  { on, vlan }: Reached,
  { asker, to }: PutQuestion,
  ip: Ip,
  announcements: readonly Announcement[],
): Prediction {
  return answerer(host, { asker, to, on, vlan }, announcements)(ip)
}

/** MACs of the host's links, those of pods left out. */
export function ownMacs({ sections: { links } }: Host): ReadonlySet<number> {
  return links.known ? macsOf(links.value) : NO_MACS
}

const NO_MACS: ReadonlySet<number> = new Set()

const macsOf = once(
  (links: readonly Link[]): ReadonlySet<number> =>
    new Set(
      links.flatMap(({ mac, permanentMac, role }) =>
        role === 'cni-veth' ? [] : [mac, permanentMac].filter((one): one is number => one !== null && one !== 0),
      ),
    ),
)

/** Whether the host holds the address on a device whose addresses the kernel answers for; kube-ipvs0 carries all VIPs on all nodes. */
export function holds({ sections: { addresses, links } }: Host, ip: Ip): boolean {
  if (!addresses.known) return false
  const ipvs = links.known ? ipvsDevices(links.value) : NO_NAMES
  return addressesByIp(addresses.value, formatIp(ip)).some((held) => !ipvs.has(held.interface))
}

const NO_NAMES: ReadonlySet<string> = new Set()

const ipvsDevices = once(
  (links: readonly Link[]): ReadonlySet<string> =>
    new Set(links.flatMap(({ role, name }) => (role === 'ipvs' ? [name] : []))),
)
