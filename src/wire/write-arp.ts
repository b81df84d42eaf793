import {
  ARP,
  ARP_HARDWARE_ETHERNET,
  ARP_PROTOCOL_IPV4,
  ARP_REPLY,
  ARP_REQUEST,
  ETHERNET,
  ETHERTYPE,
} from './ethernet.js'
import type { Ipv4 } from './ipv4.js'
import { BROADCAST_MAC, type Mac, ZERO_MAC } from './mac.js'

/** An ARP packet for Ethernet and IPv4 in its frame; the ARP fields carry the names of RFC 826. */
export interface ArpFrame {
  readonly ethSrc: Mac
  readonly ethDst: Mac
  /** VLAN ids, outermost first: one tag is 802.1Q, of several all but the innermost are 802.1ad. */
  readonly vlans?: readonly number[]
  readonly oper: number
  readonly sha: Mac
  readonly spa: Ipv4
  readonly tha: Mac
  readonly tpa: Ipv4
}

/** A station: who asks, who answers. */
export interface Station {
  readonly mac: Mac
  readonly ip: Ipv4
}

type Tagged = { readonly vlans?: readonly number[] }

/** Who-has `target`, to the broadcast MAC or, with `to`, to one host. */
export function arpRequest(asker: Station, target: Ipv4, { to = BROADCAST_MAC, ...tags }: Tagged & { to?: Mac } = {}) {
  const arp = { oper: ARP_REQUEST, sha: asker.mac, spa: asker.ip, tha: ZERO_MAC, tpa: target }
  return writeArp({ ethSrc: asker.mac, ethDst: to, ...arp, ...tags })
}

export function arpReply(owner: Station, asker: Station, tags: Tagged = {}): Uint8Array {
  const arp = { oper: ARP_REPLY, sha: owner.mac, spa: owner.ip, tha: asker.mac, tpa: asker.ip }
  return writeArp({ ethSrc: owner.mac, ethDst: asker.mac, ...arp, ...tags })
}

/** RFC 5227 section 3: an announcement (request form), or the reply form that some announcers send. For tests and the lab only. */
export function gratuitousArp(owner: Station, { oper = ARP_REQUEST, ...tags }: Tagged & { oper?: number } = {}) {
  const tha = oper === ARP_REPLY ? BROADCAST_MAC : ZERO_MAC
  const arp = { oper, sha: owner.mac, spa: owner.ip, tha, tpa: owner.ip }
  return writeArp({ ethSrc: owner.mac, ethDst: BROADCAST_MAC, ...arp, ...tags })
}

/** The frame without padding and checksum: 42 bytes and 4 for each tag. */
export function writeArp(frame: ArpFrame): Uint8Array {
  const vlans = frame.vlans ?? []
  const start = ETHERNET.headerLength + vlans.length * ETHERNET.tagLength
  const bytes = new Uint8Array(start + ARP.length)
  const view = new DataView(bytes.buffer)
  setMac(view, ETHERNET.dst, frame.ethDst)
  setMac(view, ETHERNET.src, frame.ethSrc)
  vlans.forEach((vid, depth) => {
    const at = ETHERNET.type + depth * ETHERNET.tagLength
    view.setUint16(at, depth === vlans.length - 1 ? ETHERTYPE.vlan : ETHERTYPE.providerVlan)
    view.setUint16(at + 2, vid)
  })
  view.setUint16(start - 2, ETHERTYPE.arp)
  setArp(view, start, frame)
  return bytes
}

function setArp(view: DataView, start: number, frame: ArpFrame): void {
  view.setUint16(start + ARP.hrd, ARP_HARDWARE_ETHERNET)
  view.setUint16(start + ARP.pro, ARP_PROTOCOL_IPV4)
  view.setUint8(start + ARP.hln, 6)
  view.setUint8(start + ARP.pln, 4)
  view.setUint16(start + ARP.op, frame.oper)
  setMac(view, start + ARP.sha, frame.sha)
  view.setUint32(start + ARP.spa, frame.spa)
  setMac(view, start + ARP.tha, frame.tha)
  view.setUint32(start + ARP.tpa, frame.tpa)
}

/** Writes 6 bytes. */
export function setMac(view: DataView, at: number, mac: Mac): void {
  view.setUint16(at, Math.floor(mac / 2 ** 32))
  view.setUint32(at + 2, mac % 2 ** 32)
}
