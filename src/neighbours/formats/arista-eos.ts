import { anyIp, aroundMac, entry, exactly, minutes, portEntry, secondsIn } from '../fields.js'
import type { Age, Format, PortEntry, Row } from '../model.js'

/**
 * EOS: `show ip arp` (in minutes on older versions, then as `0:00:17`), `show ipv6 neighbors`, `show mac address-table`. Arista,
 * "EOS User Manual", IPv4, IPv6 and "Data Transfer" chapters.
 */
export const aristaEos: Format = {
  id: 'arista-eos',
  sections: [
    { heading: /^Address\s+Age \((?:min|sec)\)\s+Hardware Addr\s+Interface/i, row: arp },
    { heading: /^IPv6 Address\s+Age\s+Hardware Addr\s+(?:State\s+)?Interface/i, row: ipv6 },
    { heading: /^Vlan\s+Mac Address\s+Type\s+Ports\s+Moves\s+Last Move/i, row: macTable },
    { heading: /^VLAN\s+Mac Address\s+Type\s+Prt\s+VTEP\s/i, row: vxlanTable },
  ],
}

/** `10.0.0.240  0:12:32  0200.0000.0002  Vlan10, Port-Channel2`; `not learned` for a port that is not known. */
function arp(line: string, heading: string): Row | null {
  return entryOf(line, heading, [])
}

/** `2001:db8::240  0:26:04 0200.0000.0002 REACH Vl10`, without the state on older versions. */
function ipv6(line: string, heading: string): Row | null {
  if (!/\bState\b/i.test(heading)) return entryOf(line, heading, [])
  const state = aroundMac(line)?.after[0]
  return state === undefined ? null : entryOf(line.replace(` ${state} `, ' '), heading, [state])
}

function entryOf(line: string, heading: string, states: readonly string[]): Row | null {
  const { before = [], mac, after = [] } = aroundMac(line) ?? {}
  const [ip = '', ...printed] = before
  const age = ageOf(printed.join(' '), heading)
  const hasNoAge = /^(?:-|N\/A)$/i.test(printed.join(' '))
  if (age === null && !hasNoAge) return null
  const [name, port] = after.join(' ').split(/,\s*/)
  return entry({
    ip: anyIp(ip),
    mac,
    // without an age it came by EVPN, from another VTEP or of an Ethernet segment, or is static
    ...(hasNoAge ? { kind: /^(?:Vx|Port-Channel)/.test(port ?? '') ? ('remote' as const) : ('static' as const) } : {}),
    interface: name || null,
    port: port === undefined || port === 'not learned' ? null : port,
    age,
    states,
  })
}

function ageOf(text: string, heading: string): Age | null {
  return /\(min\)/i.test(heading)
    ? minutes(text)
    : exactly(secondsIn(text) ?? (/^\d{1,7}$/.test(text) ? Number(text) : null))
}

/** `10  0200.0000.0002  DYNAMIC  Et3  1  0:08:16 ago`. */
function macTable(line: string): Row | null {
  const { before = [], mac = null, after = [] } = aroundMac(line) ?? {}
  const [type = '', port] = after
  return portEntry(mac, before.at(-1) ?? '', port, kindOf(type, port))
}

/** `10  0200.0000.0002  EVPN  Vx1  10.255.0.2  1  0:08:16 ago`, of `show vxlan address-table`. */
function vxlanTable(line: string): Row | null {
  const { before = [], mac = null, after = [] } = aroundMac(line) ?? {}
  return portEntry(mac, before.at(-1) ?? '', after[2], 'remote')
}

/** Vx: learnt from another VTEP. */
function kindOf(type: string, port = ''): PortEntry['kind'] {
  if (/^Vx\d/.test(port)) return 'remote'
  return /static/i.test(type) ? 'static' : 'dynamic'
}
