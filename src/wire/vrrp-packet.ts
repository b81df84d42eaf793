import { ETHERTYPE } from './ethernet.js'

/** RFC 791, RFC 8200, RFC 4302 (an authentication header may stand before an advert of VRRPv2). */
const IPV4 = { length: 2, fragment: 6, hopLimit: 8, protocol: 9, source: 12, destination: 16, shortest: 20 } as const
const IPV6 = { payload: 4, next: 6, hopLimit: 7, source: 8, destination: 24, header: 40 } as const
const AH = { next: 0, words: 1, shortest: 12 } as const
export const IP_PROTOCOL = { vrrp: 112, authentication: 51 } as const

/** More-fragments, or an offset. */
const FRAGMENT = 0x3fff

/**
 * Finds the advert of VRRP or CARP in a packet. One instance serves for all frames and holds the last one; nothing is allocated.
 * What the advert says is read by `decodeAdvert`.
 */
export class VrrpPacket {
  /** Where the IP header, the advert and, as its own length says, the packet begin and end. */
  ip = 0
  at = 0
  end = 0
  family: 4 | 6 = 4
  hopLimit = 0
  /** Where both addresses of the IP header lie. */
  source = 0
  destination = 0
  isFragment = false
  isAuthenticated = false
  /** Fewer bytes were captured than the packet has. */
  isCut = false

  /** `at` is where the packet of this EtherType begins. */
  find(view: DataView, type: number, at: number, end: number): boolean {
    if (type === ETHERTYPE.ipv4) return this.findInIpv4(view, at, end)
    return type === ETHERTYPE.ipv6 && this.findInIpv6(view, at, end)
  }

  private findInIpv4(view: DataView, at: number, end: number): boolean {
    if (end - at < IPV4.shortest) return false
    const protocol = view.getUint8(at + IPV4.protocol)
    if (protocol !== IP_PROTOCOL.vrrp && protocol !== IP_PROTOCOL.authentication) return false
    this.ip = at
    this.family = 4
    this.hopLimit = view.getUint8(at + IPV4.hopLimit)
    this.source = at + IPV4.source
    this.destination = at + IPV4.destination
    this.isFragment = (view.getUint16(at + IPV4.fragment) & FRAGMENT) !== 0
    this.bound(at + Math.max(IPV4.shortest, view.getUint16(at + IPV4.length)), end)
    return this.begin(view, protocol, at + 4 * (view.getUint8(at) & 0xf))
  }

  private findInIpv6(view: DataView, at: number, end: number): boolean {
    if (end - at < IPV6.header || view.getUint8(at + IPV6.next) !== IP_PROTOCOL.vrrp) return false
    this.ip = at
    this.family = 6
    this.hopLimit = view.getUint8(at + IPV6.hopLimit)
    this.source = at + IPV6.source
    this.destination = at + IPV6.destination
    this.isFragment = false
    this.bound(at + IPV6.header + view.getUint16(at + IPV6.payload), end)
    return this.begin(view, IP_PROTOCOL.vrrp, at + IPV6.header)
  }

  private bound(whole: number, captured: number): void {
    this.isCut = whole > captured
    this.end = Math.min(whole, captured)
  }

  private begin(view: DataView, protocol: number, at: number): boolean {
    this.at = at
    this.isAuthenticated = protocol === IP_PROTOCOL.authentication
    if (!this.isAuthenticated) return true
    if (this.end - at < AH.shortest || view.getUint8(at + AH.next) !== IP_PROTOCOL.vrrp) return false
    this.at = at + 4 * (view.getUint8(at + AH.words) + 2)
    return true
  }
}
