import { anyIp, anyMac, entry, minutes, portEntry } from '../fields.js'
import type { Format, Row } from '../model.js'

/** An address of the device itself, a virtual one of its own, or a static entry: no age (`-`). */
const NO_AGE = '-'

/**
 * IOS and IOS XE: `show ip arp` (and `show arp`), `show ipv6 neighbors`, `show mac address-table` in the two shapes of Catalyst
 * switches. Cisco, "IP Addressing: ARP Configuration Guide" and "Cisco IOS IPv6 Command Reference" show them.
 */
export const ciscoIos: Format = {
  id: 'cisco-ios',
  sections: [
    { heading: /^Protocol\s+Address\s+Age \(min\)\s+Hardware Addr/i, row: arp },
    { heading: /^IPv6 Address\s+Age Link-layer Addr\s+State Interface/i, row: ipv6 },
    { heading: /^\s*Vlan\s+Mac Address\s+Type\s+Ports\s*$/i, row: macTable },
    { heading: /^\s*vlan\s+mac address\s+type\s+learn\s+age\s+ports/i, row: macTableOfRouter },
  ],
}

/** `Internet  10.0.0.240  4  0200.0000.0002  ARPA  Vlan10`. */
function arp(line: string): Row | null {
  const [protocol, ip = '', age = '', hardware = '', type, name = null] = line.split(/\s+/)
  if (protocol !== 'Internet') return null
  const mac = anyMac(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === NO_AGE ? { kind: 'own' as const } : {}),
    interface: name,
    age: minutes(age),
    states: mac === null ? [hardware] : type === undefined || type === 'ARPA' ? [] : [type],
  })
}

/** `2001:DB8::240  4 0200.0000.0002  STALE Vl10`. */
function ipv6(line: string): Row | null {
  const [ip = '', age = '', hardware = '', state = '', name = null] = line.split(/\s+/)
  const mac = state === 'INCMP' ? null : anyMac(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === NO_AGE ? { kind: 'static' as const } : {}),
    interface: name,
    age: minutes(age),
    states: state === '' ? [] : [state],
  })
}

/** `  10    0200.0000.0002    DYNAMIC     Gi1/0/3`. */
function macTable(line: string): Row | null {
  const [vlan = '', mac = '', type = '', port] = line.replace(/^\*/, '').trim().split(/\s+/)
  return portEntry(anyMac(mac), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}

/** `*   10  0200.0000.0002   dynamic  Yes          5   Gi1/3`, of the 6500 and 7600. */
function macTableOfRouter(line: string): Row | null {
  const [vlan = '', mac = '', type = '', , , port] = line
    .replace(/^[*S R]+(?=\s*\d)/, '')
    .trim()
    .split(/\s+/)
  return portEntry(anyMac(mac), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}
