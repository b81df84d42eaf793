import { DISCOVERY, type DiscoveryDecoder } from './discovery-decoder.js'
import { type Ipv6, ipv6Of, isMulticast6 } from './ipv6.js'
import type { Mac } from './mac.js'
import { setMac } from './write-arp.js'
import { getIpv6, groupMac, setChecksum, setIpv6, solicitedNodeOf } from './write-discovery.js'

/** What to write for each address. */
export interface RewritingSix {
  mac(mac: Mac): Mac
  ip(ip: Ipv6): Ipv6
}

const HEADER = 40
const FIXED = 24
const OPTION = 8
const FRAGMENT_HEADER = 8
const NEXT_FRAGMENT = 44
const ICMP6 = 58
const MESSAGE_LENGTHS: Readonly<Record<number, number>> = {
  [DISCOVERY.routerSolicitation]: 8,
  [DISCOVERY.routerAdvertisement]: 16,
  [DISCOVERY.redirect]: 40,
}
const LINK_LOCAL = 0xfe80n << 112n

/**
 * Overwrites the packet that a decoder just read in a frame: a solicitation or an advertisement keeps its kind, flags and addresses
 * under other names and nothing else; of any other message stays what it was read as. Returns how many bytes of the frame are left.
 */
export function rewriteDiscovery(frame: Uint8Array, outcome: number, read: DiscoveryDecoder, to: RewritingSix): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const at = read.headerAt
  const folds = outcome === DISCOVERY.neighborSolicitation || outcome === DISCOVERY.neighborAdvertisement
  if (!folds) return writeEmpty(frame, view, at, outcome)
  const [source, target] = [getIpv6(view, at + 8), ipv6Of(read.target)]
  const link = read.linkAddressAt < 0 ? null : to.mac(getMac(view, read.linkAddressAt))
  const destination = groupOf(getIpv6(view, at + 24), target, to)
  frame.fill(0, at)
  const type = outcome === DISCOVERY.neighborSolicitation ? 135 : 136
  const length = FIXED + (link === null ? 0 : OPTION)
  writeHeader(view, at, length, to.ip(source), destination)
  view.setUint8(at + HEADER, type)
  view.setUint8(at + HEADER + 4, read.flags)
  setIpv6(view, at + HEADER + 8, to.ip(target))
  if (link !== null) {
    view.setUint8(at + HEADER + FIXED, type === 135 ? 1 : 2)
    view.setUint8(at + HEADER + FIXED + 1, 1)
    setMac(view, at + HEADER + FIXED + 2, link)
  }
  setChecksum(view, at)
  return frame.length
}

/** The MAC that a frame to this rewritten packet's destination goes to, where that is a group; else null. */
export function groupMacIn(view: DataView, at: number): Mac | null {
  const destination = getIpv6(view, at + 24)
  return isMulticast6(destination) ? groupMac(destination) : null
}

/** The group of a target is made of the target's own last bits. */
function groupOf(destination: Ipv6, target: Ipv6, to: RewritingSix): Ipv6 {
  return destination === solicitedNodeOf(target) ? solicitedNodeOf(to.ip(target)) : to.ip(destination)
}

/** A message that is read as the same, and says nothing. */
function writeEmpty(frame: Uint8Array, view: DataView, at: number, outcome: number): number {
  frame.fill(0, at)
  const room = frame.length - at - HEADER
  const length = MESSAGE_LENGTHS[outcome] ?? FIXED
  if (outcome === DISCOVERY.truncated || outcome === DISCOVERY.fragmented || room < length) {
    return writeCut(view, at, outcome)
  }
  const isBadOption = outcome === DISCOVERY.optionLength && room >= FIXED + OPTION
  const group = outcome === DISCOVERY.target || outcome === DISCOVERY.destination
  writeHeader(view, at, length + (isBadOption ? OPTION : 0), group ? 0n : LINK_LOCAL | 1n, LINK_LOCAL | 2n)
  view.setUint8(at + HEADER, TYPES[outcome] ?? 135)
  if (length >= FIXED) setIpv6(view, at + HEADER + 8, outcome === DISCOVERY.target ? 0n : LINK_LOCAL | 2n)
  if (outcome === DISCOVERY.code) view.setUint8(at + HEADER + 1, 1)
  if (outcome === DISCOVERY.hopLimit) view.setUint8(at + 7, 1)
  setChecksum(view, at)
  if (outcome === DISCOVERY.checksum) view.setUint16(at + HEADER + 2, ~view.getUint16(at + HEADER + 2))
  return frame.length
}

const TYPES: Readonly<Record<number, number>> = {
  [DISCOVERY.routerSolicitation]: 133,
  [DISCOVERY.routerAdvertisement]: 134,
  [DISCOVERY.redirect]: 137,
}

/** Only the first byte of the message, or the first behind a fragment header. */
function writeCut(view: DataView, at: number, outcome: number): number {
  writeHeader(view, at, FIXED + FRAGMENT_HEADER, LINK_LOCAL | 1n, LINK_LOCAL | 2n)
  const isFragment = outcome === DISCOVERY.fragmented
  if (isFragment) {
    view.setUint8(at + 6, NEXT_FRAGMENT)
    view.setUint8(at + HEADER, ICMP6)
  }
  const message = at + HEADER + (isFragment ? FRAGMENT_HEADER : 0)
  view.setUint8(message, 135)
  return message + 1
}

function writeHeader(view: DataView, at: number, length: number, source: Ipv6, destination: Ipv6): void {
  view.setUint32(at, 6 << 28)
  view.setUint16(at + 4, length)
  view.setUint8(at + 6, ICMP6)
  view.setUint8(at + 7, 255)
  setIpv6(view, at + 8, source)
  setIpv6(view, at + 24, destination)
}

function getMac(view: DataView, at: number): Mac {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2)
}
