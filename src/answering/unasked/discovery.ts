import { valueOr } from '../../known.js'
import type { Host, Link } from '../../node/model.js'
import { once } from '../../once.js'
import { formatIpv6, type Ipv6, isLinkLocal6 } from '../../wire/ipv6.js'
import { network } from '../../wire/subnet.js'
import { type Held, inSubnetOf } from '../addresses.js'
import { viewOf } from '../host-view.js'
import { linkStack, wireInterfaces } from '../interfaces.js'
import { predict } from '../predict.js'
import { isOfTheLink, type Mute, together } from './mutes.js'
import type { Stray } from './strays.js'

/** What clients of a segment ask an interface, and what it has. */
interface Asked {
  readonly on: string
  readonly stack: ReadonlySet<string>
  readonly held: readonly Held<Ipv6>[]
}

/** A neighbour that is on every link, and on none that anybody has seen. */
const NEIGHBOUR = (0xfe80n << 112n) | 0xffff_ffff_ffff_fffen
/** Addresses beyond this are more of the same. */
const MOST = 256
/** A snapshot can fall into the second or two that duplicate address detection takes. */
const PENDING = /\btentative\b/
const FAILED = /\bdadfailed\b/

const interfacesOf = once((host: Host): readonly Asked[] => {
  const { links, six } = viewOf(host)
  if (six.held.length === 0) return []
  const held = (device: string) => (six.heldBy.get(device) ?? []).filter(({ ip }) => !isOfAPort(ip, links.get(device)))
  const all = [...links.values()]
  return wireInterfaces(host).map((on) => {
    const stack = new Set(linkStack(all, on))
    return { on, stack, held: [...stack].flatMap(held).slice(0, MOST) }
  })
})

/** The kernel gives a bridge port its link-local address too, and hands what comes for it to the bridge (net/ipv6/addrconf.c). */
function isOfAPort(ip: Ipv6, device: Link | undefined): boolean {
  return isLinkLocal6(ip) && device !== undefined && device.bridgePort !== null
}

/** Own IPv6 addresses on the wire that no solicitation of a neighbour gets an answer for, link-local ones too. */
export function discoveryMutesOf(host: Host): readonly Mute[] {
  return together(interfacesOf(host).flatMap((asked) => asked.held.flatMap((held) => mute(host, asked, held))))
}

/** Silent to a client of the subnet and to a neighbour without a global address: one of the two alone may be meant so. */
function mute(host: Host, { on, held }: Asked, { ip }: Held<Ipv6>): Mute[] {
  const askers = [...clientOf(ip, held), NEIGHBOUR]
  const all = askers.map((asker) => predict(host, { target: ip, asker, to: null, on }))
  const [first] = all
  const deciding = first?.because.findLast(({ outcome }) => outcome === 'stops')
  if (!first || !deciding || all.some(({ answers }) => answers !== 'no') || isOfTheLink(deciding)) return []
  if (deciding.check === 'route' && !showsGroups(host)) return []
  if (deciding.check === 'DAD' && PENDING.test(deciding.value) && !FAILED.test(deciding.value)) return []
  const { because, assumed } = first
  return [{ on, ips: [formatIpv6(ip)], asker: formatIpv6(askers[0]!), held: true, deciding, because, assumed }]
}

/** Some versions of `ip` leave the routes of groups out, which every device has. */
function showsGroups({ sections: { routes } }: Host): boolean {
  return valueOr(routes, []).some(({ destination }) => destination.ip === 'ff00::')
}

/** The last address of its subnet that the host does not hold. */
function clientOf(ip: Ipv6, all: readonly Held<Ipv6>[]): Ipv6[] {
  const subnet = all.find((one) => one.length <= 120 && !isLinkLocal6(one.ip) && inSubnetOf(ip, one))
  if (!subnet) return []
  const size = 1n << BigInt(128 - subnet.length)
  const last = (network(subnet.ip, subnet.length) as Ipv6) + size - 1n
  return [all.some((one) => one.ip === last) ? last - 1n : last]
}

/** The addresses of proxy entries that an interface answers for, which are those of other machines. */
export function discoveryStraysOf(host: Host): readonly Stray[] {
  const { six } = viewOf(host)
  return interfacesOf(host).flatMap(({ on, stack, held }) => {
    const own = new Set(held.map(({ ip }) => ip))
    const listed = [...six.proxied].filter(([ip, devices]) => !own.has(ip) && devices.some((one) => stack.has(one)))
    const found = listed.slice(0, MOST).flatMap(([ip]) => {
      const { replies, because, assumed } = predict(host, { target: ip, asker: NEIGHBOUR, to: null, on })
      const reply = replies.find(({ path }) => path === 'proxy-neighbour')
      const target = formatIpv6(ip)
      return reply
        ? [{ kind: 'entry' as const, on, interface: reply.interface, targets: [target], because, assumed }]
        : []
    })
    const [first] = found
    return first ? [{ ...first, targets: found.flatMap(({ targets }) => targets), behind: [] }] : []
  })
}
