import { valueOr } from '../../known.js'
import { effective6 } from '../../node/effective.js'
import type { Host, InterfaceAddress, Link, Prefix, Route } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatIpv6, type Ipv6, parseIpv6 } from '../../wire/ipv6.js'
import { network } from '../../wire/subnet.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { detectsForLong } from '../settings.js'
import { isSame, tablesOf, withoutDevice } from './addresses.js'
import { withSection } from './sections.js'

/** inet6_addr_add(): the address as it is once duplicate address detection has let it through, its routes and its group. */
export function addAddress6(host: Host, { ip, length }: Prefix, device: string, nodad = false): Host {
  const held = heldOn(host, device)
  if (isOff(host, device) || held.some((one) => one.ip === ip)) return host
  const pending = !isUp(host, device) || detectsForLong(setting(host, 'dad_transmits', device, 1))
  const waits = pending && detects(host, device)
  const flags = nodad ? ({ flags: ['nodad'] } as const) : waits ? ({ flags: ['tentative'] } as const) : {}
  const scope = ip.startsWith('fe8') ? 'link' : 'global'
  const added: InterfaceAddress = { interface: device, family: 6, ip, prefix: length, scope, ...flags }
  const withIt = withSection(host, 'addresses', (all) => [...all, added])
  const routes = isUp(host, device) ? routesOf(withIt, added) : []
  return joined(withRoutes(withIt, routes), device, ip)
}

/** inet6_addr_del(): its routes go with it, as far as no other address of the device keeps them. */
export function deleteAddress6(host: Host, { ip, length }: Prefix, device: string): Host {
  const gone = heldOn(host, device).find((one) => one.ip === ip && one.prefix === length)
  if (!gone) return host
  const left = withSection(host, 'addresses', (all) => all.filter((one) => one !== gone))
  const kept = heldOn(left, device).flatMap((one) => routesOf(left, one))
  const leaving = routesOf(host, gone).filter((route) => !kept.some((one) => isSame(one, route)))
  const routed = withSection(left, 'routes', (all) =>
    all.filter((route) => route.family !== 6 || !leaving.some((one) => isSame(one, route))),
  )
  return parted(routed, device, ip)
}

/** addrconf_ifdown(): a device that goes down, or loses IPv6, loses its addresses, routes and groups. */
export function withoutIpv6(host: Host, device: string): Host {
  const bare = withSection(host, 'addresses', (all) =>
    all.filter((one) => one.family !== 6 || one.interface !== device),
  )
  const routed = withSection(bare, 'routes', (all) => withoutDevice(all, device, ({ family }) => family === 6))
  return withSection(routed, 'solicitedGroups', (all) => all.filter((one) => one.interface !== device))
}

/** addrconf_dev_config(): it gets its link-local address back, and nothing else. */
export function withLinkLocal(host: Host, device: string): Host {
  const mac = linkOf(host, device)?.mac ?? null
  if (mac === null || mac === 0 || setting(host, 'addr_gen_mode', device, 0) !== 0 || !isUp(host, device)) return host
  const multicast: Route = routeOf(host, device, 'multicast', { ip: 'ff00::', length: 8 })
  return addAddress6(withRoutes(host, [multicast]), { ip: formatIpv6(linkLocalOf(mac)), length: 64 }, device)
}

/** RFC 4291, appendix A. */
function linkLocalOf(mac: number): Ipv6 {
  const value = BigInt(mac)
  return (0xfe80n << 112n) | (((value >> 24n) ^ 0x020000n) << 40n) | (0xfffen << 24n) | (value & 0xff_ffffn)
}

/** dev_forward_change(): a router has the anycast address of each of its subnets. */
export function withAnycast(host: Host, device: string): Host {
  const forwards = setting(host, 'forwarding', device, 0) !== 0
  const anycast = heldOn(host, device).flatMap((held) => anycastOf(host, held))
  return anycast.reduce((changed, route) => {
    const { ip } = route.destination
    if (forwards) return joined(withRoutes(changed, [route]), device, ip)
    const others = withSection(changed, 'routes', (all) => all.filter((one) => !isSame(one, route)))
    return parted(others, device, ip)
  }, host)
}

function routesOf(host: Host, held: InterfaceAddress): Route[] {
  const { interface: device, ip, prefix, flags = [] } = held
  const [net] = [networkOf(ip, prefix)]
  const local = flags.includes('tentative') ? [] : [routeOf(host, device, 'local', { ip, length: 128 })]
  const subnet = prefix < 128 ? [routeOf(host, device, 'unicast', { ip: net, length: prefix })] : []
  const forwards = setting(host, 'forwarding', device, 0) !== 0
  return [...local, ...subnet, ...(forwards ? anycastOf(host, held) : [])]
}

/** addrconf_join_anycast(): none where a subnet has two addresses (RFC 6164). */
function anycastOf(host: Host, { interface: device, ip, prefix }: InterfaceAddress): Route[] {
  const net = networkOf(ip, prefix)
  return prefix >= 127 || net === '::' ? [] : [routeOf(host, device, 'anycast', { ip: net, length: 128 })]
}

function routeOf(host: Host, device: string, type: string, destination: Prefix): Route {
  const { local, main } = tablesOf(host, device)
  const table = type === 'unicast' ? main : local
  const hops = [{ device, gateway: null }]
  const metric = type === 'unicast' || type === 'multicast' ? 256 : 0
  return { family: 6, table, type, destination, hops, metric, source: null, protocol: 'kernel' }
}

function withRoutes(host: Host, routes: readonly Route[]): Host {
  return withSection(host, 'routes', (all) => [
    ...all,
    ...routes.filter((route) => !all.some((one) => one.family === 6 && isSame(one, route))),
  ])
}

/** addrconf_join_solict(), pndisc_constructor(). */
export function joined(host: Host, device: string, ip: string): Host {
  const group = groupOf(ip)
  const flags = linkOf(host, device)?.flags ?? []
  if (flags.includes('LOOPBACK') || flags.includes('NOARP')) return host
  return withSection(host, 'solicitedGroups', (all) =>
    all.some((one) => one.interface === device && one.group === group) ? all : [...all, { interface: device, group }],
  )
}

/** The group is left with the last address, anycast address or proxy entry of the device that has it. */
export function parted(host: Host, device: string, ip: string): Host {
  const group = groupOf(ip)
  const { addresses, proxyNeighbours, routes } = host.sections
  const users = [
    ...heldIn(valueOr(addresses, []), device),
    ...heldIn(valueOr(proxyNeighbours, []), device),
    ...valueOr(routes, []).flatMap(({ type, hops, destination }) =>
      type === 'anycast' && hops[0]?.device === device ? [destination.ip] : [],
    ),
  ]
  if (users.some((one) => groupOf(one) === group)) return host
  return withSection(host, 'solicitedGroups', (all) =>
    all.filter((one) => one.interface !== device || one.group !== group),
  )
}

function heldIn(all: readonly { readonly interface: string; readonly ip: string }[], device: string): string[] {
  return all.filter((one) => one.interface === device).map(({ ip }) => ip)
}

function groupOf(ip: string): string {
  return formatIpv6(solicitedNodeOf(parseIpv6(ip) ?? 0n))
}

function networkOf(ip: string, length: number): string {
  return formatIp(network(parseIpv6(ip) ?? 0n, length))
}

function heldOn(host: Host, device: string): InterfaceAddress[] {
  return valueOr(host.sections.addresses, []).filter((one) => one.interface === device && one.family === 6)
}

function setting(host: Host, name: Parameters<typeof effective6>[1], device: string, otherwise: number): number {
  const { sysctls } = host.sections
  return (sysctls.known ? effective6(sysctls.value, name, device)?.value : undefined) ?? otherwise
}

function isOff(host: Host, device: string): boolean {
  return setting(host, 'disable_ipv6', device, 0) !== 0
}

function detects(host: Host, device: string): boolean {
  const flags = linkOf(host, device)?.flags ?? []
  return !flags.includes('LOOPBACK') && !flags.includes('NOARP') && setting(host, 'accept_dad', device, 1) > 0
}

function linkOf(host: Host, device: string): Link | undefined {
  return valueOr(host.sections.links, []).find(({ name }) => name === device)
}

function isUp(host: Host, device: string): boolean {
  return linkOf(host, device)?.flags.includes('UP') === true
}
