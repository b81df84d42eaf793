import { onesSum } from './internet-checksum.js'
import { ipText } from './ip-text.js'
import { IP_PROTOCOL, type VrrpPacket } from './vrrp-packet.js'

/** What became of a packet of protocol 112. The first two are no failure. */
export const ADVERT_OUTCOMES = [
  'vrrp',
  'carp',
  'vrrp-fragment',
  'vrrp-truncated',
  'vrrp-other-type',
  'vrrp-other-version',
  'vrrp-short-for-its-addresses',
] as const
export type AdvertFailure = Exclude<(typeof ADVERT_OUTCOMES)[number], 'vrrp' | 'carp'>

/** `plain`: right only without the pseudo-header, as some write VRRPv3 over IPv4. `unknown`: not all of it was captured. */
export type AdvertChecksum = 'right' | 'plain' | 'wrong' | 'unknown'

/** What a machine says that it is master of a virtual router, or, with priority 0, no longer. Passwords and digests are never read. */
export interface Advert {
  readonly protocol: 'vrrp' | 'carp'
  readonly family: 4 | 6
  readonly version: number
  readonly vrid: number
  /** 255: owner of the address; 0: resigns. Of CARP: 255 less the skew, so that more wins there too. */
  readonly priority: number
  /** How often it says that it advertises. */
  readonly intervalMs: number
  /** `none`, `password`, `AH`, `digest` (CARP), `type N`. */
  readonly authentication: string
  /** Empty for CARP, whose adverts name none. */
  readonly addresses: readonly string[]
  readonly source: string
  /** The address of the one machine that it was sent to; null: the group of all routers. */
  readonly to: string | null
  /** A receiver discards what was forwarded: not 255. */
  readonly hopLimit: number
  readonly checksum: AdvertChecksum
}

/** RFC 9568 section 5.1, RFC 3768 section 5.1. */
const VRRP = {
  type: 0,
  vrid: 1,
  priority: 2,
  count: 3,
  authentication: 4,
  interval2: 5,
  interval3: 4,
  header: 8,
} as const
const ADVERTISEMENT = 1
/** Of VRRPv2, always there as the RFC has it; left out by some who use none. */
const PASSWORD_BYTES = 8
/** FreeBSD netinet/ip_carp.h, struct carp_header: the lengths tell it from VRRPv2, whose first byte is the same. */
const CARP = { skew: 2, words: 3, base: 5, length: 36, authenticationWords: 7 } as const
/** A machine that stops says 255 for both. */
const CARP_RESIGNS = 255
const GROUP = { 4: '224.0.0.18', 6: 'ff02::12' } as const

/** Reads the advert that was found. Never throws: what cannot be read has a name. */
export function decodeAdvert(view: DataView, packet: VrrpPacket): Advert | AdvertFailure {
  const { at, end, isCut } = packet
  if (packet.isFragment) return 'vrrp-fragment'
  if (end - at < VRRP.header) return 'vrrp-truncated'
  const [version, type] = [view.getUint8(at) >> 4, view.getUint8(at) & 0xf]
  if (isCarp(view, packet)) return carpAdvert(view, packet)
  if (version !== 2 && version !== 3) return 'vrrp-other-version'
  if (version === 2 && packet.family === 6) return 'vrrp-other-version'
  if (type !== ADVERTISEMENT) return 'vrrp-other-type'
  const addressesEnd = at + VRRP.header + addressBytes(packet) * view.getUint8(at + VRRP.count)
  if (addressesEnd > end) return isCut ? 'vrrp-truncated' : 'vrrp-short-for-its-addresses'
  return vrrpAdvert(view, packet, version)
}

/** The last byte of an advert that is no authentication data. */
export function endOfAddresses(view: DataView, packet: VrrpPacket): number {
  const { at, end } = packet
  return Math.min(end, at + VRRP.header + addressBytes(packet) * view.getUint8(at + VRRP.count))
}

export function isCarp(view: DataView, { at, end, isCut }: VrrpPacket): boolean {
  if (end - at < VRRP.header || view.getUint8(at) !== 0x21) return false
  return view.getUint8(at + CARP.words) === CARP.authenticationWords && (isCut || end - at === CARP.length)
}

function vrrpAdvert(view: DataView, packet: VrrpPacket, version: number): Advert {
  const { at } = packet
  const bytes = addressBytes(packet)
  const count = view.getUint8(at + VRRP.count)
  const first = at + VRRP.header
  const addresses = Array.from({ length: count }, (_, number) => ipText(view, first + bytes * number, bytes))
  return {
    protocol: 'vrrp',
    version,
    priority: view.getUint8(at + VRRP.priority),
    intervalMs:
      version === 2 ? 1000 * view.getUint8(at + VRRP.interval2) : 10 * (view.getUint16(at + VRRP.interval3) & 0xfff),
    authentication: version === 2 ? authenticationOf(view, packet) : 'none',
    addresses,
    ...common(view, packet, version === 3),
  }
}

function authenticationOf(view: DataView, { at, isAuthenticated }: VrrpPacket): string {
  const type = view.getUint8(at + VRRP.authentication)
  if (isAuthenticated || type === 2) return 'AH'
  return type === 0 ? 'none' : type === 1 ? 'password' : `type ${type}`
}

function carpAdvert(view: DataView, packet: VrrpPacket): Advert {
  const [skew, base] = [view.getUint8(packet.at + CARP.skew), view.getUint8(packet.at + CARP.base)]
  const resigns = skew === CARP_RESIGNS && base === CARP_RESIGNS
  return {
    protocol: 'carp',
    version: 2,
    priority: resigns ? 0 : CARP_RESIGNS - skew,
    intervalMs: Math.round(1000 * (base + skew / 256)),
    authentication: 'digest',
    addresses: [],
    ...common(view, packet, packet.family === 6),
  }
}

function common(view: DataView, packet: VrrpPacket, withPseudoHeader: boolean) {
  const { at, family, hopLimit } = packet
  const bytes = addressBytes(packet)
  const destination = ipText(view, packet.destination, bytes)
  return {
    family,
    vrid: view.getUint8(at + VRRP.vrid),
    source: ipText(view, packet.source, bytes),
    to: destination === GROUP[family] ? null : destination,
    hopLimit,
    checksum: checksumOf(view, packet, withPseudoHeader),
  }
}

/** RFC 9568 section 5.2.8: of VRRPv3 with a pseudo-header; that of VRRPv2 does not cover any. */
function checksumOf(view: DataView, packet: VrrpPacket, withPseudoHeader: boolean): AdvertChecksum {
  const { at, end, isCut } = packet
  if (isCut) return 'unknown'
  const plain = onesSum(view, at, end)
  if (!withPseudoHeader) return isRight(view, packet, plain) ? 'right' : 'wrong'
  if (onesSum(view, at, end, pseudoHeader(view, packet)) === 0xffff) return 'right'
  return plain === 0xffff ? 'plain' : 'wrong'
}

/** RFC 2338 to 3768 leave open whether the password is covered; programs do both. */
function isRight(view: DataView, packet: VrrpPacket, plain: number): boolean {
  const { at, end } = packet
  const hasPassword = end - endOfAddresses(view, packet) === PASSWORD_BYTES
  return plain === 0xffff || (hasPassword && onesSum(view, at, end - PASSWORD_BYTES) === 0xffff)
}

/** Both addresses, the length and the protocol number. */
export function pseudoHeader(view: DataView, packet: VrrpPacket): number {
  const { source, at, end } = packet
  return onesSum(view, source, source + 2 * addressBytes(packet), end - at + IP_PROTOCOL.vrrp)
}

function addressBytes({ family }: VrrpPacket): 4 | 16 {
  return family === 4 ? 4 : 16
}
