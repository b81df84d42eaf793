import { anyIp, aroundMac, entry, macColumn, minutes, portEntry } from '../fields.js'
import type { Format, PortEntry, Row } from '../model.js'

/** An address of the device itself, a virtual one of its own, or a static entry: no age (`-`). */
const NO_AGE = '-'

/**
 * IOS and IOS XE: `show ip arp` (and `show arp`), `show ipv6 neighbors`, `show mac address-table` in the shapes of Catalyst switches.
 * Cisco, "IP Addressing: ARP Configuration Guide" and "Cisco IOS IPv6 Command Reference" show them.
 */
export const ciscoIos: Format = {
  id: 'cisco-ios',
  sections: [
    { heading: /^Protocol\s+Address\s+Age ?\(min\)\s+Hardware Addr\s+Type\s+Interface/i, row: arp },
    { heading: /^IPv6 Address\s+Age Link-layer Addr\s+State Interface$/i, row: ipv6 },
    { heading: /^Vlan\s+Mac Address\s+Type\s+Ports$/i, row: macTable(1) },
    { heading: /^vlan\s+mac address\s+type\s+learn\s+age\s+ports/i, row: macTable(3) }, // of the 6500 and 7600
    { heading: /^vlan\s+mac address\s+type\s+protocols\s+port/i, row: macTable(2) }, // of the 4500
    { heading: /^Destination Address\s+Address Type\s+VLAN\s+Destination Port/i, row: etherSwitch },
    // `show ip arp | include 10.0.0.240` prints no heading
    { heading: null, row: (line) => (/\sARPA\b/.test(line) ? arp(line) : null) },
  ],
}

/** `Internet  10.0.0.240  4  0200.0000.0002  ARPA  Vlan10`. */
function arp(line: string): Row | null {
  const [protocol, ip = '', age = '', hardware = '', type, name = null] = line.split(/\s+/)
  if (protocol !== 'Internet') return null
  const mac = macColumn(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === NO_AGE ? { kind: 'own' as const } : {}),
    interface: name,
    age: minutes(age),
    states: mac === null ? [hardware] : type === undefined || type === 'ARPA' ? [] : [type],
  })
}

/** `2001:DB8::240  4 0200.0000.0002  STALE Vl10`; where a link needs no MAC, `-` stands for it. */
function ipv6(line: string): Row | null {
  const [ip = '', age = '', hardware = '', state = '', name = null] = line.split(/\s+/)
  const mac = state === 'INCMP' ? null : (macColumn(hardware) ?? undefined)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === NO_AGE ? { kind: 'static' as const } : {}),
    interface: name,
    age: minutes(age),
    states: state === '' ? [] : [state],
  })
}

/** `*   10    0200.0000.0002    DYNAMIC  …  Gi1/0/3`: the port stands so many words behind the MAC. */
function macTable(portAt: number): (line: string) => Row | null {
  return (line) => {
    const { before = [], mac = null, after = [] } = aroundMac(line) ?? {}
    return portEntry(mac, before.at(-1) ?? '', after[portAt], kindOf(after[0] ?? ''))
  }
}

/** `0200.0000.0002   Dynamic   10   FastEthernet1/5`. */
function etherSwitch(line: string): Row | null {
  const { mac = null, after = [] } = aroundMac(line) ?? {}
  const [type = '', vlan = '', port] = after
  return portEntry(mac, vlan, port, kindOf(type))
}

/** `CP_LEARN` came by EVPN; what is none of both is the switch's own, or configured. */
function kindOf(type: string): PortEntry['kind'] {
  if (/^dynamic$/i.test(type)) return 'dynamic'
  return /^cp_/i.test(type) ? 'remote' : 'static'
}
