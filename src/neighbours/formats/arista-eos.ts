import { anyIp, anyMac, entry, exactly, minutes, portEntry, secondsIn } from '../fields.js'
import type { Age, Format, Row } from '../model.js'

/**
 * EOS: `show ip arp` (in minutes on older versions, then as `0:00:17`), `show ipv6 neighbors`, `show mac address-table`. Arista,
 * "EOS User Manual", IPv4, IPv6 and "Data Transfer" chapters.
 */
export const aristaEos: Format = {
  id: 'arista-eos',
  sections: [
    { heading: /^Address\s+Age \((?:min|sec)\)\s+Hardware Addr\s+Interface/i, row: arp },
    { heading: /^IPv6 Address\s+Age\s+Hardware Addr\s+State\s+Interface/i, row: ipv6 },
    { heading: /^Vlan\s+Mac Address\s+Type\s+Ports\s+Moves\s+Last Move/i, row: macTable },
  ],
}

/** `10.0.0.240  0:12:32  0200.0000.0002  Vlan10, Port-Channel2`; `not learned` for a port that is not known. */
function arp(line: string, heading: string): Row | null {
  const [ip = '', age = '', hardware = '', ...where] = line.split(/\s+/)
  return entryOf(ip, ageOf(age, heading), age, hardware, where, [])
}

/** `2001:db8::240  0:26:04 0200.0000.0002 REACH Vl10`. */
function ipv6(line: string, heading: string): Row | null {
  const [ip = '', age = '', hardware = '', state = '', ...where] = line.split(/\s+/)
  return entryOf(ip, ageOf(age, heading), age, hardware, where, [state])
}

function entryOf(
  ip: string,
  age: Age | null,
  printed: string,
  hardware: string,
  where: readonly string[],
  states: readonly string[],
): Row | null {
  const [name, port] = where.join(' ').split(/,\s*/)
  const mac = anyMac(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    // of a static entry no age is known
    ...(mac !== null && /^(?:-|N\/A)$/i.test(printed) ? { kind: 'static' as const } : {}),
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

/** `  10  0200.0000.0002  DYNAMIC  Et3  1  0:08:16 ago`. */
function macTable(line: string): Row | null {
  const [vlan = '', mac = '', type = '', port] = line.split(/\s+/)
  return portEntry(anyMac(mac), vlan, port, /static/i.test(type) ? 'static' : 'dynamic')
}
