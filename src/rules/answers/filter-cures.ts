import { withoutCounts } from '../../answering/change/filters.js'
import type { Change, FilterRule } from '../../answering/change/model.js'
import type { Reason } from '../../answering/model.js'
import { valueOr } from '../../known.js'
import type { FilterChain, Host } from '../../node/model.js'
import { listingOf } from '../changes/command.js'
import type { HostFix } from '../fix.js'

/** One way to let a silent host answer: as a fix of the host has it, in plain data. */
export type HostCure = Pick<HostFix, 'node' | 'summary' | 'changes' | 'before'>

/**
 * What lets ARP for an address through a packet filter. A rule for this address alone is deleted. One that covers others too stays,
 * behind a rule that accepts this address; only where it names no address at all does it go first, as the host itself is mute then.
 */
export function filterCures(host: Host, { setting, value }: Reason, ip: string): readonly HostCure[] {
  const chain = chainsOf(host).find((one) => placeWords(one) === setting)
  if (!chain) return []
  const at = chain.rules.indexOf(value)
  const place = { tool: chain.tool, family: chain.family, table: chain.table, chain: chain.name }
  const before = { ...place, at: at < 0 ? null : at, handle: null }
  const accepting = acceptRules(chain, ip).map((rule) => accept(host, { ...before, rule }, ip))
  if (at < 0) return accepting
  const deleting = remove(host, { ...place, rule: withoutCounts(value), at, handle: chain.handles?.[at] ?? null }, ip)
  if (isOnlyFor(value, ip)) return [deleting]
  return namesAddresses(value) ? [...accepting, deleting] : [deleting, ...accepting]
}

function chainsOf({ sections: { filterChains } }: Host): readonly FilterChain[] {
  return valueOr(filterChains, { chains: [] }).chains
}

/** As the model names the place of a rule in its reasons (`answering/filters.ts`). */
function placeWords({ tool, family, table, name }: FilterChain): string {
  return `${tool} ${family} table ${table}, chain ${name}`
}

function remove(host: Host, rule: FilterRule, ip: string): HostCure {
  const says = isOnlyFor(rule.rule, ip) ? '' : ', and not of this address alone'
  return cure(host, 'filter-del', rule, `Delete the rule that drops ARP for ${ip}${says} on ${host.name}: ${rule.rule}`)
}

function accept(host: Host, rule: FilterRule, ip: string): HostCure {
  return cure(host, 'filter-add', rule, `Let ARP for ${ip} through the packet filter of ${host.name}`)
}

function cure(host: Host, kind: 'filter-add' | 'filter-del', rule: FilterRule, summary: string): HostCure {
  const change: Change = { kind, ...rule }
  const text = 'Is the rule still there? Its counter, if it has one, rises while a client asks'
  return { node: host.name, summary, before: [{ kind: 'look', text, run: listingOf(rule) }], changes: [change] }
}

/** A request is for the address, a reply comes from it; the one that does not fit the way changes nothing, and its trial says so. */
function acceptRules({ tool }: FilterChain, ip: string): readonly string[] {
  switch (tool) {
    case 'nft':
      return [`arp daddr ip ${ip} accept`, `arp saddr ip ${ip} accept`]
    case 'ebtables':
      return [`-p ARP --arp-ip-dst ${ip} -j ACCEPT`, `-p ARP --arp-ip-src ${ip} -j ACCEPT`]
    case 'arptables':
      return [`-d ${ip} -j ACCEPT`, `-s ${ip} -j ACCEPT`]
  }
}

/** Matches on the protocol addresses of an ARP frame, with their values. */
const ADDRESSES = /(?:arp [sd]addr ip|--arp-ip-(?:src|dst)|(?<!\S)-[sd]) (!= |== |! )?(\{[^}]*\}|\S+)/g

function namesAddresses(rule: string): boolean {
  return rule.matchAll(ADDRESSES).next().done === false
}

function isOnlyFor(rule: string, ip: string): boolean {
  return [...rule.matchAll(ADDRESSES)].some(
    ([, not, value]) => !not?.startsWith('!') && (value === ip || value === `${ip}/32`),
  )
}
