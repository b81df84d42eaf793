import { type Mac, macPrefix } from './mac.js'

/** MAC blocks whose form alone says that a protocol, not a machine, owns them: [prefix, its bits, name of the rest]. */
const BLOCKS: readonly (readonly [prefix: number, bits: number, name: (rest: number) => string])[] = [
  [0x00005e0001, 40, (vrid) => `VRRP/CARP virtual router ${vrid}`], // RFC 9568 section 7.3
  [0x00005e0002, 40, (vrid) => `VRRPv3 IPv6 virtual router ${vrid}`],
  [0x00000c07ac, 40, (group) => `HSRP group ${group}`], // RFC 2281 section 5.2
  [0x00000c9ff, 36, (group) => `HSRPv2 group ${group}`],
  [0x000573a00, 36, (group) => `HSRPv2 IPv6 group ${group}`], // Cisco, "First Hop Redundancy Protocols Configuration Guide", HSRP for IPv6
  [0x0007b4, 24, (rest) => `GLBP group ${(rest >> 8) & 1023}, forwarder ${rest & 255}`],
]

/**
 * The group of a GLBP forwarder's MAC, 0007.b4XX.XXFF: six bits of zero, ten of the group, eight of the forwarder. The
 * gateway of a group answers one client with the MAC of one forwarder, the next with another's. Null for any other MAC.
 */
export function glbpGroup(mac: Mac): number | null {
  return macPrefix(mac, 24) === 0x0007b4 ? Math.floor(mac / 256) % 1024 : null
}

/** The MAC of a virtual router (RFC 9568 section 7.3); CARP has the first form for both families. */
export function virtualRouterMac(vrid: number, family: 4 | 6): Mac {
  return (family === 4 ? 0x00005e000100 : 0x00005e000200) + vrid
}

/** Its VRID, of either family; null for any other MAC. */
export function vridOf(mac: Mac): number | null {
  const block = macPrefix(mac, 40)
  return block === 0x00005e0001 || block === 0x00005e0002 ? mac % 256 : null
}

/** `VRRP/CARP virtual router 51` and the like; null for a MAC of a machine. */
export function virtualRouterName(mac: Mac): string | null {
  for (const [prefix, bits, name] of BLOCKS) {
    if (macPrefix(mac, bits) === prefix) return name(mac % 2 ** (48 - bits))
  }
  return null
}
