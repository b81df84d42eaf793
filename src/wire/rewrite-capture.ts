import { ArpDecoder, isEthernetIpv4, OUTCOME } from './arp-decoder.js'
import { CaptureReader } from './capture-reader.js'
import { ARP, ETHERNET, ETHERTYPE } from './ethernet.js'
import type { FrameSink } from './frame-sink.js'
import type { Ipv4 } from './ipv4.js'
import { LINK_TYPE } from './link-type.js'
import type { Mac } from './mac.js'
import { setMac } from './write-arp.js'
import { PCAP_RECORD_HEADER_LENGTH, pcapHeader, pcapRecord } from './write-pcap.js'

/** What to write for each address. */
export interface Rewriting {
  mac(mac: Mac): Mac
  ip(ip: Ipv4): Ipv4
}

/** Cooked headers: where the protocol is, where 8 bytes for an address begin (a MAC takes 6), and how long they are. */
const COOKED: Readonly<Record<number, { protocol: number; address: number; header: number } | undefined>> = {
  [LINK_TYPE.linuxSll]: { protocol: 14, address: 6, header: 16 },
  [LINK_TYPE.linuxSll2]: { protocol: 0, address: 12, header: 20 },
}
/** One tag more than any decoder reads. */
const MOST_TAGS = 20
/** IEEE 802 local experimental: what stands in place of any protocol but ARP. */
const NOBODYS_ETHERTYPE = 0x88b5

/**
 * The capture with other addresses, as pcap: ARP packets keep everything else; of all other frames only time and length
 * stay, and what made them unreadable. Null where that cannot be done: several link types, or a frame that would then be
 * read in another way.
 */
export function rewriteCapture(capture: Uint8Array, rewriting: Rewriting): Uint8Array | null {
  const rewriter = new Rewriter(rewriting)
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
  private readonly decoder = new ArpDecoder()

  constructor(to: Rewriting) {
    this.to = to
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.linkType(linkType)
    const before = new Uint8Array(view.buffer, view.byteOffset + start, end - start)
    const outcome = this.outcome(before, linkType)
    const after =
      outcome === OUTCOME.arp ? this.rewriteArp(before, linkType) : withoutContent(before, linkType, outcome)
    this.failed ||= this.outcome(after, linkType) !== outcome
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

  private rewriteArp(frame: Uint8Array, linkType: number): Uint8Array {
    const bytes = frame.slice()
    const view = viewOf(bytes)
    const cooked = COOKED[linkType]
    const arp = findHeader(view, cooked?.header ?? ETHERNET.headerLength)
    const macs = [...(cooked ? [cooked.address] : [ETHERNET.dst, ETHERNET.src]), arp + ARP.sha, arp + ARP.tha]
    for (const at of macs) setMac(view, at, this.to.mac(getMac(view, at)))
    if (cooked) view.setUint16(cooked.address + 6, 0)
    for (const at of [arp + ARP.spa, arp + ARP.tpa]) view.setUint32(at, this.to.ip(view.getUint32(at)))
    return bytes.fill(0, arp + ARP.length)
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
