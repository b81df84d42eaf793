import { UNNAMED_GROUP } from '../../node/model.js'
import { isLinkLocal6 } from '../../wire/ipv6.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { isTentative } from '../addresses.js'
import { SILENT, type Verdict } from '../asked.js'
import { type Flow, type Looked, lookUp } from '../routing.js'
import type { Solicited } from './solicited.js'

/** ip6_route_input(), ip6_mc_input(), ip6_input(), ip6_forward(): whether the packet gets to the ICMPv6 code of the host. */
export function delivered(asked: Solicited): Verdict | null {
  for (const section of ['routes', 'rules', 'addresses'] as const) {
    if (asked.view.gapOf(section)) return asked.unread(section)
  }
  return asked.toGroup ? byGroup(asked) : byAddress(asked)
}

/** A group needs its route (ff00::/8 of the device), and a member. */
function byGroup(asked: Solicited): Verdict | null {
  const route = lookUp(asked.view, flowTo(asked, solicitedNodeOf(asked.request.target), true))
  if (route.kind === 'open') return asked.open('route', route.missing)
  const isRead = asked.view.six.tables.size > 0
  if (isRead && !leadsIn(route)) return unrouted(asked, asked.group, route)
  return isJoined(asked) ? null : SILENT
}

/** ip6_rt_init_dst(): every route to a prefix of groups does, and one that says `local`. */
function leadsIn(route: Exclude<Looked, { kind: 'open' }>): boolean {
  if (route.kind !== 'route') return false
  return route.type !== 'unicast' || /^unicast ff/.test(route.text)
}

/** ipv6_chk_mcast_addr(). Where the groups were not read, the kernel is taken to have joined those of its own addresses. */
function isJoined(asked: Solicited): boolean {
  const { view, device, group, target } = asked
  const { solicitedGroups: groups } = view.host.sections
  if (!groups.known) {
    asked.trace.assumed.add(`${device.name} has joined ${group} (${groups.gap.subject}: ${groups.gap.reason})`)
    return true
  }
  const own = groups.value.filter((one) => one.interface === device.name)
  if (own.some((one) => one.group === group)) return true
  if (own.some((one) => one.group === UNNAMED_GROUP)) {
    asked.trace.assumed.add(`${device.name} has joined ${group} (the groups are redacted)`)
    return true
  }
  const here = view.six.heldBy.get(device.name)?.some(({ ip }) => ip === asked.request.target) === true
  if (!here && !view.six.holders.has(asked.request.target)) return notHeld(asked)
  if (!here) return heldElsewhere(asked)
  const text = `${device.name} has not joined ${group}, so a solicitation for ${target} does not reach the kernel's answering code`
  asked.note('solicited-node group', 'stops', {
    setting: `group ${group} on ${device.name}`,
    value: 'not joined',
    from: '/proc/net/igmp6',
    text,
  })
  return false
}

/** Says that no device holds the target. */
export function notHeld(asked: Solicited): false {
  const { target, device } = asked
  const text = `${target} is not an address of this host, and nothing makes ${device.name} answer for it`
  asked.note('local address', 'stops', { setting: `address ${target}`, value: 'none', from: 'ip -6 addr', text })
  return false
}

/** IPv6 has no weak host model: ipv6_get_ifaddr() is strict. */
export function heldElsewhere(asked: Solicited): false {
  const { target, device, view, request } = asked
  const others = [...new Set(view.six.holders.get(request.target)?.map((held) => held.device) ?? [])].join(', ')
  const text = `${target} is on ${others}, and for IPv6 a host answers only for addresses of the interface that is asked: ${device.name} keeps silent`
  asked.note('address on interface', 'stops', {
    setting: `address ${target}`,
    value: `dev ${others}`,
    from: 'ip -6 addr',
    text,
  })
  return false
}

/** A packet to the target itself: local, or forwarded, and on the way taken for the ND proxy. */
function byAddress(asked: Solicited): Verdict | null {
  const { target } = asked.request
  const route =
    isLinkLocal6(target) && isOwnLinkLocal(asked)
      ? LOCAL
      : lookUp(asked.view, flowTo(asked, target, isLinkLocal6(target)))
  if (route.kind === 'open') return asked.open('route', route.missing)
  if (route.kind === 'refused') return unrouted(asked, asked.target, route)
  if (route.type === 'local' || route.type === 'anycast') return null
  return route.type === 'unicast' ? forwarded(asked) : unrouted(asked, asked.target, route)
}

const LOCAL: Looked = { kind: 'route', type: 'local', devices: [], text: 'local' }

function isOwnLinkLocal({ view, device, request }: Solicited): boolean {
  const held = view.six.heldBy.get(device.name) ?? []
  return held.some((one) => one.ip === request.target && !isTentative(one))
}

/** Groups and link-local addresses are looked up on their own link only (rt6_need_strict). */
function flowTo({ device, request }: Solicited, to: bigint, strict: boolean): Flow {
  return { to, from: request.asker, input: device.name, output: null, vrf: null, ...(strict && { by: device.name }) }
}

function unrouted(asked: Solicited, to: string, { text: way }: Exclude<Looked, { kind: 'open' }>): Verdict {
  const { target, view, request } = asked
  const text = view.six.holders.has(request.target)
    ? `this host holds ${target}, but packets to ${to} from ${asked.asker} do not get there: ${way}`
    : `this host does not hold ${target} and has no way for packets to ${to} (${way})`
  asked.note('route', 'stops', { setting: `route to ${to}`, value: way, from: 'ip -6 rule; ip -6 route', text })
  return SILENT
}

/** ip6_forward(): `all` alone switches forwarding and the proxy on here; force_forwarding of the device does as well (6.17). */
function forwarded(asked: Solicited): Verdict | null {
  const { view, device, request } = asked
  const { sysctls } = view.host.sections
  if (!sysctls.known) return asked.unread('sysctls', 'forwarding')
  const all = (name: string) => sysctls.value.ipv6['all']?.[name] ?? 0
  const force = asked.setting6('force_forwarding')?.value ?? 0
  const on = (all('forwarding') !== 0 || force !== 0) && all('proxy_ndp') !== 0
  const listed = view.six.proxied.get(request.target)?.includes(device.name) === true
  if (on && listed) return null
  if (view.six.holders.has(request.target)) heldElsewhere(asked)
  else notHeld(asked)
  return SILENT
}
