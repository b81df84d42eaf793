/**
 * What became of an IPv6 packet: 0 is no neighbour discovery, then the messages of RFC 4861 section 4, then why a message is
 * none that a host would take (RFC 4861 section 7.1 and 6.1, RFC 6980).
 */
export const DISCOVERIES = [
  '',
  'router-solicitation',
  'router-advertisement',
  'neighbor-solicitation',
  'neighbor-advertisement',
  'redirect',
  'truncated-nd',
  'nd-behind-fragment-header',
  'nd-hop-limit-not-255',
  'nd-bad-checksum',
  'nd-bad-code',
  'nd-bad-option-length',
  'nd-bad-target',
  'nd-bad-destination',
] as const

/** Places in DISCOVERIES. */
export const DISCOVERY = {
  none: 0,
  routerSolicitation: 1,
  routerAdvertisement: 2,
  neighborSolicitation: 3,
  neighborAdvertisement: 4,
  redirect: 5,
  truncated: 6,
  fragmented: 7,
  hopLimit: 8,
  checksum: 9,
  code: 10,
  optionLength: 11,
  target: 12,
  destination: 13,
} as const

/** RFC 4861 section 4.4; in the first byte after the checksum of an advertisement. */
export const ADVERTISED = { router: 0x80, solicited: 0x40, override: 0x20 } as const

/** RFC 8200; protocol numbers as IANA lists them. */
const IPV6 = { payloadLength: 4, next: 6, hopLimit: 7, source: 8, destination: 24, length: 40, version: 6 } as const
const NEXT = { hopByHop: 0, fragment: 44, icmp6: 58, destinationOptions: 60 } as const
/** More extension headers than this are nobody's. */
const MOST_HEADERS = 8
const FRAGMENT_LENGTH = 8

/** RFC 4443 and RFC 4861 section 4: ICMPv6 types 133 to 137. */
const ICMP6 = { code: 1, flags: 4, target: 8 } as const
const FIRST_TYPE = 133
const LAST_TYPE = 137
/** Bytes before the options of each type, from 133 on. */
const FIXED_LENGTHS = [8, 16, 24, 24, 40] as const
const SOURCE_LINK_ADDRESS = 1
const TARGET_LINK_ADDRESS = 2
/** RFC 3971 and RFC 7527: a probe that comes back to its sender over a loop is known by it. */
const NONCE = 14

/** The first word of ff02::1:ff00:0/104 (RFC 4291 section 2.7.1); 0 and 1 follow. */
const LINK_LOCAL_GROUP = 0xff02_0000 | 0

/**
 * Reads the neighbour discovery of an IPv6 packet. As the ARP decoder, one instance serves for all frames, its fields hold the
 * last one, and nothing is allocated. Never throws.
 */
export class DiscoveryDecoder {
  /** IPv6 source, destination and target, 4 words each in the order of the wire; the target only of those that have one. */
  readonly source = new Int32Array(4)
  readonly destination = new Int32Array(4)
  readonly target = new Int32Array(4)
  /** The bits of ADVERTISED. */
  flags = 0
  /** The place in the frame of the link-layer address option's MAC (SLLA; of an advertisement TLLA), or -1. */
  linkAddressAt = -1
  hasNonce = false
  /** Where the IPv6 header of the last packet begins. */
  headerAt = 0

  /** `at` is where the IPv6 header begins; the answer is a place in DISCOVERIES. */
  decode(view: DataView, at: number, end: number): number {
    this.headerAt = at
    this.linkAddressAt = -1
    if (end - at < IPV6.length || view.getUint8(at) >> 4 !== IPV6.version) return DISCOVERY.none
    const whole = at + IPV6.length + view.getUint16(at + IPV6.payloadLength)
    let next = view.getUint8(at + IPV6.next)
    let from = at + IPV6.length
    let fragmented = false
    for (let headers = 0; next !== NEXT.icmp6; headers++) {
      const isFragment = next === NEXT.fragment
      if (!isFragment && next !== NEXT.hopByHop && next !== NEXT.destinationOptions) return DISCOVERY.none
      if (headers === MOST_HEADERS || end - from < FRAGMENT_LENGTH) return DISCOVERY.none
      // of a fragment that is not the first, the message is elsewhere
      if (isFragment && view.getUint16(from + 2) >> 3 !== 0) return DISCOVERY.none
      fragmented ||= isFragment
      next = view.getUint8(from)
      from += isFragment ? FRAGMENT_LENGTH : 8 * (1 + view.getUint8(from + 1))
    }
    if (from >= Math.min(end, whole)) return DISCOVERY.none
    const type = view.getUint8(from)
    if (type < FIRST_TYPE || type > LAST_TYPE) return DISCOVERY.none
    return fragmented ? DISCOVERY.fragmented : this.read(view, at, from, Math.min(end, whole), whole)
  }

  /** A message that begins at `from`, of a packet whose captured bytes end at `end`, and which itself ends at `whole`. */
  private read(view: DataView, at: number, from: number, end: number, whole: number): number {
    const kind = view.getUint8(from) - FIRST_TYPE
    const fixed = FIXED_LENGTHS[kind]!
    if (end - from < fixed) return DISCOVERY.truncated
    if (view.getUint8(at + IPV6.hopLimit) !== 255) return DISCOVERY.hopLimit
    if (view.getUint8(from + ICMP6.code) !== 0) return DISCOVERY.code
    if (end === whole && checksumOf(view, at, from, end) !== 0xffff) return DISCOVERY.checksum
    for (let word = 0; word < 4; word++) {
      this.source[word] = view.getInt32(at + IPV6.source + 4 * word)
      this.destination[word] = view.getInt32(at + IPV6.destination + 4 * word)
      this.target[word] = fixed < 24 ? 0 : view.getInt32(from + ICMP6.target + 4 * word)
    }
    this.flags = view.getUint8(from + ICMP6.flags) & 0xe0
    const outcome = this.readOptions(
      view,
      from + fixed,
      end,
      whole,
      kind === 3 ? TARGET_LINK_ADDRESS : SOURCE_LINK_ADDRESS,
    )
    // a router's messages are context: that their last options are cut off hides nobody who answers
    const isWhole = outcome === DISCOVERY.none || (outcome === DISCOVERY.truncated && kind !== 2 && kind !== 3)
    return isWhole ? this.judge(kind) : outcome
  }

  private readOptions(view: DataView, start: number, end: number, whole: number, wanted: number): number {
    this.hasNonce = false
    for (let at = start; at < whole; ) {
      if (end - at < 2) return DISCOVERY.truncated
      const length = 8 * view.getUint8(at + 1)
      if (length === 0 || at + length > whole) return DISCOVERY.optionLength
      if (at + length > end) return DISCOVERY.truncated
      const type = view.getUint8(at)
      if (type === wanted && length === 8 && this.linkAddressAt < 0) this.linkAddressAt = at + 2
      if (type === NONCE) this.hasNonce = true
      at += length
    }
    return DISCOVERY.none
  }

  /** RFC 4861 sections 7.1.1 and 7.1.2, as a kernel holds them too (net/ipv6/ndisc.c). */
  private judge(kind: number): number {
    const outcome = DISCOVERY.routerSolicitation + kind
    if (outcome !== DISCOVERY.neighborSolicitation && outcome !== DISCOVERY.neighborAdvertisement) return outcome
    if (isMulticast(this.target) || isUnspecified(this.target)) return DISCOVERY.target
    if (outcome === DISCOVERY.neighborAdvertisement) {
      const solicitsAll = (this.flags & ADVERTISED.solicited) !== 0 && isMulticast(this.destination)
      return solicitsAll ? DISCOVERY.destination : outcome
    }
    if (!isUnspecified(this.source)) return outcome
    return isSolicitedNode(this.destination) && this.linkAddressAt < 0 ? outcome : DISCOVERY.destination
  }
}

function isUnspecified(words: Int32Array): boolean {
  return (words[0]! | words[1]! | words[2]! | words[3]!) === 0
}

export function isMulticast(words: Int32Array): boolean {
  return words[0]! >>> 24 === 0xff
}

function isSolicitedNode(words: Int32Array): boolean {
  return words[0] === LINK_LOCAL_GROUP && words[1] === 0 && words[2] === 1 && words[3]! >>> 24 === 0xff
}

/** RFC 4443 section 2.3: over a pseudo-header of addresses, length and protocol, and the message; 0xffff when it is right. */
export function checksumOf(view: DataView, at: number, from: number, end: number): number {
  let sum = end - from + NEXT.icmp6
  for (let place = at + IPV6.source; place < at + IPV6.length; place += 2) sum += view.getUint16(place)
  for (let place = from; place + 1 < end; place += 2) sum += view.getUint16(place)
  if ((end - from) % 2 === 1) sum += view.getUint8(end - 1) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}
