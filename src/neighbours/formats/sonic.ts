import { anyIp, anyMac, entry, portEntry, vlanId } from '../fields.js'
import type { Format, Row } from '../model.js'

/** SONiC: `show arp`, `show ndp`, `show mac` (sonic-utilities `scripts/nbrshow` and `scripts/fdbshow`, and its Command-Reference.md). */
export const sonic: Format = {
  id: 'sonic',
  sections: [
    { heading: /^Address\s+MacAddress\s+Iface\s+Vlan/i, row: neighbour },
    { heading: /^No\.\s+Vlan\s+MacAddress\s+Port\s+Type/i, row: mac },
  ],
}

/** `10.0.0.240  02:00:00:00:00:02  Ethernet0  10`, and the kernel's state behind it for IPv6. */
function neighbour(line: string): Row | null {
  const [ip = '', hardware = '', name = null, vlan = '', state] = line.split(/\s+/)
  const vid = vlanId(vlan)
  return entry({
    ip: anyIp(ip),
    mac: anyMac(hardware),
    interface: vid === null ? name : `Vlan${vid}`,
    port: vid === null ? null : name,
    states: state === undefined ? [] : [state],
  })
}

/** `    1    10  02:00:00:00:00:02  Ethernet0  Dynamic`. */
function mac(line: string): Row | null {
  const [, vlan = '', address = '', port, type = ''] = line.split(/\s+/)
  return portEntry(anyMac(address), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}
