import { parseIpv4 } from '../../wire/ipv4.js'
import type { Family, Prefix } from '../model.js'

/** `10.0.0.0/24`, a bare address (its whole length), or `default`; null for anything else. */
export function parsePrefix(text: string, family: Family): Prefix | null {
  if (text === 'default' || text === 'all') return { ip: family === 4 ? '0.0.0.0' : '::', length: 0 }
  const [ip = '', length] = text.split('/')
  if (familyOf(ip) !== family) return null
  const whole = family === 4 ? 32 : 128
  const bits = length === undefined ? whole : Number(length)
  return Number.isInteger(bits) && bits >= 0 && bits <= whole ? { ip, length: bits } : null
}

/** The family of an address in its usual notation; null for text that is none. */
export function familyOf(ip: string): Family | null {
  if (parseIpv4(ip) !== null) return 4
  return isIpv6(ip) ? 6 : null
}

/** RFC 4291 section 2.2, with a zone (`%eth0`) or without. */
function isIpv6(text: string): boolean {
  const [address = '', ...zone] = text.split('%')
  if (zone.length > 1 || zone[0] === '') return false
  const halves = withoutIpv4(address).split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : halves.length === 1 && groups.length === 8
}

/** `::ffff:10.0.0.1` holds an IPv4 address in the place of two groups. */
function withoutIpv4(address: string): string {
  const at = address.lastIndexOf(':') + 1
  return at > 0 && parseIpv4(address.slice(at)) !== null ? `${address.slice(0, at)}0:0` : address
}
