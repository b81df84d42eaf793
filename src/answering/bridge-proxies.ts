import type { Link, Neighbour } from '../node/model.js'
import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import { type Ipv6, isMulticast6 } from '../wire/ipv6.js'
import type { Mac } from '../wire/mac.js'
import { type Held, isLoopback, isMulticast } from './addresses.js'
import { isUnlearned } from './departure.js'
import { passesFilters, passesIpv6Filters } from './filters.js'
import { type Frame, requestPacket } from './frame.js'
import type { HostView } from './host-view.js'
import type { Path, Reply } from './model.js'

const VALID = ['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'PERMANENT', 'NOARP']

/** What a bridge answers in the place of the target, from its own neighbour and forwarding entries. */
export function answeredByBridge(view: HostView, frame: Frame, bridge: Link): Reply[] {
  const ports = [...view.links.values()].filter(({ bridgePort }) => bridgePort?.bridge === bridge.name)
  // behind another header it is not taken for a solicitation (br_is_nd_neigh_msg)
  if (isLoopback(frame.target) || isGroup(frame.target) || frame.solicitation.fragment) return []
  const silent = [bridge, frame.device].some(({ flags }) => flags.includes('NOARP'))
  const own = silent ? [] : suppressed(view, frame, bridge, ports)
  return [...own.filter(({ mac }) => goesOut(view, frame, mac)), ...throughVxlan(view, frame, ports)]
}

function isGroup(ip: Ip): boolean {
  return isIpv4(ip) ? isMulticast(ip) : isMulticast6(ip)
}

/** br_arp_send(), br_nd_send(): straight out of the port, past the filters of the bridge; ARP meets its own filters and those of the device. */
function goesOut(view: HostView, { device, target, asker, trace }: Frame, mac: Mac | null): boolean {
  const way = {
    senderMac: mac,
    destination: null,
    broadcast: false,
    input: null,
    output: device.name,
    bridge: device.master,
  }
  if (isIpv4(target) && isIpv4(asker)) {
    const packet = { operation: 2, senderIp: target, targetIp: asker, ...way } as const
    return passesFilters(view, 'arp', 'output', packet, trace) && passesFilters(view, 'netdev', 'egress', packet, trace)
  }
  const ends = { source: target as Ipv6, destinationIp: asker as Ipv6, target: target as Ipv6, hopLimit: 255 }
  return passesFilters(view, 'netdev', 'egress', { icmp: 136, ...ends, ...way }, trace)
}

/** br_do_proxy_suppress_arp(), br_do_suppress_nd() in net/bridge/br_arp_nd_proxy.c. */
function suppressed(view: HostView, frame: Frame, bridge: Link, ports: readonly Link[]): Reply[] {
  const { device, target, asker } = frame
  const port = device.bridgePort!
  if (ports.some(({ bridgePort }) => bridgePort?.neighSuppress)) {
    if (port.neighSuppress || frame.packet !== 'broadcast' || isProbe(asker) || asker === target) return []
    if (holds(view, bridge.name, target)) return []
  } else if (!isIpv4(target) || (!port.proxyArp && !ports.some(({ bridgePort }) => bridgePort?.proxyArpWifi))) return []
  const neighbour = neighbourOf(view, frame, bridge)
  if (!neighbour) return []
  const { fdb } = view.host.sections
  if (!fdb.known)
    return frame.trace.doubt('bridge', `where ${bridge.name} forwards frames for ${formatIp(target)}`, true) ?? []
  const entry = fdb.value.find(
    (one) => one.bridge === bridge.name && one.mac === neighbour.mac && one.vlan === frame.vlan,
  )
  const behind = ports.find(({ name }) => name === entry?.port)?.bridgePort
  if (entry === undefined) return []
  if (behind?.neighSuppress) return [reply(frame, neighbour.mac, 'bridge-suppress', `neigh_suppress of ${entry.port}`)]
  if (!isIpv4(target)) return []
  const flag = port.proxyArp
    ? `proxy_arp of ${device.name}`
    : behind?.proxyArpWifi
      ? `proxy_arp_wifi of ${entry.port}`
      : null
  return flag === null ? [] : [reply(frame, neighbour.mac, 'bridge-proxy-arp', flag)]
}

function isProbe(asker: Ip): boolean {
  return asker === 0 || asker === 0n
}

function holds(view: HostView, device: string, target: Ip): boolean {
  const held: readonly Held<Ip>[] = (isIpv4(target) ? view.heldBy.get(device) : view.six.heldBy.get(device)) ?? []
  return held.some(({ ip }) => ip === target)
}

/** arp_reduce(), neigh_reduce() in drivers/net/vxlan: the port to the tunnel answers what it knows. */
function throughVxlan(view: HostView, frame: Frame, ports: readonly Link[]): Reply[] {
  if (frame.packet === 'host') return []
  const tunnels = ports.filter(
    ({ name, vxlanProxy, flags }) =>
      vxlanProxy && name !== frame.device.name && flags.includes('UP') && !flags.includes('NOARP'),
  )
  return tunnels.flatMap((tunnel) => {
    const apart = tunnel.bridgePort?.isolated && frame.device.bridgePort?.isolated
    const neighbour = neighbourOf(view, frame, tunnel)
    if (!neighbour || apart || !isFlooded(tunnel, frame) || !comesBack(view, frame, neighbour.mac)) return []
    if (frame.packet === 'broadcast') return [reply(frame, neighbour.mac, 'vxlan-proxy', `proxy of ${tunnel.name}`)]
    // a frame for another MAC gets there too, unless the bridge knows a port for it
    return (
      frame.trace.doubt('bridge', `whether the frame is forwarded to ${tunnel.name}, which answers for others`, true) ??
      []
    )
  })
}

/** br_flood(): a solicitation of IPv6 goes to a group, which a port without mcast_flood gets where somebody behind it joined. */
function isFlooded({ name, bridgePort }: Link, { packet, target, trace }: Frame): boolean {
  if (packet !== 'broadcast') return bridgePort?.flood !== false
  if (isIpv4(target)) return bridgePort?.broadcastFlood !== false
  if (bridgePort?.multicastFlood === false)
    trace.doubt('bridge port', `whether ${name}, which floods no multicast, leads to a router or a member`, true)
  return bridgePort?.multicastFlood !== false
}

/** There and back through the bridge: the port of an unknown asker may get no answer, and br_netfilter shows IPv6 to its filters. */
function comesBack(view: HostView, frame: Frame, mac: Mac): boolean {
  const { device, target, asker, trace } = frame
  if (isUnlearned(view, device, trace, false)) return false
  const { sysctls } = view.host.sections
  if (isIpv4(target) || (sysctls.known && sysctls.value.bridge['bridge-nf-call-ip6tables'] !== 1)) return true
  // the filters see the bridge, not its ports
  const place = { input: device.master, output: device.master }
  const there = { ...requestPacket(frame), ...place }
  const ends = {
    source: target,
    destinationIp: asker as Ipv6,
    target,
    hopLimit: 255,
    senderMac: mac,
    destination: null,
  }
  const back = {
    icmp: 136,
    ...ends,
    broadcast: false,
    ...place,
    bridge: device.master,
  } as const
  return [there, back].every((packet) =>
    ['prerouting', 'forward', 'postrouting'].every((hook) => passesIpv6Filters(view, hook, packet, trace)),
  )
}

function neighbourOf(view: HostView, { target }: Frame, { name }: Link): (Neighbour & { mac: Mac }) | null {
  const { neighbours } = view.host.sections
  const text = formatIp(target)
  const found = neighbours.known
    ? neighbours.value.find(
        (one) => one.interface === name && one.ip === text && one.states.some((state) => VALID.includes(state)),
      )
    : undefined
  return found && found.mac !== null ? { ...found, mac: found.mac } : null
}

function reply(frame: Frame, mac: Mac, path: Path, flag: string): Reply {
  const text = `the bridge answers in the place of ${formatIp(frame.target)}, with the MAC that it knows (${flag})`
  frame.trace.note({ check: path, outcome: 'answers', setting: flag, value: 'on', from: 'ip -d link', text })
  return { mac, interface: frame.device.name, path, delayMs: 0 }
}
