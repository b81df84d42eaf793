import { valueOr } from '../../known.js'
import { effective } from '../../node/effective.js'
import type { Host, InterfaceAddress, Prefix, Route } from '../../node/model.js'
import { formatIpv4, parseIpv4 } from '../../wire/ipv4.js'
import { network } from '../../wire/subnet.js'
import { withSection } from './sections.js'

/** inet_insert_ifa(): the address, its local route, and the route of its subnet if it is the first of it. */
export function addAddress(host: Host, address: Prefix, device: string): Host {
  const held = heldOn(host, device)
  if (held.some((one) => one.ip === address.ip && one.prefix === address.length)) return host
  const added: InterfaceAddress = {
    interface: device,
    family: 4,
    ip: address.ip,
    prefix: address.length,
    scope: 'global',
  }
  const first = !held.some((one) => sameSubnet(one, added))
  const routes = [localRoute(host, added), ...(first && isUp(host, device) ? subnetRoutes(host, added) : [])]
  const withIt = withSection(host, 'addresses', (all) => [...all, added])
  return withSection(withIt, 'routes', (all) => [
    ...all,
    ...routes.filter((route) => !all.some((one) => isSame(one, route))),
  ])
}

/** inet_del_ifa(): a first address takes the others of its subnet with it, unless they are promoted. */
export function deleteAddress(host: Host, address: Prefix, device: string): Host {
  const held = heldOn(host, device)
  const gone = held.find((one) => one.ip === address.ip && one.prefix === address.length)
  if (!gone) return host
  const siblings = held.filter((one) => sameSubnet(one, gone))
  const takesAll = siblings[0] === gone && !promotes(host, device)
  const leaving = takesAll ? siblings : [gone]
  const left = withSection(host, 'addresses', (all) => all.filter((one) => !leaving.includes(one)))
  // the last address takes every route of the device with it (fib_disable_ip)
  if (heldOn(left, device).length === 0) {
    return withSection(left, 'routes', (all) => withoutDevice(all, device, () => true))
  }
  return withSection(left, 'routes', (all) => all.filter((route) => !leaving.some((one) => goesWith(left, route, one))))
}

/** fib_sync_down_dev(): the next hops by a device go, and the routes that have no other. */
export function withoutDevice(routes: readonly Route[], device: string, counts: (route: Route) => boolean): Route[] {
  return routes.flatMap((route) => {
    if (!counts(route) || !route.hops.some((hop) => hop.device === device)) return [route]
    const hops = route.hops.filter((hop) => hop.device !== device)
    return hops.length === 0 ? [] : [{ ...route, hops }]
  })
}

/** The routes that an address keeps up (fib_del_ifaddr, fib_sync_down_addr). */
function goesWith(left: Host, route: Route, gone: InterfaceAddress): boolean {
  if (route.family !== 4) return false
  const still = valueOr(left.sections.addresses, [])
  if (route.source === gone.ip && !still.some(({ ip }) => ip === gone.ip) && route.protocol !== 'kernel') return true
  if (isSame(route, localRoute(left, gone)))
    return !still.some(({ ip, interface: on }) => ip === gone.ip && on === gone.interface)
  const subnetStays = still.some((one) => one.interface === gone.interface && sameSubnet(one, gone))
  return !subnetStays && subnetRoutes(left, gone).some((one) => isSame(route, one))
}

/** The routes of the subnets of a device: they go when it goes down, and come back with it. */
export function subnetRoutesOf(host: Host, device: string): Route[] {
  const held = heldOn(host, device)
  const first = held.filter((one, at) => !held.slice(0, at).some((before) => sameSubnet(before, one)))
  return first.flatMap((one) => subnetRoutes(host, one))
}

export function isSame(a: Route, b: Route): boolean {
  return (
    a.type === b.type &&
    a.table === b.table &&
    a.destination.ip === b.destination.ip &&
    a.destination.length === b.destination.length &&
    a.hops[0]?.device === b.hops[0]?.device
  )
}

function heldOn(host: Host, device: string): InterfaceAddress[] {
  return valueOr(host.sections.addresses, []).filter((one) => one.interface === device && one.family === 4)
}

function sameSubnet(a: InterfaceAddress, b: InterfaceAddress): boolean {
  const [one, other] = [parseIpv4(a.peer ?? a.ip) ?? 0, parseIpv4(b.peer ?? b.ip) ?? 0]
  return a.prefix === b.prefix && network(one, a.prefix) === network(other, b.prefix)
}

function promotes(host: Host, device: string): boolean {
  const { sysctls } = host.sections
  return sysctls.known && effective(sysctls.value, 'promote_secondaries', device)?.value === 1
}

function isUp(host: Host, device: string): boolean {
  return valueOr(host.sections.links, []).some(({ name, flags }) => name === device && flags.includes('UP'))
}

/** The tables of a device: those of its VRF, or the kernel's own. */
export function tablesOf(host: Host, device: string): { local: string; main: string } {
  const links = valueOr(host.sections.links, [])
  const master = links.find(({ name }) => name === device)?.master
  const vrf = links.find(({ name }) => name === master)?.vrfTable
  return vrf === undefined ? { local: 'local', main: 'main' } : { local: vrf, main: vrf }
}

function kernelRoute(address: InterfaceAddress, type: string, table: string, destination: Prefix): Route {
  const hops = [{ device: address.interface, gateway: null }]
  return { family: 4, table, type, destination, hops, metric: 0, source: address.ip, protocol: 'kernel' }
}

function localRoute(host: Host, address: InterfaceAddress): Route {
  return kernelRoute(address, 'local', tablesOf(host, address.interface).local, { ip: address.ip, length: 32 })
}

function isLoopback(host: Host, device: string): boolean {
  return valueOr(host.sections.links, []).some(({ name, flags }) => name === device && flags.includes('LOOPBACK'))
}

/** fib_add_ifaddr(): the subnet, and its broadcast address. On lo the whole subnet becomes local. */
function subnetRoutes(host: Host, address: InterfaceAddress): Route[] {
  const { prefix } = address
  if (prefix >= 32) return []
  const tables = tablesOf(host, address.interface)
  const net = network(parseIpv4(address.peer ?? address.ip) ?? 0, prefix)
  const [type, table] = isLoopback(host, address.interface) ? ['local', tables.local] : ['unicast', tables.main]
  const subnet = kernelRoute(address, type!, table!, { ip: formatIpv4(net), length: prefix })
  const last = formatIpv4((net | (0xffff_ffff >>> prefix)) >>> 0)
  return prefix >= 31 ? [subnet] : [subnet, kernelRoute(address, 'broadcast', tables.local, { ip: last, length: 32 })]
}
