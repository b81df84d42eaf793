export * as ETHERTYPE from './ether-type.js'

/** IEEE 802.3 section 3.1: destination, source, EtherType or length (at most 1500). */
export const ETHERNET = { dst: 0, src: 6, type: 12, headerLength: 14, tagLength: 4, maxLength: 1500 } as const

/** RFC 826, "Packet format", for Ethernet and IPv4: offsets from the start of the ARP packet. */
export const ARP = {
  hrd: 0,
  pro: 2,
  hln: 4,
  pln: 5,
  op: 6,
  sha: 8,
  spa: 14,
  tha: 18,
  tpa: 24,
  length: 28,
  headerLength: 8,
} as const

/** RFC 826, "Definitions". */
export const ARP_HARDWARE_ETHERNET = 1
export const ARP_PROTOCOL_IPV4 = 0x0800
export const ARP_REQUEST = 1
export const ARP_REPLY = 2
