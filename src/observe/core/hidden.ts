import * as ETHERTYPE from '../../wire/ether-type.js'

/**
 * Frames of other protocols that may hide ARP in a tunnel (src/wire/hidden.ts looks into them), are neighbour discovery
 * (src/wire/discovery-decoder.ts), reports of multicast listeners, or adverts of VRRP (src/wire/vrrp-packet.ts). All others stay here, so as little as possible is read: the ends of headers of usual length. What may lie beyond a frame's
 * captured bytes is still memory of ours.
 */
const ETHERNET: usize = 14
const UDP: u8 = 17
const GRE: u8 = 47
const L2TP: u8 = 115
const ICMP6: u8 = 58
const VRRP: u8 = 112
const AUTHENTICATION: u8 = 51
const IPV6_LENGTH: usize = 40
/** Extension headers that neighbour discovery is read behind: hop by hop, fragment, destination options. */
const HOP_BY_HOP: u8 = 0
const FRAGMENT: u8 = 44
const DESTINATION_OPTIONS: u8 = 60
const UDP_LENGTH: usize = 8
const VXLAN_LENGTH: usize = 8
const GENEVE_LENGTH: usize = 8
/** Where the EtherType of an Ethernet frame lies. */
const TYPE: usize = 12

/** `type` is the EtherType of the frame at an address. */
// @ts-ignore: decorator
@inline
export function mayHide(at: usize, type: u16): bool {
  if (type === ETHERTYPE.ipv4) {
    const protocol = load<u8>(at, ETHERNET + 9)
    if (protocol === VRRP || protocol === AUTHENTICATION) return true
    if (protocol === L2TP) return true
    if (protocol !== UDP && protocol !== GRE) return false
    return mayHoldFrame(protocol, at + ETHERNET + ((<usize>(load<u8>(at, ETHERNET) & 0xf)) << 2))
  }
  if (type !== ETHERTYPE.ipv6) return isCarrier(type)
  const next = load<u8>(at, ETHERNET + 6)
  if (next === VRRP || next === L2TP) return true
  if (next === ICMP6) return isDiscovery(load<u8>(at, ETHERNET + IPV6_LENGTH))
  if (isExtension(next)) return mayExtend(next, at + ETHERNET + IPV6_LENGTH)
  return (next === UDP || next === GRE) && mayHoldFrame(next, at + ETHERNET + IPV6_LENGTH)
}

/** MPLS, provider backbone bridges, MACsec: Ethernet within Ethernet, without an IP header. */
// @ts-ignore: decorator
@inline
function isCarrier(type: u16): bool {
  return type === ETHERTYPE.mpls || type === ETHERTYPE.mplsUpstream || type === ETHERTYPE.pbb || type === ETHERTYPE.macsec
}

// @ts-ignore: decorator
@inline
function isExtension(next: u8): bool {
  return next === HOP_BY_HOP || next === FRAGMENT || next === DESTINATION_OPTIONS
}

/** Whether neighbour or listener discovery follows an extension header, or another one does. */
function mayExtend(kind: u8, at: usize): bool {
  const next = load<u8>(at)
  if (isExtension(next)) return true
  const length: usize = kind === FRAGMENT ? 8 : ((<usize>load<u8>(at, 1)) + 1) << 3
  return next === ICMP6 && (isDiscovery(load<u8>(at + length)) || isListener(load<u8>(at + length)))
}

// @ts-ignore: decorator
@inline
function isDiscovery(message: u8): bool {
  return message >= 133 && message <= 137
}

/** Multicast listener discovery (src/wire/listener-packet.ts). */
// @ts-ignore: decorator
@inline
function isListener(message: u8): bool {
  return (message >= 130 && message <= 132) || message === 143
}

/** Of VXLAN and GENEVE, only frames with ARP or a tag inside; of GRE, whatever is bridged; all of TZSP and L2TP. */
function mayHoldFrame(protocol: u8, at: usize): bool {
  if (protocol === GRE) {
    const inside = big(at + 2)
    return inside === 0x6558 || inside === 0x88be || inside === 0x22eb || inside === 0x6400
  }
  const port = big(at + 2)
  const payload = at + UDP_LENGTH
  if (port === 4789 || port === 8472) return mayBeArp(payload + VXLAN_LENGTH)
  if (port === 6081) return mayBeArp(payload + GENEVE_LENGTH + ((<usize>(load<u8>(payload) & 0x3f)) << 2))
  return port === 37008 || port === 1701
}

function mayBeArp(at: usize): bool {
  return isArpOrTag(big(at + TYPE))
}

// @ts-ignore: decorator
@inline
export function isArpOrTag(type: u16): bool {
  return (
    type === ETHERTYPE.arp ||
    type === ETHERTYPE.vlan ||
    type === ETHERTYPE.providerVlan ||
    type === ETHERTYPE.oldProviderVlan
  )
}

// @ts-ignore: decorator
@inline
function big(at: usize): u16 {
  return bswap<u16>(load<u16>(at))
}
