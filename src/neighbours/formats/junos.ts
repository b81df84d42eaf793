import { anyIp, aroundMac, entry, macColumn, portEntry } from '../fields.js'
import type { EntryKind, Format, PortEntry, Row } from '../model.js'

/**
 * Junos: `show arp`, with or without `no-resolve` and `expiration-time`, `show ipv6 neighbors`, `show ethernet-switching table` of EX
 * switches with and without ELS, `show bridge mac-table`, `show evpn database`. Juniper, "CLI Reference".
 */
export const junos: Format = {
  id: 'junos',
  sections: [
    { heading: /^MAC Address\s+Address\s+(?:Name\s+)?Interface\s+Flags/i, row: arp },
    { heading: /^IPv6 Address\s+Linklayer Address\s+State\s+Exp\s+Rtr/i, row: ipv6 },
    { heading: /^Vlan\s+MAC\s+MAC\s+(?:GBP\s+)?(?:Age\s+)?Logical/i, row: switching },
    { heading: /^MAC\s+MAC\s+(?:GBP\s+)?(?:Age\s+)?Logical/i, row: switching },
    { heading: /^VLAN\s+MAC address\s+Type\s+Age\s+Interfaces/i, row: switchingWithoutEls },
    { heading: /^VLAN\s+DomainId\s+MAC address\s+Active source/i, row: evpn, hasMoreAddresses: true },
  ],
}

/** `02:00:00:00:00:02 10.0.0.240  [name]  irb.10 [ge-0/0/3.0]  permanent remote  1187`. */
function arp(line: string, heading: string): Row | null {
  const [, port = null] = /\[([^\]\s]+)\]/.exec(line) ?? []
  const words = line.replace(/\s*\[[^\]]*\]/, '').split(/\s+/)
  const [mac = '', ip = ''] = words
  const at = /\bName\b/i.test(heading) ? 3 : 2
  const [name = null, ...flags] = words.slice(at)
  const expires = /\bTTE\b/i.test(heading) ? flags.pop() : undefined
  const kind = kindOfArp(flags)
  return entry({
    ip: anyIp(ip),
    mac: macColumn(mac),
    ...(kind === null ? {} : { kind }),
    interface: name,
    port,
    expiresSeconds: seconds(expires),
    states: flags.filter((flag) => flag !== 'none'),
  })
}

/** `remote` came by EVPN or from the MC-LAG peer, `gateway` is a virtual address of the device itself. */
function kindOfArp(flags: readonly string[]): EntryKind | null {
  if (flags.includes('remote')) return 'remote'
  if (flags.includes('gateway')) return 'own'
  return flags.includes('permanent') ? 'static' : null
}

/** `2001:db8::240  02:00:00:00:00:02  stale  546  no  no  irb.10 [ge-0/0/3.0]`. */
function ipv6(line: string): Row | null {
  const [, port = null] = /\[([^\]\s]+)\]/.exec(line) ?? []
  const words = line.replace(/\s*\[[^\]]*\]/, '').split(/\s+/)
  const [ip = '', mac = '', state = '', expires = ''] = words
  return entry({
    ip: anyIp(ip),
    mac: state === 'incomplete' || state === 'unreachable' ? null : macColumn(mac),
    interface: words.length > 4 ? (words.at(-1) ?? null) : null,
    port,
    // a stale entry is used until it is needed, whatever time is left
    expiresSeconds: state === 'stale' ? null : seconds(expires),
    states: state === '' ? [] : [state],
  })
}

/** `[v10]  02:00:00:00:00:02  D  -  ge-0/0/3.0  0  0`. */
function switching(line: string): Row | null {
  const { mac = null, after = [] } = aroundMac(line) ?? {}
  const port = after.find((word) => /^[a-z]+(?:[\d-].*)?\.\d+$/.test(word))
  return portEntry(mac, '', port, kindOf(after[0] ?? '', port))
}

/** `D`, `S`, `DLR,SE` …: S and P are static, R without L is of another device, as a tunnel's end is; SE and NM say nothing of it. */
function kindOf(flags: string, port = ''): PortEntry['kind'] {
  const letters = flags.replace(/\b(?:SE|NM)\b/g, '')
  if (/[SP]/.test(letters)) return 'static'
  return /^(?:vtep|esi)\./.test(port) || (letters.includes('R') && !letters.includes('L')) ? 'remote' : 'dynamic'
}

/** `v10  02:00:00:00:00:02  Learn  0  ge-0/0/3.0`. */
function switchingWithoutEls(line: string): Row | null {
  const { mac = null, after = [] } = aroundMac(line) ?? {}
  return portEntry(mac, '', after[2], after[0] === 'Learn' ? 'dynamic' : 'static')
}

/**
 * `[10]  [10010]  02:00:00:00:00:02  10.255.0.2  Jul 25 07:33:26  10.0.0.240`: the source is an interface of the device itself, another
 * VTEP or an Ethernet segment.
 */
function evpn(line: string): Row | null {
  const { mac = null, after = [] } = aroundMac(line) ?? {}
  const [source] = after
  const isRemote = source !== undefined && !/^[a-z]+[\d/:-]*\.\d+$/.test(source)
  if (mac === null || source === undefined || after.length < 5)
    return portEntry(mac, '', source, isRemote ? 'remote' : 'dynamic')
  const kind = isRemote ? ('remote' as const) : /^(?:irb|vlan)\./.test(source) ? ('own' as const) : ('dynamic' as const)
  return entry({
    ip: anyIp(after[4] ?? ''),
    mac,
    kind,
    interface: isRemote ? null : source,
    port: isRemote ? source : null,
  })
}

function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null
}
