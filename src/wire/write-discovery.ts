import { ETHERNET, ETHERTYPE } from './ethernet.js'
import { type Ipv6, isMulticast6 } from './ipv6.js'
import type { Mac } from './mac.js'
import { setMac } from './write-arp.js'

/** A neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4) in its frame. */
export interface DiscoveryFrame {
  readonly ethSrc: Mac
  readonly ethDst: Mac
  /** VLAN ids, outermost first. */
  readonly vlans?: readonly number[]
  readonly type: 135 | 136
  readonly source: Ipv6
  readonly destination: Ipv6
  readonly target: Ipv6
  /** R, S and O of an advertisement as the wire has them: the bits of ADVERTISED. */
  readonly flags?: number
  /** SLLA of a solicitation, TLLA of an advertisement; null: it carries none. */
  readonly linkAddress: Mac | null
}

/** Who asks. */
export interface Station6 {
  readonly mac: Mac
  readonly ip: Ipv6
}

const SOLICITATION = 135
const IPV6_LENGTH = 40
const MESSAGE_LENGTH = 24
const OPTION_LENGTH = 8
const ICMP6 = 58
const HOP_LIMIT = 255
/** ff02::1, which every host listens to. */
export const ALL_NODES: Ipv6 = (0xff02n << 112n) | 1n

/** ff02::1:ffxx:xxxx, which the holder of an address listens to (RFC 4291 section 2.7.1). */
export function solicitedNodeOf(target: Ipv6): Ipv6 {
  return (0xff02n << 112n) | 0x1_ff00_0000n | (target & 0xff_ffffn)
}

/** The MAC of a group (RFC 2464 section 7). */
export function groupMac(group: Ipv6): Mac {
  return 0x3333_0000_0000 + Number(group & 0xffff_ffffn)
}

type Tagged = { readonly vlans?: readonly number[] }

/** Who has `target`, to its group or, with `to`, to one host; `byGroup`: the packet is for the group all the same. */
export function solicitation(
  asker: Station6,
  target: Ipv6,
  { to, byGroup = to === undefined, ...tags }: Tagged & { to?: Mac; byGroup?: boolean } = {},
): Uint8Array {
  const destination = byGroup ? solicitedNodeOf(target) : target
  const ethDst = to ?? groupMac(destination)
  const addresses = { source: asker.ip, destination, target }
  return writeDiscovery({
    ethSrc: asker.mac,
    ethDst,
    type: SOLICITATION,
    ...addresses,
    linkAddress: asker.mac,
    ...tags,
  })
}

/**
 * As duplicate address detection asks (RFC 4862 section 5.4.2), with source ::. To a host that is about to take the address it is
 * a conflict: never for an address that has answered nobody.
 */
export function lookForDuplicate(asker: Mac, target: Ipv6, { to, ...tags }: Tagged & { to?: Mac } = {}): Uint8Array {
  const destination = solicitedNodeOf(target)
  const ethDst = to ?? groupMac(destination)
  const addresses = { source: 0n, destination, target }
  return writeDiscovery({ ethSrc: asker, ethDst, type: SOLICITATION, ...addresses, linkAddress: null, ...tags })
}

/** An advertisement of one's own address; to all nodes where `to` is null. For tests and the lab only. */
export function advertisement(
  owner: Station6,
  to: Station6 | null,
  { flags, source = owner.ip, linkAddress = owner.mac, ...tags }: Tagged & AdvertisementOptions,
): Uint8Array {
  const destination = to?.ip ?? ALL_NODES
  const addresses = { source, destination, target: owner.ip }
  const ethDst = isMulticast6(destination) ? groupMac(destination) : to!.mac
  return writeDiscovery({ ethSrc: owner.mac, ethDst, type: 136, ...addresses, flags, linkAddress, ...tags })
}

interface AdvertisementOptions {
  readonly flags: number
  readonly source?: Ipv6
  readonly linkAddress?: Mac | null
}

/** The frame without padding: 86 bytes with a link-layer address, 78 without, and 4 for each tag. */
function writeDiscovery(frame: DiscoveryFrame): Uint8Array {
  const vlans = frame.vlans ?? []
  const start = ETHERNET.headerLength + vlans.length * ETHERNET.tagLength
  const length = MESSAGE_LENGTH + (frame.linkAddress === null ? 0 : OPTION_LENGTH)
  const bytes = new Uint8Array(start + IPV6_LENGTH + length)
  const view = new DataView(bytes.buffer)
  setMac(view, ETHERNET.dst, frame.ethDst)
  setMac(view, ETHERNET.src, frame.ethSrc)
  vlans.forEach((vid, depth) => {
    const at = ETHERNET.type + depth * ETHERNET.tagLength
    view.setUint16(at, depth === vlans.length - 1 ? ETHERTYPE.vlan : ETHERTYPE.providerVlan)
    view.setUint16(at + 2, vid)
  })
  view.setUint16(start - 2, ETHERTYPE.ipv6)
  setHeader(view, start, length, frame)
  setMessage(view, start + IPV6_LENGTH, frame)
  setChecksum(view, start)
  return bytes
}

function setHeader(view: DataView, at: number, length: number, { source, destination }: DiscoveryFrame): void {
  view.setUint32(at, 6 << 28)
  view.setUint16(at + 4, length)
  view.setUint8(at + 6, ICMP6)
  view.setUint8(at + 7, HOP_LIMIT)
  setIpv6(view, at + 8, source)
  setIpv6(view, at + 24, destination)
}

function setMessage(view: DataView, at: number, { type, flags = 0, target, linkAddress }: DiscoveryFrame): void {
  view.setUint8(at, type)
  view.setUint8(at + 4, flags)
  setIpv6(view, at + 8, target)
  if (linkAddress === null) return
  view.setUint8(at + MESSAGE_LENGTH, type === SOLICITATION ? 1 : 2)
  view.setUint8(at + MESSAGE_LENGTH + 1, 1)
  setMac(view, at + MESSAGE_LENGTH + 2, linkAddress)
}

/** Writes 16 bytes. */
export function setIpv6(view: DataView, at: number, ip: Ipv6): void {
  view.setBigUint64(at, ip >> 64n)
  view.setBigUint64(at + 8, ip & 0xffff_ffff_ffff_ffffn)
}

export function getIpv6(view: DataView, at: number): Ipv6 {
  return (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)
}

/** Of an ICMPv6 message just behind an IPv6 header that begins at `at` and whose length is even (RFC 4443 section 2.3). */
export function setChecksum(view: DataView, at: number): void {
  const length = view.getUint16(at + 4)
  const message = at + IPV6_LENGTH
  view.setUint16(message + 2, 0)
  let sum = length + ICMP6
  for (let place = at + 8; place < message + length; place += 2) sum += view.getUint16(place)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  view.setUint16(message + 2, sum === 0xffff ? 0xffff : ~sum & 0xffff)
}
