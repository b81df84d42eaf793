import { anyIp, entry, exactly, macColumn, secondsIn } from '../fields.js'
import type { EntryKind, Format, Row } from '../model.js'

/**
 * IOS XR: `show arp`, one table for each line card, and `show ipv6 neighbors`. Cisco, "IP Addresses and Services Command Reference for
 * Cisco ASR 9000 Series Routers".
 */
export const ciscoXr: Format = {
  id: 'cisco-xr',
  sections: [
    { heading: /^Address\s+Age\s+Hardware Addr\s+State\s+Type\s+Interface/i, row: arp },
    { heading: /^IPv6 Address\s+Age Link-layer Addr\s+State Interface\s+Location/i, row: ipv6 },
    // `show arp | include 10.0.0.240` prints no heading
    { heading: null, row: (line) => (line.split(/\s+/)[4] === 'ARPA' ? arp(line) : null) },
  ],
}

/** `10.0.0.240  01:25:23  0200.0000.0002  Dynamic  ARPA  Bundle-Ether1.10`. */
function arp(line: string): Row | null {
  const [ip = '', age = '', hardware = '', state = '', , name = null] = line.split(/\s+/)
  if (age !== '-' && secondsIn(age) === null) return null
  const mac = /^incomplete$/i.test(state) ? null : macColumn(hardware)
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac === null ? {} : { kind: kindOf(state) }),
    interface: name,
    age: exactly(secondsIn(age)),
    states: /^(?:dynamic|interface|static)$/i.test(state) ? [] : [state],
  })
}

function kindOf(state: string): EntryKind {
  // Standby: an address of VRRP or HSRP that the device has
  if (/^(?:interface|standby)$/i.test(state)) return 'own'
  if (/^(?:static|alias)$/i.test(state)) return 'static'
  return /evpn|sync/i.test(state) ? 'remote' : 'dynamic'
}

/** `2001:db8::240  110  0200.0000.0002 REACH Gi0/0/0/0  0/0/CPU0`: the manual calls the age minutes, some versions print seconds. */
function ipv6(line: string): Row | null {
  const [ip = '', age = '', hardware = '', state = '', name = null] = line.split(/\s+/)
  const mac = state === 'INCMP' ? null : (macColumn(hardware) ?? undefined)
  const count = /^\d{1,7}$/.test(age) ? Number(age) : null
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && age === '-' ? { kind: 'static' as const } : {}),
    interface: name,
    age: count === null ? null : { atLeast: count, atMost: count * 60 + 59 },
    states: state === '' ? [] : [state],
  })
}
