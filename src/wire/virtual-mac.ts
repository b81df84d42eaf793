import { type Mac, macPrefix } from './mac.js'

/** MAC blocks whose form alone says that a protocol, not a machine, owns them: [prefix, its bits, name of the rest]. */
const BLOCKS: readonly (readonly [prefix: number, bits: number, name: (rest: number) => string])[] = [
  [0x00005e0001, 40, (vrid) => `VRRP/CARP virtual router ${vrid}`], // RFC 9568 section 7.3
  [0x00005e0002, 40, (vrid) => `VRRPv3 IPv6 virtual router ${vrid}`],
  [0x00000c07ac, 40, (group) => `HSRP group ${group}`], // RFC 2281 section 5.2
  [0x00000c9ff, 36, (group) => `HSRPv2 group ${group}`],
  [0x0007b4, 24, (rest) => `GLBP forwarder ${rest & 255}`],
]

/** `VRRP/CARP virtual router 51` and the like; null for a MAC of a machine. */
export function virtualRouterName(mac: Mac): string | null {
  for (const [prefix, bits, name] of BLOCKS) {
    if (macPrefix(mac, bits) === prefix) return name(mac % 2 ** (48 - bits))
  }
  return null
}
