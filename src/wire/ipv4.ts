/** An IPv4 address as a uint32 in host order of reading: 10.0.0.1 is 0x0a000001. */
export type Ipv4 = number

const OCTET = /^(?:0|[1-9]\d{0,2})$/

export function formatIpv4(ip: Ipv4): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`
}

/** Four decimal octets without leading zeros; `null` for anything else. */
export function parseIpv4(text: string): Ipv4 | null {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return null
  return octets.reduce((ip, octet) => ip * 256 + Number(octet), 0)
}
