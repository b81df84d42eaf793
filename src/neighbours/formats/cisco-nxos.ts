import { anyIp, aroundMac, entry, exactly, macColumn, portEntry, secondsIn, vrfName } from '../fields.js'
import type { Format, NeighbourEntry, Row } from '../model.js'

const NO_AGE = '-'
/** Marks of an entry that a control plane put there: L2RIB, another VTEP, the vPC peer. */
const BY_OTHERS = /^(?:CP|PS|RO|R)$/

/**
 * NX-OS: `show ip arp`, with `detail` and `vrf` too, `show ipv6 neighbor` (an address too long for its column stands on a line of its own),
 * `show mac address-table`. Cisco, "Nexus 9000 Series NX-OS Unicast Routing" and "Layer 2 Switching Configuration Guide" show them.
 */
export const ciscoNxos: Format = {
  id: 'cisco-nxos',
  sections: [
    { heading: /^Address\s+Age\s+MAC Address\s+Interface/i, row: arp },
    { heading: /^Address\s+Age\s+MAC Address\s+Pref\s+Source\s+Interface/i, row: ipv6 },
    { heading: /^VLAN\s+MAC Address\s+Type\s+age\s+Secure\s+NTFY\s+Ports/i, row: macTable(4) },
    { heading: /^VLAN\s+MAC Address\s+Type\s+Age\s+Port$/i, row: macTable(2) }, // of the 5000 and 1000V
  ],
}

/** `10.0.0.240  00:12:32  0200.0000.0002  Vlan10  [port-channel1]  [+]  [blue]`. */
function arp(line: string, heading: string): Row | null {
  const [ip = '', age = '', hardware = '', name = null, ...rest] = line.split(/\s+/)
  const vrf = /\bVRF Name$/i.test(heading) ? vrfName(rest.pop()) : null
  const port = /\bPhysical Interface\b/i.test(heading) ? (rest.shift() ?? null) : null
  return entryOf(ip, age, hardware, rest, { interface: name, vrf, port: port === name ? null : port })
}

/** `2001:db8::240  00:00:41  0200.0000.0002  50  icmpv6  Vlan10`. */
function ipv6(line: string): Row | null {
  const [ip = '', age = '', hardware = '', , , name = null, ...marks] = line.split(/\s+/)
  return entryOf(ip, age, hardware, marks, { interface: name })
}

function entryOf(
  ip: string,
  age: string,
  hardware: string,
  marks: readonly string[],
  where: Partial<Pick<NeighbourEntry, 'interface' | 'vrf' | 'port'>>,
): Row | null {
  if (age !== NO_AGE && secondsIn(age) === null) return null
  const mac = macColumn(hardware)
  const byOthers = marks.filter((mark) => BY_OTHERS.test(mark))
  const kind = byOthers.length > 0 ? ('remote' as const) : age === NO_AGE ? ('own' as const) : null
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac === null || kind === null ? {} : { kind }),
    ...where,
    age: exactly(secondsIn(age)),
    states: mac === null ? [hardware] : byOthers,
  })
}

/** `*    10     0200.0000.0002   dynamic  0         F      F    Eth1/3`: the port stands so many words behind the MAC, and may be two words. */
function macTable(portAt: number): (line: string) => Row | null {
  return (line) => {
    const { before = [], mac = null, after = [] } = aroundMac(line) ?? {}
    const port = after.slice(portAt).join(' ')
    // C: learnt by the control plane; nve: at another VTEP
    const isRemote = before.includes('C') || port.startsWith('nve')
    const kind = isRemote ? 'remote' : /static/i.test(after[0] ?? '') ? 'static' : 'dynamic'
    return portEntry(mac, before.at(-1) ?? '', port, kind)
  }
}
