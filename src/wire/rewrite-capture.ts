import { decodeAdvert } from './advert.js'
import { ArpDecoder, isEthernetIpv4, OUTCOME } from './arp-decoder.js'
import { CaptureReader } from './capture-reader.js'
import { DISCOVERY } from './discovery-decoder.js'
import { ARP, ETHERNET, ETHERTYPE } from './ethernet.js'
import type { FrameSink } from './frame-sink.js'
import type { Ip } from './ip.js'
import type { Ipv4 } from './ipv4.js'
import type { Ipv6 } from './ipv6.js'
import { LINK_TYPE } from './link-type.js'
import { BROADCAST_MAC, isGroupMac, type Mac } from './mac.js'
import { type RewriteIp, rewriteAdvert } from './rewrite-advert.js'
import { groupMacIn, rewriteDiscovery } from './rewrite-discovery.js'
import { rewriteListener } from './rewrite-listener.js'
import { targetsIn } from './targets.js'
import { setMac } from './write-arp.js'
import { ALL_NODES, getIpv6, groupMac, setIpv6, solicitedNodeOf } from './write-discovery.js'
import { PCAP_RECORD_HEADER_LENGTH, pcapHeader, pcapRecord } from './write-pcap.js'

/** What to write for each address. */
export interface Rewriting {
  mac(mac: Mac): Mac
  /** Of the same family. */
  ip<T extends Ip>(ip: T): T
}

/** Cooked headers: where the protocol is, where 8 bytes for an address begin (a MAC takes 6), and how long they are. */
const COOKED: Readonly<Record<number, { protocol: number; address: number; header: number } | undefined>> = {
  [LINK_TYPE.linuxSll]: { protocol: 14, address: 6, header: 16 },
  [LINK_TYPE.linuxSll2]: { protocol: 0, address: 12, header: 20 },
}
const LINK_LOCAL = 0xfe80n << 112n
/** One tag more than any decoder reads. */
const MOST_TAGS = 20
/** IEEE 802 local experimental: what stands in place of any protocol but ARP. */
const NOBODYS_ETHERTYPE = 0x88b5

/**
 * The capture with other addresses, as pcap: ARP packets keep everything else, adverts of VRRP and CARP what they say; of all
 * other frames only time and length stay, and what made them unreadable. Null where that cannot be done: several link types, or a frame that would then be
 * read in another way.
 */
export function rewriteCapture(capture: Uint8Array, rewriting: Rewriting): Uint8Array | null {
  const rewriter = new Rewriter(rewriting, targetsIn(capture))
  const reader = new CaptureReader(rewriter)
  reader.push(capture)
  const { truncated } = reader.finish()
  if (rewriter.failed) return null
  // a file that ended inside a record still does
  const cut = truncated ? [new Uint8Array(PCAP_RECORD_HEADER_LENGTH - 1)] : []
  return Buffer.concat([pcapHeader(rewriter.link ?? LINK_TYPE.ethernet), ...rewriter.records, ...cut])
}

class Rewriter implements FrameSink {
  readonly records: Uint8Array[] = []
  link: number | null = null
  failed = false
  private readonly to: Rewriting
  /** The address behind the last 24 bits of a solicited-node group, as far as the capture shows one. */
  private readonly targets: ReadonlyMap<number, Ipv6>
  private readonly decoder = new ArpDecoder()

  constructor(to: Rewriting, targets: ReadonlyMap<number, Ipv6>) {
    this.to = to
    this.targets = targets
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.linkType(linkType)
    const before = new Uint8Array(view.buffer, view.byteOffset + start, end - start)
    const outcome = this.outcome(before, linkType)
    const { discovery, isListener } = this.decoder
    const after = this.rewritten(before, linkType, outcome)
    this.failed ||= this.outcome(after, linkType) !== outcome || this.decoder.discovery !== discovery
    this.failed ||= this.decoder.isListener !== isListener
    this.records.push(pcapRecord(seconds * 1_000_000 + Math.floor(nanos / 1000), after))
  }

  linkType(linkType: number): void {
    this.failed ||= this.link !== null && this.link !== linkType
    this.link ??= linkType
  }

  otherRecord(): void {}
  damaged(): void {}

  private outcome(bytes: Uint8Array, linkType: number): number {
    return this.decoder.decode(viewOf(bytes), 0, bytes.length, linkType)
  }

  /** The decoder holds the frame. */
  private rewritten(frame: Uint8Array, linkType: number, outcome: number): Uint8Array {
    if (outcome === OUTCOME.arp) return this.rewriteArp(frame, linkType)
    if (this.decoder.discovery !== DISCOVERY.none) return this.rewriteDiscovery(frame, linkType)
    if (this.decoder.isListener) return this.rewriteListener(frame, linkType)
    return this.holdsAdvert(frame) ? this.rewriteVrrp(frame, linkType) : withoutContent(frame, linkType, outcome)
  }

  /** Neighbour discovery, and what would be some but for one fault. */
  private rewriteDiscovery(frame: Uint8Array, linkType: number): Uint8Array {
    const bytes = frame.slice()
    const view = viewOf(bytes)
    const { discovery, neighbours } = this.decoder
    const left = rewriteDiscovery(bytes, discovery, neighbours, {
      mac: (mac) => this.to.mac(mac),
      ip: (ip: Ipv6) => this.to.ip(ip),
    })
    this.rewriteMacs(view, linkType, neighbours.headerAt)
    return bytes.subarray(0, left)
  }

  /** Reports of multicast listeners: the group of an address that the capture names is that of its new name. */
  private rewriteListener(frame: Uint8Array, linkType: number): Uint8Array {
    const bytes = frame.slice()
    const { listener } = this.decoder
    rewriteListener(bytes, listener, {
      ip: (ip) => this.to.ip(ip),
      group: (last) => solicitedNodeOf(this.to.ip(this.targets.get(last) ?? LINK_LOCAL | BigInt(last))),
    })
    this.rewriteMacs(viewOf(bytes), linkType, listener.headerAt)
    return bytes
  }

  private holdsAdvert(frame: Uint8Array): boolean {
    return this.decoder.isVrrp && typeof decodeAdvert(viewOf(frame), this.decoder.vrrp) !== 'string'
  }

  private rewriteVrrp(frame: Uint8Array, linkType: number): Uint8Array {
    const bytes = frame.slice()
    const view = viewOf(bytes)
    this.rewriteMacs(view, linkType)
    rewriteAdvert(bytes, view, this.decoder.vrrp, this.rewriteIp)
    return bytes
  }

  private readonly rewriteIp: RewriteIp = (view, at, size) => {
    if (size === 4) view.setUint32(at, this.to.ip<Ipv4>(view.getUint32(at)))
    else setIpv6(view, at, this.to.ip(getIpv6(view, at)))
  }

  private rewriteArp(frame: Uint8Array, linkType: number): Uint8Array {
    const bytes = frame.slice()
    const view = viewOf(bytes)
    const arp = findHeader(view, COOKED[linkType]?.header ?? ETHERNET.headerLength)
    this.rewriteMacs(view, linkType)
    for (const at of [arp + ARP.sha, arp + ARP.tha]) setMac(view, at, this.to.mac(getMac(view, at)))
    for (const at of [arp + ARP.spa, arp + ARP.tpa]) view.setUint32(at, this.to.ip<Ipv4>(view.getUint32(at)))
    return bytes.fill(0, arp + ARP.length)
  }

  /**
   * Of the link's own header. A frame to a group that the IPv6 packet at `packet` goes to goes to the MAC of its new group, or
   * to all nodes where it names none; one to a single host stays so, whatever the packet says (src/probe/discovery-asks.ts).
   */
  private rewriteMacs(view: DataView, linkType: number, packet?: number): void {
    const cooked = COOKED[linkType]
    const asked = cooked ? null : getMac(view, ETHERNET.dst)
    for (const at of cooked ? [cooked.address] : [ETHERNET.dst, ETHERNET.src])
      setMac(view, at, this.to.mac(getMac(view, at)))
    if (asked !== null && packet !== undefined && isGroupMac(asked)) {
      const other = asked === BROADCAST_MAC ? asked : groupMac(ALL_NODES)
      setMac(view, ETHERNET.dst, groupMacIn(view, packet) ?? other)
    }
    if (cooked) view.setUint16(cooked.address + 6, 0)
  }
}

/** Where the packet begins in a frame that holds one for Ethernet and IPv4. */
function findHeader(view: DataView, from: number): number {
  let at = from
  while (at + ARP.length < view.byteLength && !isEthernetIpv4(view, at)) at += 2
  return at
}

/** A frame that was not read as ARP: what decides how it is read, and nothing else. */
function withoutContent(frame: Uint8Array, linkType: number, outcome: number): Uint8Array {
  const bytes = new Uint8Array(frame.length)
  if (outcome === OUTCOME.unreadLinkType) return bytes
  const cooked = COOKED[linkType]
  if (outcome === OUTCOME.notArp) {
    viewOf(bytes).setUint16(cooked?.protocol ?? ETHERNET.type, NOBODYS_ETHERTYPE)
    return bytes
  }
  bytes.set(frame.subarray(0, endOfHeaders(viewOf(frame), cooked)))
  return cooked ? bytes.fill(0, cooked.address, cooked.address + 8) : bytes.fill(0, 0, ETHERNET.type)
}

/** Behind tags, LLC and the head of an ARP packet, none of which holds an address. */
function endOfHeaders(view: DataView, cooked: (typeof COOKED)[number]): number {
  const { protocol, header } = cooked ?? { protocol: ETHERNET.type, header: ETHERNET.headerLength }
  if (view.byteLength >= header && view.getUint16(protocol) === ETHERTYPE.arp) return header + ARP.headerLength
  const last = Math.min(view.byteLength - 2, header + MOST_TAGS)
  for (let at = header - 2; at <= last; at += 2) {
    if (view.getUint16(at) === ETHERTYPE.arp) return at + 2 + ARP.headerLength
  }
  return header + MOST_TAGS
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function getMac(view: DataView, at: number): Mac {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2)
}
