/** An IPv4 address as a uint32 in host order of reading: 10.0.0.1 is 0x0a000001. */
export type Ipv4 = number

const [DOT, ZERO] = [0x2e, 0x30]

/** Why no machine can hold this address and answer ARP for it; null where one can. RFC 6890, RFC 5771, RFC 1112. */
export function whyNoHost(ip: Ipv4): string | null {
  const first = ip >>> 24
  if (first === 0) return '0.0.0.0/8 names no host'
  if (first === 127) return '127.0.0.0/8 is loopback'
  if (first >= 224) return ip === 0xffffffff ? 'it is the broadcast address' : '224.0.0.0/3 is multicast or reserved'
  return null
}

export function formatIpv4(ip: Ipv4): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`
}

/** Four decimal octets without leading zeros; `null` for anything else. */
export function parseIpv4(text: string): Ipv4 | null {
  let [ip, octet, digits, octets] = [0, 0, 0, 1]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === DOT) {
      if (digits === 0 || octets === 4) return null
      ip = ip * 256 + octet
      octet = digits = 0
      octets += 1
      continue
    }
    const digit = unit - ZERO
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return null
    octet = octet * 10 + digit
    digits += 1
    if (octet > 255) return null
  }
  return octets === 4 && digits > 0 ? ip * 256 + octet : null
}
