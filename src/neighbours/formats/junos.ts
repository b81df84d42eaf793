import { anyIp, anyMac, entry, portEntry } from '../fields.js'
import type { Format, PortEntry, Row } from '../model.js'

/**
 * Junos: `show arp`, with or without `no-resolve` and `expiration-time`, `show ipv6 neighbors`, `show ethernet-switching table`.
 * Juniper, "CLI Reference": show arp, show ipv6 neighbors, show ethernet-switching table.
 */
export const junos: Format = {
  id: 'junos',
  sections: [
    { heading: /^MAC Address\s+Address\s+(?:Name\s+)?Interface\s+Flags/i, row: arp },
    { heading: /^IPv6 Address\s+Linklayer Address\s+State\s+Exp\s+Rtr/i, row: ipv6 },
    { heading: /^Vlan\s+MAC\s+MAC\s+(?:GBP\s+)?(?:Age\s+)?Logical/i, row: switching },
  ],
}

/** `02:00:00:00:00:02 10.0.0.240  [name]  irb.10 [ge-0/0/3.0]  none  1187`. */
function arp(line: string, heading: string): Row | null {
  const [, port = null] = /\[([^\]\s]+)\]/.exec(line) ?? []
  const words = line.replace(/\s*\[[^\]]*\]/, '').split(/\s+/)
  const [mac = '', ip = ''] = words
  const at = /\bName\b/i.test(heading) ? 3 : 2
  const [name = null, flags = ''] = words.slice(at)
  return entry({
    ip: anyIp(ip),
    mac: anyMac(mac),
    ...(/permanent/.test(flags) ? { kind: 'static' as const } : {}),
    interface: name,
    port,
    expiresSeconds: seconds(/\bTTE\b/i.test(heading) ? words.at(-1) : undefined),
    states: flags === '' || flags === 'none' ? [] : [flags],
  })
}

/** `2001:db8::240  02:00:00:00:00:02  stale  546  no  no  irb.10 [ge-0/0/3.0]`. */
function ipv6(line: string): Row | null {
  const [, port = null] = /\[([^\]\s]+)\]/.exec(line) ?? []
  const words = line.replace(/\s*\[[^\]]*\]/, '').split(/\s+/)
  const [ip = '', mac = '', state = '', expires = ''] = words
  return entry({
    ip: anyIp(ip),
    mac: state === 'incomplete' || state === 'unreachable' ? null : anyMac(mac),
    interface: words.length > 4 ? (words.at(-1) ?? null) : null,
    port,
    // a stale entry is used until it is needed, whatever time is left
    expiresSeconds: state === 'stale' ? null : seconds(expires),
    states: state === '' ? [] : [state],
  })
}

/** `v10  02:00:00:00:00:02  D  -  ge-0/0/3.0  0  0`. */
function switching(line: string): Row | null {
  const words = line.split(/\s+/)
  const port = words.slice(2).find((word) => /^[a-z]+(?:[\d-].*)?\.\d+$/.test(word))
  return portEntry(anyMac(words[1] ?? ''), '', port, kindOf(words[2] ?? ''))
}

/** `D`, `S`, `DLR,SE` …: S and P are static, R without L is of another device; SE and NM say nothing of it. */
function kindOf(flags: string): PortEntry['kind'] {
  const letters = flags.replace(/\b(?:SE|NM)\b/g, '')
  if (/[SP]/.test(letters)) return 'static'
  return letters.includes('R') && !letters.includes('L') ? 'remote' : 'dynamic'
}

function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null
}
