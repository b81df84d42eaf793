import { anyIp, anyMac, entry, macColumn, portEntry, vlanId } from '../fields.js'
import type { Format, Row } from '../model.js'

/**
 * SONiC: `show arp`, `show ndp`, `show mac` (sonic-utilities `scripts/nbrshow` and `scripts/fdbshow`, and its Command-Reference.md); `show ip
 * arp` of its management framework.
 */
export const sonic: Format = {
  id: 'sonic',
  sections: [
    { heading: /^Address\s+MacAddress\s+Iface\s+Vlan/i, row: neighbour },
    { heading: /^Address\s+Hardware address\s+Interface\s+Egress Interface/i, row: framework },
    { heading: /^No\.\s+Vlan\s+MacAddress\s+Port\s+Type/i, row: mac },
  ],
}

/** `10.0.0.240  02:00:00:00:00:02  Ethernet0  10`, `-` for a port that is not known, and the kernel's state behind it for IPv6. */
function neighbour(line: string): Row | null {
  const [ip = '', hardware = '', name = null, vlan = '', state] = line.split(/\s+/)
  const vid = vlanId(vlan)
  return entry({
    ip: anyIp(ip),
    mac: macColumn(hardware),
    interface: vid === null ? name : `Vlan${vid}`,
    port: vid === null || name === '-' ? null : name,
    states: state === undefined ? [] : [state],
  })
}

/** `10.0.0.240  02:00:00:00:00:02  Vlan20  Ethernet0`; Dell OS10 has the same heading, and writes its interfaces small. */
function framework(line: string): Row | null {
  const [ip = '', hardware = '', name = '', port = null] = line.split(/\s+/)
  if (!/^[A-Z]/.test(name)) return null
  return entry({ ip: anyIp(ip), mac: macColumn(hardware), interface: name, port: port === name ? null : port })
}

/** `    1    10  02:00:00:00:00:02  Ethernet0  Dynamic`. */
function mac(line: string): Row | null {
  const [, vlan = '', address = '', port, type = ''] = line.split(/\s+/)
  return portEntry(anyMac(address), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}
