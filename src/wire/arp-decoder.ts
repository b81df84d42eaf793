import { DISCOVERY, DiscoveryDecoder, isMulticast } from './discovery-decoder.js'
import { ARP, ARP_HARDWARE_ETHERNET, ARP_PROTOCOL_IPV4, ETHERNET, ETHERTYPE } from './ethernet.js'
import { HiddenFinder } from './hidden.js'
import { LINK_TYPE } from './link-type.js'
import { ListenerPacket } from './listener-packet.js'
import { VrrpPacket } from './vrrp-packet.js'

/** What became of a frame. The first three are no failure; the last two were ARP, but cannot be a claim on an IPv4 address. */
export const OUTCOMES = [
  'arp',
  'not-arp',
  'unread-link-type',
  'truncated-ethernet',
  'truncated-vlan-tag',
  'too-many-vlan-tags',
  'truncated-llc',
  'truncated-sll',
  'truncated-arp',
  'bad-hardware-length',
  'bad-protocol-length',
  'other-hardware-type',
  'other-protocol-type',
] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** The outcomes as numbers (the place in OUTCOMES), for the loop that counts them. */
export const OUTCOME = {
  arp: 0,
  notArp: 1,
  unreadLinkType: 2,
  truncatedEthernet: 3,
  truncatedVlanTag: 4,
  tooManyVlanTags: 5,
  truncatedLlc: 6,
  truncatedSll: 7,
  truncatedArp: 8,
  badHardwareLength: 9,
  badProtocolLength: 10,
  otherHardwareType: 11,
  otherProtocolType: 12,
} as const

/** Deeper stacks than this are no network's; 4 ids of 12 bits still fit one exact number. */
const MAX_VLAN_TAGS = 4

/** Where a decoded ARP frame lies in `ArpDecoder.words`: 32-bit words in the order of the wire. */
export const WORD = {
  /** ethDst, then ethSrc: 12 bytes. */
  ethernet: 0,
  /** Opcode, sha, spa, tha: 20 bytes. */
  arp: 3,
  spa: 5,
  /** The last 4 bytes; the word before ends in its first half. */
  tpa: 8,
  count: 9,
} as const

/** hrd 1 and pro 0x0800, hln 6 and pln 4, in the order of the wire. */
const ETHERNET_IPV4_TYPES = (ARP_HARDWARE_ETHERNET << 16) | ARP_PROTOCOL_IPV4
const ETHERNET_IPV4_LENGTHS = (6 << 8) | 4

/** RFC 1042: DSAP and SSAP 0xaa, control 3, an all-zero organisation, then an EtherType. */
const LLC_SNAP = { llcLength: 3, length: 8, type: 6, sap: 0xaaaa03 } as const

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
const SLL = { packetType: 0, hardware: 2, addressLength: 4, address: 6, protocol: 14, length: 16 } as const
/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const SLL2 = { protocol: 0, hardware: 8, packetType: 10, addressLength: 11, address: 12, length: 20 } as const
const SLL_BROADCAST = 1
const SLL_MULTICAST = 2
const SLL_OUTGOING = 4
/** LINUX_SLL_P_802_2: what follows is an 802.2 LLC header. */
const SLL_PROTOCOL_LLC = 4

/** Whether an ARP packet for Ethernet and IPv4 may begin here. */
export function isEthernetIpv4(view: DataView, arp: number): boolean {
  return view.getInt32(arp + ARP.hrd) === ETHERNET_IPV4_TYPES && view.getUint16(arp + ARP.hln) === ETHERNET_IPV4_LENGTHS
}

/**
 * Finds the ARP packet of a frame. One instance is used for all frames and its fields hold the last one, so that nothing
 * is allocated per frame; `decodeFrame` wraps it for everyone who is not in a hurry. Never throws: whatever is missing,
 * too long or foreign has a name.
 */
export class ArpDecoder {
  /** The last ARP frame for Ethernet and IPv4, see WORD. After `other-…` only the opcode is set. */
  readonly words = new Int32Array(WORD.count)
  /** VLAN ids of the last frame, outermost first; priority tags (VID 0) left out. */
  readonly vlans = new Uint16Array(MAX_VLAN_TAGS)
  vlanCount = 0
  /** What the last frame hides when it is no ARP: a number of HIDDEN, and the addresses that it is about. */
  hidden = 0
  readonly inside = new HiddenFinder()
  /** Whether the last frame, which is no ARP, is of VRRP or CARP; its Ethernet source is then in `words`. */
  isVrrp = false
  readonly vrrp = new VrrpPacket()
  /** Whether it is multicast listener discovery; its Ethernet source is then in `words`. */
  isListener = false
  readonly listener = new ListenerPacket()
  /** What the last frame is when it is no ARP but IPv6: a place in DISCOVERIES; and what it says. */
  discovery = 0
  readonly neighbours = new DiscoveryDecoder()

  /** Reads the captured bytes [start, end) of a frame; the answer is a number of OUTCOME. */
  decode(view: DataView, start: number, end: number, linkType: number): number {
    this.vlanCount = 0
    this.hidden = 0
    this.isVrrp = false
    this.isListener = false
    this.discovery = 0
    if (linkType !== LINK_TYPE.ethernet) return this.decodeCooked(view, start, end, linkType)
    if (end - start < ETHERNET.headerLength) return OUTCOME.truncatedEthernet
    const words = this.words
    words[0] = view.getInt32(start)
    words[1] = view.getInt32(start + 4)
    words[2] = view.getInt32(start + 8)
    const type = view.getUint16(start + ETHERNET.type)
    if (type === ETHERTYPE.arp) return this.decodeArp(view, start + ETHERNET.headerLength, end)
    return this.decodeInside(view, type, start + ETHERNET.headerLength, end)
  }

  private decodeArp(view: DataView, at: number, end: number): number {
    if (end - at < ARP.length || !isEthernetIpv4(view, at)) return this.refuseArp(view, at, end)
    const words = this.words
    words[3] = view.getInt32(at + ARP.op)
    words[4] = view.getInt32(at + ARP.op + 4)
    words[5] = view.getInt32(at + ARP.spa)
    words[6] = view.getInt32(at + ARP.tha)
    words[7] = view.getInt32(at + ARP.tha + 4)
    words[8] = view.getInt32(at + ARP.tpa)
    return OUTCOME.arp
  }

  /** Says why an ARP packet is not one for Ethernet and IPv4. */
  private refuseArp(view: DataView, at: number, end: number): number {
    if (end - at < ARP.headerLength) return OUTCOME.truncatedArp
    const [hln, pln] = [view.getUint8(at + ARP.hln), view.getUint8(at + ARP.pln)]
    if (view.getUint16(at + ARP.hrd) === ARP_HARDWARE_ETHERNET && hln !== 6) return OUTCOME.badHardwareLength
    if (view.getUint16(at + ARP.pro) === ARP_PROTOCOL_IPV4 && pln !== 4) return OUTCOME.badProtocolLength
    if (end - at < ARP.headerLength + 2 * (hln + pln)) return OUTCOME.truncatedArp
    this.words[WORD.arp] = view.getUint16(at + ARP.op) << 16
    const foreignHardware = view.getUint16(at + ARP.hrd) !== ARP_HARDWARE_ETHERNET
    return foreignHardware ? OUTCOME.otherHardwareType : OUTCOME.otherProtocolType
  }

  /** Walks VLAN tags and an LLC/SNAP header; `type` is the EtherType or length just before `at`. */
  private decodeInside(view: DataView, type: number, at: number, end: number): number {
    while (type === ETHERTYPE.vlan || type === ETHERTYPE.providerVlan || type === ETHERTYPE.oldProviderVlan) {
      if (end - at < ETHERNET.tagLength) return OUTCOME.truncatedVlanTag
      const vid = view.getUint16(at) & 0xfff
      if (vid !== 0) {
        if (this.vlanCount === MAX_VLAN_TAGS) return OUTCOME.tooManyVlanTags
        this.vlans[this.vlanCount++] = vid
      }
      type = view.getUint16(at + 2)
      at += ETHERNET.tagLength
    }
    if (type === ETHERTYPE.arp) return this.decodeArp(view, at, end)
    if (type <= ETHERNET.maxLength) return this.decodeLlc(view, at, end)
    if (type === ETHERTYPE.ipv6) this.discovery = this.neighbours.decode(view, at, end)
    if (this.discovery !== DISCOVERY.none) return OUTCOME.notArp
    this.hidden = this.inside.find(view, type, at, end)
    this.isVrrp = this.vrrp.find(view, type, at, end)
    this.isListener = this.listener.find(view, type, at, end)
    return OUTCOME.notArp
  }

  private decodeLlc(view: DataView, at: number, end: number): number {
    if (end - at < LLC_SNAP.llcLength) return OUTCOME.truncatedLlc
    if (((view.getUint16(at) << 8) | view.getUint8(at + 2)) !== LLC_SNAP.sap) return OUTCOME.notArp
    if (end - at < LLC_SNAP.length) return OUTCOME.truncatedLlc
    const type = view.getInt32(at + 2) << 8 === 0 ? view.getUint16(at + LLC_SNAP.type) : 0
    if (type === ETHERTYPE.arp) return this.decodeArp(view, at + LLC_SNAP.length, end)
    if (type === ETHERTYPE.ipv6) this.discovery = this.neighbours.decode(view, at + LLC_SNAP.length, end)
    return OUTCOME.notArp
  }

  private decodeCooked(view: DataView, start: number, end: number, linkType: number): number {
    const sll2 = linkType === LINK_TYPE.linuxSll2
    if (!sll2 && linkType !== LINK_TYPE.linuxSll) return OUTCOME.unreadLinkType
    const header = sll2 ? SLL2 : SLL
    if (end - start < header.length) return OUTCOME.truncatedSll
    const protocol = view.getUint16(start + header.protocol)
    const outcome =
      protocol === SLL_PROTOCOL_LLC
        ? this.decodeLlc(view, start + header.length, end)
        : this.decodeInside(view, Math.max(protocol, ETHERNET.maxLength + 1), start + header.length, end)
    if (outcome !== OUTCOME.arp && !this.isVrrp && !this.isListener && this.discovery === DISCOVERY.none) return outcome
    const packetType = sll2 ? view.getUint8(start + SLL2.packetType) : view.getUint16(start + SLL.packetType)
    const length = sll2 ? view.getUint8(start + SLL2.addressLength) : view.getUint16(start + SLL.addressLength)
    const source = length === 6 ? start + header.address : -1
    if (outcome === OUTCOME.arp) this.inferEthernet(view, packetType, source)
    else if (this.isVrrp || this.isListener)
      this.setSource(source < 0 ? 0 : view.getUint16(source), source < 0 ? 0 : view.getInt32(source + 2))
    else this.inferFromDiscovery(view, source)
    return outcome
  }

  /**
   * A cooked header has a source at most, and of the destination only its kind. A unicast frame went to tha; an outgoing
   * one without tha was a broadcast (Linux leaves tha empty in requests, and sends unicast ones rarely).
   */
  private inferEthernet(view: DataView, packetType: number, source: number): void {
    const words = this.words
    const tha = [words[6]!, words[7]! >>> 16] as const
    const unknown = tha[0] === 0 && tha[1] === 0
    const group = packetType === SLL_BROADCAST || packetType === SLL_MULTICAST
    const broadcast = group || (unknown && packetType === SLL_OUTGOING)
    const [sourceHigh, sourceLow] =
      source < 0 ? [words[3]! & 0xffff, words[4]!] : [view.getUint16(source), view.getInt32(source + 2)]
    words[0] = broadcast ? -1 : tha[0]
    words[1] = (broadcast ? 0xffff : tha[1]) << 16
    this.setSource(sourceHigh, sourceLow)
  }

  private setSource(high: number, low: number): void {
    this.words[1] = (this.words[1]! & ~0xffff) | high
    this.words[2] = low
  }

  /** The source of a cooked header, or else the MAC that the message names; the group that its IPv6 address makes (RFC 2464). */
  private inferFromDiscovery(view: DataView, source: number): void {
    const { words, neighbours } = this
    const at = source < 0 ? neighbours.linkAddressAt : source
    const toGroup = isMulticast(neighbours.destination)
    const low = neighbours.destination[3]!
    words[0] = toGroup ? 0x3333_0000 | (low >>> 16) : 0
    words[1] = (toGroup ? low << 16 : 0) | (at < 0 ? 0 : view.getUint16(at))
    words[2] = at < 0 ? 0 : view.getInt32(at + 2)
  }
}
