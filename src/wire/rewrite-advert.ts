import { type AdvertChecksum, decodeAdvert, endOfAddresses, isCarp, pseudoHeader } from './advert.js'
import { onesSum } from './internet-checksum.js'
import type { VrrpPacket } from './vrrp-packet.js'

/** RFC 791; where a checksum of VRRP and CARP lies; the two bytes of an authentication header that say what follows, and where. */
const IPV4 = { checksum: 10, shortest: 20 } as const
const MESSAGE = { checksum: 6, header: 8 } as const
const AH_KEPT = 2

/** What to write for the address of so many bytes at a place. */
export type RewriteIp = (view: DataView, at: number, bytes: 4 | 16) => void

/**
 * Gives an advert other addresses, in place. What could be secret or tell who it is goes: passwords, digests, options, what an
 * authentication header holds, and the trailer. A checksum stays as right or wrong as it was.
 */
export function rewriteAdvert(bytes: Uint8Array, view: DataView, packet: VrrpPacket, rewrite: RewriteIp): void {
  const advert = decodeAdvert(view, packet)
  if (typeof advert === 'string') return
  const { at, end, family } = packet
  const size = family === 4 ? 4 : 16
  const kept = isCarp(view, packet) ? Math.min(end, at + MESSAGE.header) : endOfAddresses(view, packet)
  for (let address = at + MESSAGE.header; address < kept; address += size) rewrite(view, address, size)
  for (const address of [packet.source, packet.destination]) rewrite(view, address, size)
  blankBetween(bytes, view, packet)
  bytes.fill(0, kept)
  const covers = advert.version === 3 || family === 6
  setChecksum(view, packet, covers, advert.checksum)
  if (family === 4) setHeaderChecksum(view, packet.ip)
}

/** Options of the IP header, and an authentication header. */
function blankBetween(bytes: Uint8Array, view: DataView, packet: VrrpPacket): void {
  if (packet.family === 6) return
  const options = packet.ip + IPV4.shortest
  const header = packet.ip + headerLength(view, packet.ip)
  bytes.fill(0, options, Math.max(options, header))
  bytes.fill(0, header + AH_KEPT, Math.max(header + AH_KEPT, packet.at))
}

function headerLength(view: DataView, ip: number): number {
  return 4 * (view.getUint8(ip) & 0xf)
}

function setHeaderChecksum(view: DataView, ip: number): void {
  view.setUint16(ip + IPV4.checksum, 0)
  view.setUint16(ip + IPV4.checksum, 0xffff & ~onesSum(view, ip, ip + headerLength(view, ip)))
}

function setChecksum(view: DataView, packet: VrrpPacket, covers: boolean, was: AdvertChecksum): void {
  const { at, end } = packet
  const field = at + MESSAGE.checksum
  view.setUint16(field, 0)
  const plain = 0xffff & ~onesSum(view, at, end)
  const right = covers ? 0xffff & ~onesSum(view, at, end, pseudoHeader(view, packet)) : plain
  if (was === 'unknown') return
  if (was !== 'wrong') view.setUint16(field, was === 'plain' ? plain : right)
  else view.setUint16(field, [0, 1, 2].find((value) => value !== plain && value !== right)!)
}
