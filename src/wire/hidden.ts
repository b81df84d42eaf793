import { ARP, ETHERNET, ETHERTYPE } from './ethernet.js'

/** What a frame holds that could show who answers for an address, and that is not judged. The first is nothing. */
export const HIDDEN = [
  '',
  'ARP in VXLAN',
  'ARP in GENEVE',
  'ARP in GRETAP',
  'ARP in ERSPAN I',
  'ARP in ERSPAN II',
  'ARP in ERSPAN III',
  'ARP in TZSP',
  'ARP in MPLS',
  'ARP in PBB (802.1ah)',
  'ARP in L2TPv3',
  'ARP in EoIP',
  'ARP in MACsec',
  'encrypted MACsec',
] as const

const NOTHING = 0
const VXLAN = 1
const GENEVE = 2
const GRETAP = 3
const ERSPAN_I = 4
const ERSPAN_II = 5
const ERSPAN_III = 6
const TZSP = 7
const MPLS = 8
const PBB = 9
const L2TP = 10
const EOIP = 11
const MACSEC = 12
const ENCRYPTED = 13

/** RFC 3032: label, bottom-of-stack bit, TTL. RFC 4448, section 4.6: a control word of four bytes may follow. */
const LABEL = { length: 4, bottom: 0x100, most: 16, controlWord: 4 } as const
/** IEEE 802.1ah: flags and the service's number. */
const I_TAG_LENGTH = 4
/** IEEE 802.1AE section 9: flags, length, number of the packet, and the channel where its flag is set. */
const SEC_TAG = { length: 6, channelLength: 8, channel: 0x20, changed: 0x0c } as const
/** RFC 3931: over IP the session begins at once, over UDP (version 3) after four bytes; a cookie and a sublayer follow as agreed. */
const L2TP_HEADER = { session: 4, overUdp: 4, version: 3, optional: [0, 4, 8, 12] } as const
/** https://help.mikrotik.com/docs/display/ROS/EoIP: GRE with a length and a number of the tunnel in place of the key. */
const EOIP_TYPE = 0x6400
const EOIP_LENGTH = 8
/** Hardware Ethernet, protocol IPv4. */
const ETHERNET_IPV4 = 0x00010800

/** RFC 791 and RFC 8200; protocol numbers as IANA lists them. */
const IPV4 = { protocol: 9, fragment: 6, shortest: 20 } as const
const IPV6 = { next: 6, length: 40 } as const
const PROTOCOL = { udp: 17, gre: 47, l2tp: 115 } as const

const UDP = { destination: 2, length: 8 } as const
/** RFC 7348 (Linux before it: 8472), RFC 8926, https://en.wikipedia.org/wiki/TZSP. */
const PORT = { vxlan: 4789, oldVxlan: 8472, geneve: 6081, tzsp: 37008, l2tp: 1701 } as const
const VXLAN_LENGTH = 8
const GENEVE_LENGTH = 8
/** RFC 2784 and 2890; ERSPAN: draft-foschiano-erspan. */
const GRE = { type: 2, length: 4, checksum: 0x8000, key: 0x2000, sequence: 0x1000, optional: 4 } as const
const BRIDGED = 0x6558
const ERSPAN = 0x88be
const ERSPAN_3 = 0x22eb
const ERSPAN_LENGTH = 8
/** Type III: 12 bytes, and a subheader of 8 when the last bit is set. */
const ERSPAN_3_LENGTH = 12
const TZSP_HEADER = { protocol: 2, length: 4, ethernet: 1 } as const
const TZSP_PADDING = 0
const TZSP_END = 1

/**
 * Finds what a frame that is neither ARP nor neighbour discovery hides: ARP in a tunnel. As the decoder, one instance serves for all
 * frames, holds the last one and allocates nothing. It need not see every frame: src/observe/core/hidden.ts chooses.
 */
export class HiddenFinder {
  /** The addresses that the hidden ARP is about; 0 where it is none. */
  spa = 0
  tpa = 0

  /** `at` is where the packet of this EtherType begins; the answer is a number of HIDDEN. */
  find(view: DataView, type: number, at: number, end: number): number {
    if (type === ETHERTYPE.ipv4) return this.inIpv4(view, at, end)
    if (type === ETHERTYPE.ipv6) return this.inIpv6(view, at, end)
    if (type === ETHERTYPE.pbb) return this.inEthernet(view, at + I_TAG_LENGTH, end, PBB)
    if (type === ETHERTYPE.macsec) return this.inMacsec(view, at, end)
    return type === ETHERTYPE.mpls || type === ETHERTYPE.mplsUpstream ? this.inMpls(view, at, end) : NOTHING
  }

  /** Whether a control word follows the labels is agreed beforehand, and not to be seen. */
  private inMpls(view: DataView, at: number, end: number): number {
    let label = at
    while (end - label >= LABEL.length && (view.getUint32(label) & LABEL.bottom) === 0) {
      label += LABEL.length
      if (label - at > LABEL.most * LABEL.length) return NOTHING
    }
    const payload = label + LABEL.length
    return this.inOneOf(view, payload, [0, LABEL.controlWord], end, MPLS)
  }

  /** What is only signed can be read; of what is encrypted, nobody knows whether it is ARP. */
  private inMacsec(view: DataView, at: number, end: number): number {
    if (end - at < SEC_TAG.length) return NOTHING
    const flags = view.getUint8(at)
    const type = at + SEC_TAG.length + ((flags & SEC_TAG.channel) !== 0 ? SEC_TAG.channelLength : 0)
    if ((flags & SEC_TAG.changed) === 0) return this.inEthernet(view, type - ETHERNET.type, end, MACSEC)
    this.spa = this.tpa = 0
    return ENCRYPTED
  }

  /** The first place after one of these lengths where a frame with ARP for IPv4 begins. */
  private inOneOf(view: DataView, at: number, lengths: readonly number[], end: number, found: number): number {
    for (const length of lengths) {
      const frame = at + length
      if (this.inEthernet(view, frame, end, found) !== NOTHING && this.isPlain(view, frame, end)) return found
    }
    return NOTHING
  }

  /** Where the place of a frame is a guess, its ARP must look like ARP. */
  private isPlain(view: DataView, frame: number, end: number): boolean {
    let type = frame + ETHERNET.type
    while (end - type >= 2 && isTag(view.getUint16(type))) type += ETHERNET.tagLength
    return end - type >= 6 && view.getUint32(type + 2) === ETHERNET_IPV4
  }

  private inIpv4(view: DataView, at: number, end: number): number {
    if (end - at < IPV4.shortest || (view.getUint16(at + IPV4.fragment) & 0x1fff) !== 0) return NOTHING
    return this.inPacket(view, view.getUint8(at + IPV4.protocol), at + 4 * (view.getUint8(at) & 0xf), end)
  }

  private inIpv6(view: DataView, at: number, end: number): number {
    if (end - at < IPV6.length + 1) return NOTHING
    return this.inPacket(view, view.getUint8(at + IPV6.next), at + IPV6.length, end)
  }

  private inPacket(view: DataView, protocol: number, at: number, end: number): number {
    if (protocol === PROTOCOL.udp) return this.inUdp(view, at, end)
    if (protocol === PROTOCOL.l2tp) return this.inL2tp(view, at, end)
    return protocol === PROTOCOL.gre ? this.inGre(view, at, end) : NOTHING
  }

  private inUdp(view: DataView, at: number, end: number): number {
    const payload = at + UDP.length
    if (end - payload < GENEVE_LENGTH) return NOTHING
    const port = view.getUint16(at + UDP.destination)
    if (port === PORT.vxlan || port === PORT.oldVxlan) return this.inEthernet(view, payload + VXLAN_LENGTH, end, VXLAN)
    if (port === PORT.geneve) return this.inGeneve(view, payload, end)
    if (port === PORT.tzsp) return this.inTzsp(view, payload, end)
    const isL2tp = port === PORT.l2tp && (view.getUint16(payload) & 0x800f) === L2TP_HEADER.version
    return isL2tp ? this.inL2tp(view, payload + L2TP_HEADER.overUdp, end) : NOTHING
  }

  /** Session 0 is a control message. */
  private inL2tp(view: DataView, at: number, end: number): number {
    if (end - at < L2TP_HEADER.session || view.getUint32(at) === 0) return NOTHING
    return this.inOneOf(view, at + L2TP_HEADER.session, L2TP_HEADER.optional, end, L2TP)
  }

  private inGeneve(view: DataView, at: number, end: number): number {
    if (view.getUint16(at + 2) !== BRIDGED) return NOTHING
    return this.inEthernet(view, at + GENEVE_LENGTH + 4 * (view.getUint8(at) & 0x3f), end, GENEVE)
  }

  /** Tagged fields of one byte type and one byte length follow, but for padding and the end, which are one byte. */
  private inTzsp(view: DataView, at: number, end: number): number {
    if (view.getUint16(at + TZSP_HEADER.protocol) !== TZSP_HEADER.ethernet) return NOTHING
    let field = at + TZSP_HEADER.length
    while (end - field > 1 && view.getUint8(field) !== TZSP_END) {
      field += view.getUint8(field) === TZSP_PADDING ? 1 : 2 + view.getUint8(field + 1)
    }
    return this.inEthernet(view, field + 1, end, TZSP)
  }

  private inGre(view: DataView, at: number, end: number): number {
    if (end - at < GRE.length) return NOTHING
    const flags = view.getUint16(at)
    const options = Number((flags & GRE.checksum) !== 0) + Number((flags & GRE.key) !== 0)
    const numbered = (flags & GRE.sequence) !== 0
    const payload = at + GRE.length + GRE.optional * (options + Number(numbered))
    const type = view.getUint16(at + GRE.type)
    if (type === EOIP_TYPE) return this.inEthernet(view, at + EOIP_LENGTH, end, EOIP)
    if (type === BRIDGED) return this.inEthernet(view, payload, end, GRETAP)
    if (type === ERSPAN) {
      return numbered
        ? this.inEthernet(view, payload + ERSPAN_LENGTH, end, ERSPAN_II)
        : this.inEthernet(view, payload, end, ERSPAN_I)
    }
    return type === ERSPAN_3 ? this.inErspan3(view, payload, end) : NOTHING
  }

  private inErspan3(view: DataView, at: number, end: number): number {
    if (end - at < ERSPAN_3_LENGTH) return NOTHING
    const more = (view.getUint8(at + ERSPAN_3_LENGTH - 1) & 1) * 8
    return this.inEthernet(view, at + ERSPAN_3_LENGTH + more, end, ERSPAN_III)
  }

  /** The answer is `found` where an ARP packet, tagged or not, begins inside. */
  private inEthernet(view: DataView, at: number, end: number, found: number): number {
    let type = at + ETHERNET.type
    while (end - type >= 2 && isTag(view.getUint16(type))) type += ETHERNET.tagLength
    if (end - type < 2 || view.getUint16(type) !== ETHERTYPE.arp) return NOTHING
    const arp = type + 2
    const whole = end - arp >= ARP.length
    this.spa = whole ? view.getUint32(arp + ARP.spa) : 0
    this.tpa = whole ? view.getUint32(arp + ARP.tpa) : 0
    return found
  }
}

function isTag(type: number): boolean {
  return type === ETHERTYPE.vlan || type === ETHERTYPE.providerVlan || type === ETHERTYPE.oldProviderVlan
}
