import ipaddr from 'ipaddr.js'

/** An inclusive range of addresses of one family, as numbers. */
export interface AddressRange {
  readonly family: 4 | 6
  readonly from: bigint
  readonly to: bigint
}

/** Reads a CIDR (`192.168.1.240/28`), a range (`10.0.0.1-10.0.0.9`) or one address; null for anything else. */
export function parseAddressRange(text: string): AddressRange | null {
  const ends = text.split('-').map((end) => end.trim())
  if (ends.length === 2) return between(parseAddress(ends[0]!), parseAddress(ends[1]!))
  return ends.length === 1 ? parseCidr(ends[0]!) : null
}

/** Whether any of the ranges holds the address; false for text that is no address. */
export function holdsAddress(ranges: readonly AddressRange[], ip: string): boolean {
  const address = parseAddress(ip)
  if (address === null) return false
  return ranges.some(
    ({ family, from, to }) => family === address.family && from <= address.value && address.value <= to,
  )
}

interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

function parseAddress(text: string): Address | null {
  if (!ipaddr.isValid(text)) return null
  const parsed = ipaddr.parse(text)
  const hex = parsed.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'))
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, value: BigInt(`0x${hex.join('')}`) }
}

function between(from: Address | null, to: Address | null): AddressRange | null {
  if (!from || !to || from.family !== to.family || from.value > to.value) return null
  return { family: from.family, from: from.value, to: to.value }
}

function parseCidr(text: string): AddressRange | null {
  const [base, length] = text.split('/')
  const address = parseAddress(base ?? '')
  if (!address || (length !== undefined && !/^\d{1,3}$/.test(length))) return null
  const bits = address.family === 4 ? 32 : 128
  const prefix = length === undefined ? bits : Number(length)
  if (prefix > bits) return null
  const size = 1n << BigInt(bits - prefix)
  const from = (address.value / size) * size
  return { family: address.family, from, to: from + size - 1n }
}
