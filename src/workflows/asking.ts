import { isOnLink } from '../capture/interfaces.js'
import type { LiveCapture } from '../capture/open-live.js'
import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import { serviceProxyOf } from '../node/roles.js'
import { askingAddresses, type ServiceAddresses } from '../probe/asking.js'
import type { PlanOptions } from '../probe/plan.js'
import type { Asker } from '../probe/run.js'
import { sh } from '../shell.js'
import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import type { HeardBy } from './look.js'

/** Where it is asked from: an interface, of this machine or of another one (`at`). */
export type AskingPlace = Pick<LiveCapture, 'interface' | 'all' | 'at' | 'neighbours' | 'elsewhere'>

/** What the facts are to know of the machine that asks. */
export function ownOf({ all, neighbours, at, elsewhere }: AskingPlace): Question['own'] {
  return {
    macs: all.flatMap(({ mac }) => (mac ? [mac] : [])),
    ips: all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
    ...(neighbours ? { neighbours } : {}),
    ...(at === undefined ? {} : { at }),
    ...(elsewhere ? { elsewhere } : {}),
  }
}

/** Unicasts to nodes that nobody suspects, over all addresses: six seconds at the default pace. */
const MOST_UNICASTS = 64

/** Who asks on this interface. An address that was asked for, or that a service proxy holds for a Service, is a VIP too. */
export function askerOn(
  { interface: device, all }: Pick<AskingPlace, 'interface' | 'all'>,
  vips: readonly Ip[],
  services: ServiceAddresses,
): Asker {
  const held = all.filter(({ name }) => serviceProxyOf(name) !== null).flatMap(({ addresses }) => addresses)
  const known = new Set([...vips, ...held.map(({ ip }) => ip)])
  const safe = { ...services, isVip: (ip: Ip) => known.has(ip) || services.isVip(ip) }
  return { mac: device.mac ?? 0, addressesFor: (target) => askingAddresses(target, device.addresses, safe) }
}

/** Of each node one address. Off this link only a proxy would answer for it, and our own MAC we know. */
export function neighboursOn(
  { interface: device, all }: AskingPlace,
  nodes: readonly (readonly Ip[])[],
): readonly Ip[] {
  const own = ownAddresses(all)
  const others = nodes.filter((ips) => !ips.some((ip) => own.has(ip)))
  return others.flatMap((ips) => ips.filter((ip) => isOnLink(ip, device)).slice(0, 1))
}

function ownAddresses(all: AskingPlace['all']): ReadonlySet<Ip> {
  return new Set(all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
}

/** Nodes that answer are asked for the VIPs by unicast too. */
export function planOn({ all }: AskingPlace, plan: PlanOptions, asker: Asker, heard: HeardBy): PlanOptions {
  const own = ownAddresses(all)
  const most = Math.max(1, Math.floor(MOST_UNICASTS / plan.vips.length))
  const { neighbours = [] } = plan
  return {
    ...plan,
    canAsk: (ip) => asker.addressesFor(ip).length > 0,
    isOwn: (ip) => own.has(ip),
    get bystanders() {
      const spoke = neighbours.flatMap((ip) => heard(ip).map(({ mac }) => mac))
      return [...new Set([...(plan.bystanders ?? []), ...spoke])].slice(0, most)
    },
  }
}

export function ownTableUnread(machine = 'this machine'): Gap {
  const reason = `it could not be read: whether ${machine} itself sends to the wrong MAC is not known`
  return { subject: `neighbour table of ${machine}`, reason, hint: sh`ip -j neigh show` }
}

/** `eth0`, or `node-a/eth0` on another machine. */
export function placeOf({ at, interface: { name } }: AskingPlace): string {
  return at === undefined ? name : `${at}/${name}`
}

/** A lone probe cannot show who else answers, and what was not asked for nothing at all. */
export function unasked(live: AskingPlace, vips: readonly Ip[], { addressesFor }: Asker): Gap[] {
  const name = placeOf(live)
  const left = vips.filter((ip) => addressesFor(ip).length === 0)
  const [four, six] = [left.filter(isIpv4), left.filter((ip) => !isIpv4(ip))]
  const which = (some: readonly Ip[]) => (some.length === vips.length ? 'each address' : some.map(formatIp).join(', '))
  return [
    ...(four.length > 0 ? [onlyProbed(name, which(four))] : []),
    ...(six.length > 0 ? [notSolicited(name, which(six))] : []),
  ]
}

const GIVE_ADDRESS = 'give the interface an address of the segment, name another with -i, or ask from another machine'

function onlyProbed(subject: string, which: string): Gap {
  const why = 'no IPv4 address of its own that is certainly no VIP'
  return {
    subject,
    reason: `${why}: for ${which} one RFC 5227 probe was sent and no request. Hosts that answer by proxy ARP, and a host that missed the probe, do not show`,
    hint: GIVE_ADDRESS,
  }
}

/** A solicitation from :: is not safe before somebody has answered. */
function notSolicited(subject: string, which: string): Gap {
  const why = 'no IPv6 address of its own that is ready and certainly no VIP'
  return { subject, reason: `${why}: for ${which} no solicitation was sent`, hint: GIVE_ADDRESS }
}
