import { withoutCounts } from '../../answering/change/filters.js'
import type { Change, FilterRule } from '../../answering/change/model.js'
import type { Reason } from '../../answering/model.js'
import { valueOr } from '../../known.js'
import type { FilterChain, Host } from '../../node/model.js'
import { formatIp, type Ip, isIpv4 } from '../../wire/ip.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { listingOf } from '../changes/command.js'
import type { HostFix } from '../fix.js'

/** One way to let a silent host answer: as a fix of the host has it, in plain data. */
export type HostCure = Pick<HostFix, 'node' | 'summary' | 'changes' | 'before' | 'after'>

/**
 * What lets ARP or neighbour discovery for an address through a packet filter. A rule for this address alone is deleted. One that covers
 * others too stays, behind a rule that accepts what is needed; only where it names no address and is for nothing else does it go first, as
 * the host itself is mute then.
 */
export function filterCures(host: Host, { setting, value }: Reason, ip: Ip): readonly HostCure[] {
  const chain = chainsOf(host, ip).find((one) => placeWords(one) === setting)
  if (!chain) return []
  const at = chain.rules.indexOf(value)
  const place = { tool: chain.tool, family: chain.family, table: chain.table, chain: chain.name }
  const before = { ...place, at: at < 0 ? null : at, handle: null }
  const accepting = acceptRules(chain, ip).map((rule) => accept(host, { ...before, rule }, ip))
  if (at < 0 || !isOnlyOf(value, ip)) return accepting
  const deleting = remove(host, { ...place, rule: withoutCounts(value), at, handle: chain.handles?.[at] ?? null }, ip)
  if (isOnlyFor(value, ip)) return [deleting]
  return namesAddresses(value) ? [...accepting, deleting] : [deleting, ...accepting]
}

function chainsOf({ sections: { filterChains, ipv6FilterChains } }: Host, ip: Ip): readonly FilterChain[] {
  const of = (section: typeof filterChains) => valueOr(section, { chains: [] }).chains
  return isIpv4(ip) ? of(filterChains) : [...of(ipv6FilterChains), ...of(filterChains)]
}

/** As the model names the place of a rule in its reasons (`answering/filters.ts`). */
function placeWords({ tool, family, table, name }: FilterChain): string {
  return `${tool} ${family} table ${table}, chain ${name}`
}

const protocol = (ip: Ip) => (isIpv4(ip) ? 'ARP' : 'neighbour discovery')

function remove(host: Host, rule: FilterRule, ip: Ip): HostCure {
  const says = isOnlyFor(rule.rule, ip) ? '' : ', and not of this address alone'
  const summary = `Delete the rule that drops ${protocol(ip)} for ${formatIp(ip)}${says} on ${host.name}: ${rule.rule}`
  return cure(host, 'filter-del', rule, summary)
}

function accept(host: Host, rule: FilterRule, ip: Ip): HostCure {
  const what = isIpv4(ip) ? `ARP for ${formatIp(ip)}` : 'neighbour solicitations and advertisements'
  return cure(host, 'filter-add', rule, `Let ${what} through the packet filter of ${host.name}`)
}

function cure(host: Host, kind: 'filter-add' | 'filter-del', rule: FilterRule, summary: string): HostCure {
  const change: Change = { kind, ...rule }
  const text = 'Is the rule still there? Its counter, if it has one, rises while a client asks'
  return { node: host.name, summary, before: [{ kind: 'look', text, run: listingOf(rule) }], changes: [change] }
}

/** A request is for the address, a reply comes from it; the one that does not fit the way changes nothing, and its trial says so. */
function acceptRules({ tool }: FilterChain, ip: Ip): readonly string[] {
  if (!isIpv4(ip)) return tool === 'nft' ? ['icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'] : []
  const text = formatIp(ip)
  switch (tool) {
    case 'nft':
      return [`arp daddr ip ${text} accept`, `arp saddr ip ${text} accept`]
    case 'ebtables':
      return [`-p ARP --arp-ip-dst ${text} -j ACCEPT`, `-p ARP --arp-ip-src ${text} -j ACCEPT`]
    case 'arptables':
      return [`-d ${text} -j ACCEPT`, `-s ${text} -j ACCEPT`]
  }
}

/** Matches on the protocol addresses of an ARP frame, or on those of an IPv6 packet, with their values. */
const ADDRESSES =
  /(?:arp [sd]addr ip|ip6 [sd]addr|icmpv6 taddr|--arp-ip-(?:src|dst)|(?<!\S)-[sd]) (!= |== |! )?(\{[^}]*\}|\S+)/g

function namesAddresses(rule: string): boolean {
  return rule.matchAll(ADDRESSES).next().done === false
}

/** A chain of IPv6 sees all else too: a rule that drops more than neighbour discovery stays. */
function isOnlyOf(rule: string, ip: Ip): boolean {
  if (isIpv4(ip)) return true
  const [, types = ''] = /\bicmpv6 type (\{[^}]*\}|\S+)/.exec(rule) ?? []
  const named = types.match(/[\w-]+/g) ?? []
  return named.length > 0 && named.every((type) => /^nd-neighbor-(?:solicit|advert)$/.test(type))
}

function isOnlyFor(rule: string, ip: Ip): boolean {
  const text = formatIp(ip)
  // a group has the addresses that end alike, which is one on any segment of ours
  const own = isIpv4(ip) ? [text, `${text}/32`] : [text, formatIp(solicitedNodeOf(ip))]
  return [...rule.matchAll(ADDRESSES)].some(([, not, value = '']) => !not?.startsWith('!') && own.includes(value))
}
