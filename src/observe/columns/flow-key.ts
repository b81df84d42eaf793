/**
 * The key of a flow: the first 42 bytes of its frames as they are on the wire, untagged and on Ethernet (RFC 826: what is left of
 * them is padding), and its VLAN stack. The places of bytes, then columns of 32-bit words.
 */
export const ethernet = 0
/** EtherType, hrd, pro, hln and pln: the same in all keys. */
export const type = 12
/** Opcode, sha, spa, tha, tpa. */
export const arp = 20
export const tpa = 38

export const stack = 11
export const width = 12
/** Whoever reads the frames knows as well: its bits of flow-kind.ts, and what copies.ts counts. */
export const kind = 12
export const copies = 13
export const knownWidth = 16
