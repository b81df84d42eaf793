/**
 * The key of a flow: the first 42 bytes of its frames as they are on the wire, untagged and on Ethernet (RFC 826: what is left of
 * them is padding), and its VLAN stack. The places of bytes, then columns of 32-bit words.
 *
 * Neighbour discovery has keys of the same form: a solicitation is a request, an advertisement a reply, and each IPv6 address has a
 * number (core/ips.ts) that stands where ARP has an IPv4 address. What no ARP has stands in place of hrd, pro, hln and pln.
 */
export const ethernet = 0
/** EtherType, hrd, pro, hln and pln: the same in all keys of ARP. */
export const type = 12
/** Of neighbour discovery: R, S and O as the wire has them, and `hasLinkAddress`. */
export const flags = 14
/** Opcode, sha, spa, tha, tpa. */
export const arp = 20
export const tpa = 38

/** The number of the VLAN stack, and `six` beside it. */
export const stack = 11
export const width = 12
export const bytes = width * 4
/** Whoever reads the frames knows as well: its bits of flow-kind.ts, and what copies.ts counts. */
export const kind = 12
export const copies = 13
export const knownWidth = 16
export const rowBytes = knownWidth * 4

/** Beside the number of a stack: it is about IPv6. */
export const six = 0x10000
/** The message says to which MAC its address belongs (SLLA, TLLA). */
export const hasLinkAddress = 1
/** RFC 4861 section 4.4. */
export const solicited = 0x40
export const overrides = 0x20
