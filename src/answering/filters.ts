import type { Known } from '../known.js'
import type { FilterChain, FilterChains } from '../node/model.js'
import { formatIp } from '../wire/ip.js'
import type { Trace } from './asked.js'
import { filter } from './filter/chains.js'
import { isNd, type Packet } from './filter/packet.js'
import type { HostView } from './host-view.js'

/** Whether a frame passes the packet filters of one hook; what may stop it is a doubt. */
export function passesFilters(
  view: HostView,
  family: 'arp' | 'bridge' | 'netdev',
  hook: string,
  packet: Packet,
  trace: Trace,
): boolean {
  return passes(view.host.sections.filterChains, [family], hook, packet, trace)
}

/** The same for the hooks of IPv6, where chains of two families meet. */
export function passesIpv6Filters(view: HostView, hook: string, packet: Packet, trace: Trace): boolean {
  return passes(view.host.sections.ipv6FilterChains, ['inet', 'ip6'], hook, packet, trace)
}

function passes(
  all: Known<FilterChains>,
  families: readonly FilterChain['family'][],
  hook: string,
  packet: Packet,
  trace: Trace,
): boolean {
  if (!all.known || all.value.chains.length === 0) return true
  const { fate, rule, chain } = filter(all.value.chains, families, hook, packet)
  if (fate === 'passes' || chain === null) return true
  const where = `${chain.tool} ${chain.family} table ${chain.table}, chain ${chain.name}`
  if (fate === 'open') {
    trace.doubt('packet filter', `whether the rule "${rule}" (${where}) takes the frame`, /arpreply/.test(rule))
    return true
  }
  const text = `the packet filter drops ${whatOf(packet)}`
  const from = COMMANDS[chain.tool]
  trace.note({ check: 'packet filter', outcome: 'stops', setting: where, value: rule, from, text })
  return false
}

function whatOf(packet: Packet): string {
  if (isNd(packet))
    return `the ${packet.icmp === 135 ? 'solicitation' : 'advertisement'} for ${formatIp(packet.target)}`
  const { operation, targetIp, senderIp } = packet
  return operation === 1 ? `the request for ${formatIp(targetIp)}` : `the reply for ${formatIp(senderIp)}`
}

const COMMANDS = { nft: 'nft list ruleset', ebtables: 'ebtables -L', arptables: 'arptables -L -n' } as const

/** A filter that could not be read counts as none, which is what a kernel starts with. */
export function assumeFilters(view: HostView, trace: Trace): void {
  assumeNone(view.host.sections.filterChains, 'ARP', trace)
}

export function assumeIpv6Filters(view: HostView, trace: Trace): void {
  assumeNone(view.host.sections.ipv6FilterChains, 'neighbour discovery', trace)
}

function assumeNone(chains: Known<FilterChains>, what: string, trace: Trace): void {
  const gap = chains.known ? chains.value.unread : chains.gap
  if (gap !== null) trace.assumed.add(`no packet filter drops ${what} (${gap.subject}: ${gap.reason})`)
}
