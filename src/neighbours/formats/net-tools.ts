import { anyIp, entry, LEADS_NOWHERE, macColumn } from '../fields.js'
import type { Row, Section } from '../model.js'

/** Linux too: `arp -an` and `arp -n` of net-tools (`arp.c`, arp_disp and arp_disp_2), and `/proc/net/arp`, which they read. */
export const netTools: readonly Section[] = [
  { heading: /^Address\s+HWtype\s+HWaddress\s+Flags Mask\s+Iface/i, row: table },
  { heading: /^IP address\s+HW type\s+Flags\s+HW address\s+Mask\s+Device/i, row: proc },
  { heading: null, row: bsdStyle },
]

/** `10.0.0.240  ether  02:00:00:00:00:02  CM  eth1`, or `10.0.0.9  (incomplete)  eth1`. */
function table(line: string): Row | null {
  const words = line.split(/\s+/)
  const [ip = '', type = '', hardware = '', flags = ''] = words
  const name = words.at(-1) ?? ''
  if (/^\(incomplete\)$/.test(type)) return entryOf(ip, type, name, false)
  return entryOf(ip, hardware, name, flags.includes('M'))
}

const ATF_COM = 0x02 // include/uapi/linux/if_arp.h
const ATF_PERM = 0x04

/** `10.0.0.240  0x1  0x2  02:00:00:00:00:02  *  eth1`. */
function proc(line: string): Row | null {
  const [ip = '', , flags = '', hardware = '', , name = ''] = line.split(/\s+/)
  const bits = Number.parseInt(flags, 16)
  return entryOf(ip, bits & ATF_COM ? hardware : '-', name, (bits & ATF_PERM) !== 0)
}

/** `? (10.0.0.240) at 02:00:00:00:00:02 [ether] PERM on eth1`, with more blanks of BusyBox: what BSD prints as well has no type of hardware before the interface. */
function bsdStyle(line: string): Row | null {
  const [, ip = '', hardware = '', marks = '', name = ''] =
    /^\S+ \(([^)\s]+)\) at (?:(<[a-z_]+>|[\da-f:]+ \[\w+\]))((?: [A-Z]+)*) on (\S+)/i.exec(line.replace(/\s+/g, ' ')) ??
    []
  return name === '' ? null : entryOf(ip, hardware.split(' ')[0]!, name, marks.includes('PERM'))
}

function entryOf(ip: string, hardware: string, name: string, isPermanent: boolean): Row | null {
  if (hardware === '<from_interface>') return anyIp(ip) === null ? null : LEADS_NOWHERE
  const mac = macColumn(hardware)
  const states = isPermanent ? ['PERMANENT'] : []
  return entry({
    ip: anyIp(ip),
    mac,
    ...(mac !== null && isPermanent ? { kind: 'static' } : {}),
    interface: name,
    states,
  })
}
