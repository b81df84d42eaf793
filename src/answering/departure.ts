import { valueOr } from '../known.js'
import type { FdbEntry, Host, Link } from '../node/model.js'
import { isIpv4 } from '../wire/ip.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Ipv6 } from '../wire/ipv6.js'
import { groupMac } from '../wire/write-discovery.js'
import type { Trace } from './asked.js'
import { type ArpPacket, isNd, type NdPacket } from './filter/packet.js'
import { passesFilters, passesIpv6Filters } from './filters.js'
import type { Arrival } from './frame.js'
import type { HostView } from './host-view.js'
import { doubtPrograms } from './programs.js'

/** Whether a reply gets from the device that answers to the wire, down the way that the request came up. */
export function leaves(view: HostView, arrival: Arrival): boolean {
  const { device, below, trace, target, asker } = arrival
  const packet = isIpv4(target) && isIpv4(asker) ? replyPacket(device, target, asker) : advertisement(arrival)
  if (!passesStack(view, packet, trace)) return false
  return [device, ...[...below].reverse()].every((one) => {
    const here = { ...packet, output: one.name, bridge: one.master }
    if (one.bridgePort && below.includes(one)) {
      if (isUnlearned(view, one, trace, packet.broadcast)) return false
      if (!passesFilters(view, 'bridge', 'output', here, trace)) return false
      if (!passesFilters(view, 'bridge', 'postrouting', here, trace)) return false
    }
    doubtPrograms(view, one, 'egress', target, trace)
    return passesFilters(view, 'netdev', 'egress', here, trace)
  })
}

/**
 * br_flood(): the reply to an asker that the port did not learn is flooded, but not to a port with proxy_arp or without flood. An entry
 * that was learned before, or made by hand, leads there all the same; whose it is, the question does not tell.
 */
export function isUnlearned({ host }: HostView, { name, bridgePort }: Link, trace: Trace, toGroup: boolean): boolean {
  if (toGroup) {
    if (bridgePort?.neighSuppress) return suppressed(name, 'neigh_suppress', trace)
    if (bridgePort?.proxyArp) return suppressed(name, 'proxy_arp', trace)
    if (bridgePort?.multicastFlood === false)
      trace.doubt('bridge port', `whether ${name}, which floods no multicast, leads to a router or a member`)
    return false
  }
  if (bridgePort?.learning !== false || (bridgePort.flood !== false && !bridgePort.proxyArp)) return false
  if (mayHaveEntry(valueOr(host.sections.fdb, []), name, host)) {
    trace.doubt('bridge port', `whether ${bridgePort.bridge} has a forwarding entry for the asker behind ${name}`)
    return false
  }
  const value = bridgePort.proxyArp ? 'learning off, proxy_arp on' : 'learning off, flood off'
  const text = `the bridge does not know that the asker is behind ${name} and does not flood the reply there`
  trace.note({
    check: 'bridge port',
    outcome: 'stops',
    setting: `flags of ${name}`,
    value,
    from: 'bridge -d link',
    text,
  })
  return true
}

/** A bridge has entries for its own MACs, so that a table without any was not read. */
function mayHaveEntry(entries: readonly FdbEntry[], name: string, { sections: { links } }: Host): boolean {
  const own = new Set(valueOr(links, []).flatMap(({ mac }) => mac ?? []))
  return entries.length === 0 || entries.some(({ port, mac }) => port === name && !own.has(mac))
}

/** br_do_suppress_nd(), br_flood(): an advertisement for all nodes is kept from such ports. */
function suppressed(name: string, flag: 'neigh_suppress' | 'proxy_arp', trace: Trace): true {
  const setting = `${flag} of ${name}`
  const text = `the bridge sends no advertisement for all nodes out of ${name}, where ${flag} is on`
  trace.note({ check: 'bridge port', outcome: 'stops', setting, value: 'on', from: 'bridge -d link', text })
  return true
}

function passesStack(view: HostView, packet: ArpPacket | NdPacket, trace: Trace): boolean {
  if (!isNd(packet)) return passesFilters(view, 'arp', 'output', packet, trace)
  return passesIpv6Filters(view, 'output', packet, trace) && passesIpv6Filters(view, 'postrouting', packet, trace)
}

/** arp_create(): the answer, to the asker's MAC, which the question does not name. */
function replyPacket({ name, mac }: Link, target: Ipv4, asker: Ipv4): ArpPacket {
  return {
    operation: 2,
    senderIp: target,
    targetIp: asker,
    senderMac: mac,
    destination: null,
    broadcast: false,
    input: null,
    output: name,
    bridge: null,
  }
}

const ALL_NODES: Ipv6 = (0xff02n << 112n) | 1n

/** ndisc_send_na(): to the asker, or to all nodes where it has no address yet. The source is another than the target where a proxy answers. */
function advertisement({ device, target, asker }: Arrival): NdPacket {
  const toAll = asker === 0n
  return {
    icmp: 136,
    source: null,
    target: target as Ipv6,
    destinationIp: toAll ? ALL_NODES : (asker as Ipv6),
    hopLimit: 255,
    senderMac: device.mac,
    destination: toAll ? groupMac(ALL_NODES) : null,
    broadcast: toAll,
    input: null,
    output: device.name,
    bridge: null,
  }
}
