import { anyIp, anyMac, entry, portEntry } from '../fields.js'
import type { EntryKind, Format, Row } from '../model.js'

/**
 * RouterOS 6 and 7: `/ip arp print`, `/ipv6 neighbor print`, `/interface bridge host print`. MikroTik, "RouterOS documentation": ARP,
 * IPv6 Neighbor Discovery, Bridging and Switching. No age is printed.
 */
export const mikrotik: Format = {
  id: 'mikrotik',
  sections: [
    { heading: /^#\s+ADDRESS\s+MAC-ADDRESS\s+INTERFACE/, row: arp },
    { heading: /^#\s+MAC-ADDRESS\s+(?:VID\s+)?ON-INTERFACE/, row: bridgeHost },
    { heading: null, row: ipv6 },
  ],
}

/** `0 DC 10.0.0.240  02:00:00:00:00:02  bridge1  reachable`; without D it was written by hand, without a MAC nobody answered. */
function arp(line: string): Row | null {
  const words = line.split(/\s+/)
  const at = words.findIndex((word) => anyIp(word) !== null)
  if (at < 1) return null
  const flags = words.slice(1, at).join('')
  const mac = anyMac(words[at + 1] ?? '')
  const [name = null, state] = words.slice(mac === null ? at + 1 : at + 2)
  const dead = state === 'failed' || state === 'incomplete'
  const kind: EntryKind = mac === null || dead ? 'incomplete' : flags.includes('D') ? 'dynamic' : 'static'
  return entry({
    ip: anyIp(words[at]!),
    mac: dead ? null : mac,
    kind,
    interface: name,
    states: state === undefined ? [] : [state],
  })
}

/** `0   address=2001:db8::240 interface=bridge1 mac-address=02:00:00:00:00:02 router=no status="stale"`. */
function ipv6(line: string): Row | null {
  const value = (name: string) => new RegExp(`(?:^|\\s)${name}="?([^\\s"]+)`).exec(line)?.[1] ?? null
  const address = value('address')
  if (address === null || value('interface') === null) return null
  const status = value('status')
  const mac = status === 'failed' || status === 'incomplete' ? null : anyMac(value('mac-address') ?? '')
  return entry({ ip: anyIp(address), mac, interface: value('interface'), states: status === null ? [] : [status] })
}

/** `0 D  02:00:00:00:00:02  10  ether3  bridge1`. */
function bridgeHost(line: string, heading: string): Row | null {
  const words = line.split(/\s+/)
  const at = words.findIndex((word) => anyMac(word) !== null)
  if (at < 1) return null
  const hasVlan = /\bVID\b/.test(heading) && /^\d+$/.test(words[at + 1] ?? '')
  const kind = words.slice(1, at).join('').includes('D') ? 'dynamic' : 'static'
  return portEntry(anyMac(words[at]!), hasVlan ? words[at + 1]! : '', words[at + (hasVlan ? 2 : 1)], kind)
}
