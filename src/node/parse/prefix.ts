import { isIP } from 'node:net'
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
  const family = isIP(ip)
  return family === 4 || family === 6 ? family : null
}
