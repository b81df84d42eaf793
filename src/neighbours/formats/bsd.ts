import { anyIp, entry, isListWith, macColumn, secondsIn, wholeSeconds } from '../fields.js'
import type { EntryKind, Format, Row } from '../model.js'

/**
 * OPNsense, pfSense and FreeBSD: `arp -an` (FreeBSD `usr.sbin/arp/arp.c`, print_entry), `ndp -an` (`usr.sbin/ndp/ndp.c`), and the table
 * that OPNsense prints for its diagnostics page (`src/opnsense/scripts/interfaces/list_arp.py`), as text or JSON. OpenBSD prints `arp -an`
 * as a table. What is permanent is an address of the device itself, or was written by hand: both look alike.
 */
export const bsd: Format = {
  id: 'bsd',
  sections: [
    { heading: /^Neighbor\s+Linklayer Address\s+Netif\s+Expire/i, row: ndp },
    { heading: /^Host\s+Ethernet Address\s+Netif\s+Expire/i, row: openBsd },
    { heading: /^ip\s+mac\s+intf\s/i, row: diagnostics },
    { heading: null, row: arp },
  ],
  json: (value) => (isListWith(value, 'mac', 'intf') ? value.map(fromJson).filter((row) => row !== null) : null),
}

/** `? (10.0.0.240) at 02:00:00:00:00:02 on igb1 expires in 1187 seconds [ethernet]`. */
function arp(line: string): Row | null {
  const [, ip = '', hardware = '', name = null] = /^\S+ \(([^)\s]+)\) at (\S+) on (\S+)/.exec(line) ?? []
  if (name === null) return null
  const expires = /expires in (\d{1,7}) seconds/.exec(line)?.[1]
  return entryOf(ip, hardware, name, /permanent/.test(line), expires === undefined ? null : Number(expires))
}

/** `2001:db8::240  02:00:00:00:00:02  igb1 23h59m58s S R`: S for stale, R for reachable. */
function ndp(line: string): Row | null {
  const [ip = '', hardware = '', name = '', expires = '', letter = ''] = line.split(/\s+/)
  const state = { S: 'STALE', R: 'REACHABLE', D: 'DELAY', P: 'PROBE' }[letter]
  // a stale entry is used until it is needed, whatever time is left
  const seconds = letter === 'S' ? null : secondsIn(expires)
  return entryOf(ip, hardware, name, expires === 'permanent', seconds, state)
}

/** `10.0.0.240  02:00:00:00:00:02  em0 19m59s`. */
function openBsd(line: string): Row | null {
  const [ip = '', hardware = '', name = '', expires = ''] = line.split(/\s+/)
  return entryOf(ip, hardware, name, expires === 'permanent', secondsIn(expires))
}

/** `10.0.0.240  02:00:00:00:00:02  igb1 …`. */
function diagnostics(line: string): Row | null {
  const [ip = '', hardware = '', name = ''] = line.split(/\s+/)
  return entryOf(ip, hardware, name, false, null)
}

function fromJson(given: Readonly<Record<string, unknown>>): Row | null {
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '')
  const expires = typeof given['expires'] === 'number' ? wholeSeconds(given['expires']) : null
  return entryOf(text('ip'), text('mac'), text('intf'), given['permanent'] === true, expires)
}

function entryOf(
  ip: string,
  hardware: string,
  name: string,
  isPermanent: boolean,
  expires: number | null,
  state?: string,
): Row | null {
  const mac = macColumn(hardware)
  const kind: EntryKind = mac === null ? 'incomplete' : isPermanent ? 'own' : 'dynamic'
  const states = state ? [state] : isPermanent ? ['permanent'] : []
  return entry({ ip: anyIp(ip), mac, kind, interface: name, expiresSeconds: expires, states })
}
