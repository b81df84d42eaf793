import { anyIp, anyMac, entry, exactly, portEntry, secondsIn } from '../fields.js'
import type { Format, Row } from '../model.js'

const NO_AGE = '-'

/**
 * NX-OS: `show ip arp`, `show ipv6 neighbor` (an address too long for its column stands on a line of its own), `show mac
 * address-table`. Cisco, "Nexus 9000 Series NX-OS Unicast Routing" and "Layer 2 Switching Configuration Guide" show them.
 */
export const ciscoNxos: Format = {
  id: 'cisco-nxos',
  sections: [
    { heading: /^Address\s+Age\s+MAC Address\s+Interface/i, row: arp },
    { heading: /^Address\s+Age\s+MAC Address\s+Pref\s+Source\s+Interface/i, row: ipv6 },
    { heading: /^\s*VLAN\s+MAC Address\s+Type\s+age\s+Secure\s+NTFY\s+Ports/i, row: macTable },
  ],
}

/** `10.0.0.240  00:12:32  0200.0000.0002  Vlan10  +`. */
function arp(line: string): Row | null {
  const [ip = '', age = '', hardware = '', name = null] = line.split(/\s+/)
  return entryOf(ip, age, hardware, name)
}

/** `2001:db8::240  00:00:41  0200.0000.0002  50  icmpv6  Vlan10`. */
function ipv6(line: string): Row | null {
  const [ip = '', age = '', hardware = '', , , name = null] = line.split(/\s+/)
  return entryOf(ip, age, hardware, name)
}

function entryOf(ip: string, age: string, hardware: string, name: string | null): Row | null {
  const mac = anyMac(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === NO_AGE ? { kind: 'own' as const } : {}),
    interface: name,
    age: exactly(secondsIn(age)),
    states: mac === null ? [hardware] : [],
  })
}

/** `*    10     0200.0000.0002   dynamic  0         F      F    Eth1/3`; `G`, `C` and `+` in front are marks too. */
function macTable(line: string): Row | null {
  const [vlan = '', mac = '', type = '', , , , port] = line
    .replace(/^[^\d\s-]\s*/, '')
    .trim()
    .split(/\s+/)
  return portEntry(anyMac(mac), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}
