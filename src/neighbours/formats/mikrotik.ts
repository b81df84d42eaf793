import { anyIp, anyMac, aroundMac, entry, LEADS_NOWHERE, macColumn, portEntry, vrfName } from '../fields.js'
import type { EntryKind, Format, NeighbourEntry, Row } from '../model.js'

/**
 * RouterOS 6 and 7: `/ip arp print`, `/ipv6 neighbor print`, both with `detail` and `terse` too, `/interface bridge host print`. MikroTik,
 * "RouterOS documentation": ARP, IPv6 Neighbor Discovery, Bridging and Switching. No age is printed.
 */
export const mikrotik: Format = {
  id: 'mikrotik',
  sections: [
    { heading: /^#\s+ADDRESS\s(?=.*\bMAC-ADDRESS\b)(?=.*\bINTERFACE\b)/, row: arp },
    { heading: /^(?:#\s+)?(?:BRIDGE\s+)?MAC-ADDRESS\s+(?:VID\s+)?ON-INTERFACE/, row: bridgeHost },
    { heading: null, row: detail },
  ],
}

/** `0 DC 10.0.0.240  02:00:00:00:00:02  bridge1  [main]  reachable`. */
function arp(line: string, heading: string): Row | null {
  const words = line.split(/\s+/)
  const at = words.findIndex((word) => anyIp(word) !== null)
  if (at < 1) return null
  const rest = words.slice(at + 1)
  // only the MAC may be missing
  const hasMac = rest.some((word) => anyMac(word) !== null)
  const columns = heading
    .split(/\s+/)
    .slice(2)
    .filter((column) => hasMac || column !== 'MAC-ADDRESS')
  const value = (name: string) => rest[columns.indexOf(name)]
  return entryOf(words[at]!, hasMac ? macColumn(value('MAC-ADDRESS') ?? '') : null, words.slice(1, at).join(''), {
    interface: value('INTERFACE') ?? null,
    vrf: vrfName(value('VRF')),
    status: value('STATUS') ?? null,
  })
}

/**
 * `0 DC address=10.0.0.240 mac-address=02:00:00:00:00:02 interface=bridge1 published=no status="stale" vrf=main`; what begins with another
 * name is a neighbour of discovery, or a lease.
 */
function detail(line: string): Row | null {
  const [, flags = '', address = null] =
    /^\d+\s+([A-Z\s]*)(?:;;;\s.*?\s|comment=.*?\s)?address=([^\s/]+)\s/.exec(line) ?? []
  const value = (name: string) => new RegExp(`\\s${name}="?([^\\s"]+)`).exec(line)?.[1] ?? null
  const name = value('interface')
  if (address === null || name === null) return null
  const mac = macColumn(value('mac-address') ?? '-')
  return entryOf(address, mac, flags, {
    interface: name,
    vrf: vrfName(value('vrf') ?? undefined),
    status: value('status'),
  })
}

/** Without D it was written by hand, with H the DHCP server put it there; without a MAC nobody answered. */
function entryOf(
  address: string,
  given: number | null | undefined,
  flags: string,
  { status, ...where }: Pick<NeighbourEntry, 'interface' | 'vrf'> & { readonly status: string | null },
): Row | null {
  if (/[XI]/.test(flags)) return LEADS_NOWHERE
  const mac = status === 'failed' || status === 'incomplete' ? null : given
  const isLearnt = address.includes(':') ? status !== 'permanent' : flags.includes('D') && !flags.includes('H')
  const kind: EntryKind = mac === null ? 'incomplete' : isLearnt ? 'dynamic' : 'static'
  return entry({ ip: anyIp(address), mac, kind, ...where, states: status === null ? [] : [status] })
}

/** `0 D  02:00:00:00:00:02  10  ether3  bridge1`; L is the bridge itself, and older versions mark no D. */
function bridgeHost(line: string, heading: string): Row | null {
  const { before = [], mac = null, after = [] } = aroundMac(line) ?? {}
  const hasVlan = /\bVID\b/.test(heading) && /^\d+$/.test(after[0] ?? '')
  const flags = before.filter((word) => /^[A-Z]+$/.test(word)).join('')
  const isLearnt = !flags.includes('L') && (flags.includes('D') || !heading.startsWith('#'))
  return portEntry(mac, hasVlan ? after[0]! : '', after[hasVlan ? 1 : 0], isLearnt ? 'dynamic' : 'static')
}
