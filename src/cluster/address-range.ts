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

/** The address of a number, as people write it. */
export function addressText(family: 4 | 6, value: bigint): string {
  const bytes = family === 4 ? 4 : 16
  const hex = value.toString(16).padStart(bytes * 2, '0')
  const octets = Array.from({ length: bytes }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
  return ipaddr.fromByteArray(octets).toString()
}

interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

function parseAddress(text: string): Address | null {
  return parseQuad(text) ?? parseAny(text)
}

const OCTETS: ReadonlyMap<string, number> = new Map(Array.from({ length: 256 }, (_, octet) => [String(octet), octet]))

/** Nearly every address is four plain octets; the parser of all that is an address takes many times as long. */
function parseQuad(text: string): Address | null {
  const octets = text.split('.')
  if (octets.length !== 4) return null
  let value = 0
  for (const one of octets) {
    const octet = OCTETS.get(one)
    if (octet === undefined) return null
    value = value * 256 + octet
  }
  return { family: 4, value: BigInt(value) }
}

function parseAny(text: string): Address | null {
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
