import { createHmac } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { formatMac, isGroupMac, isLocalMac, type Mac, macPrefix, ZERO_MAC } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'

/** What of an address a pseudonym keeps beside its prefixes. */
export interface KeptParts {
  /** So many low bits of an IPv4 or IPv6 address stay, so that ranges keep their order and .0 and .255 their meaning. */
  readonly lowBits: { readonly 4: number; readonly 6: number }
}

const NOTHING: KeptParts = { lowBits: { 4: 0, 6: 0 } }

/**
 * Pseudonyms for IP addresses and MACs: the same one for the same thing everywhere in a run, another in the next run.
 * Addresses keep their common prefixes (two hosts of one subnet stay in one subnet), so that routes still match; the
 * networks that have a meaning of their own (private, loopback, link-local, multicast …), the vendor part of a MAC and
 * virtual router MACs stay.
 */
export class Addresses {
  private readonly key: Uint8Array
  private readonly keep: KeptParts
  private readonly bits = new Map<string, number>()
  private readonly macs = new Map<Mac, Mac>()
  private readonly taken = new Set<Mac>()
  /** The first two octets of every IPv4 address that was met and may name somebody, as `10 77`. */
  private readonly starts = new Set<string>()

  /** `key` decides the pseudonyms. */
  constructor(key: Uint8Array, keep = NOTHING) {
    this.key = key
    this.keep = keep
  }

  /** Never the pseudonym of another one; the vendor's part stays, and a MAC that no vendor gave starts with 02. */
  mac(mac: Mac): Mac {
    const known = this.macs.get(mac)
    if (known !== undefined) return known
    const redacted = isWellKnown(mac) ? mac : this.freshMac(mac)
    this.macs.set(mac, redacted)
    this.taken.add(redacted)
    return redacted
  }

  private freshMac(mac: Mac): Mac {
    const isLocal = isLocalMac(mac) && !isGroupMac(mac)
    const fresh = isLocal ? 5 : macPrefix(mac, 16) === LOAD_BALANCED ? 4 : 3
    const kept = isLocal ? 0x02 : macPrefix(mac, 48 - 8 * fresh)
    for (let n = 0; ; n++) {
      const redacted = kept * 2 ** (8 * fresh) + this.digest(`mac ${n} ${formatMac(mac)}`).readUIntBE(0, fresh)
      if (redacted !== mac && !this.taken.has(redacted)) return redacted
    }
  }

  /** An address, or a network: its host bits stay empty. Text of another form stays. */
  network(text: string): string {
    const [ip = '', length] = text.split('/')
    if (!ipaddr.isValid(ip)) return text
    if (length === undefined) return this.ip(ip)
    const [bytes, redacted] = [ipaddr.parse(ip).toByteArray(), ipaddr.parse(this.ip(ip)).toByteArray()]
    const hostBits = (at: number) => 0xff >> Math.min(8, Math.max(0, Number(length) - 8 * at))
    const isNetwork = bytes.every((byte, at) => (byte & hostBits(at)) === 0)
    const kept = isNetwork ? redacted.map((byte, at) => byte & ~hostBits(at)) : redacted
    return `${ipaddr.fromByteArray(kept)}/${length}`
  }

  /** Bit by bit, each flipped or not by a digest of the bits before it: what two addresses share, their pseudonyms share. */
  ip(text: string): string {
    const address = ipaddr.parse(text)
    const bytes = address.toByteArray()
    if (bytes.length === 4 && !isOnTheWay(bytes, 31)) this.starts.add(`${bytes[0]} ${bytes[1]}`)
    return ipaddr.fromByteArray(bytes.map((byte, at) => byte ^ this.flips(bytes, at))).toString()
  }

  /** Whether two figures of a name are those with which an address begins that was met: `lb-10-77` beside 10.77.0.240. */
  holdsStart(name: string): boolean {
    return [...name.matchAll(TWO_FIGURES)].some(([, one, two]) => this.starts.has(`${Number(one)} ${Number(two)}`))
  }

  private flips(bytes: readonly number[], at: number): number {
    const last = 8 * bytes.length - this.keep.lowBits[bytes.length === 4 ? 4 : 6]
    let mask = 0
    for (let bit = 8 * at; bit < Math.min(8 * at + 8, last); bit++) mask |= this.flip(bytes, bit) << (7 - (bit % 8))
    return mask
  }

  private flip(bytes: readonly number[], bit: number): number {
    const prefix = [...bytes.slice(0, bit >> 3), bytes[bit >> 3]! >> (8 - (bit % 8))].join('.')
    const name = `${bytes.length} ${bit} ${prefix}`
    const seen = this.bits.get(name)
    if (seen !== undefined) return seen
    const flip = isOnTheWay(bytes, bit) ? 0 : this.digest(name)[0]! & 1
    this.bits.set(name, flip)
    return flip
  }

  private digest(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest()
  }
}

const TWO_FIGURES = /(?<!\d)(?=(\d{1,3})[-_](\d{1,3})(?!\d))/g

/** Whether this bit decides between a network with a meaning of its own and another; inside `whole` ones every bit does. */
function isOnTheWay(bytes: readonly number[], bit: number): boolean {
  return MEANT.some(
    ({ network, length, whole }) =>
      network.length === bytes.length && (bit < length || whole) && share(bytes, network, Math.min(bit, length)),
  )
}

function share(one: readonly number[], other: readonly number[], bits: number): boolean {
  for (let at = 0; at < bits; at += 8) {
    const unread = Math.max(0, at + 8 - bits)
    if (one[at >> 3]! >> unread !== other[at >> 3]! >> unread) return false
  }
  return true
}

function isWellKnown(mac: Mac): boolean {
  if (isGroupMac(mac)) return macPrefix(mac, 24) !== SOLICITED && macPrefix(mac, 16) !== LOAD_BALANCED
  return mac === ZERO_MAC || virtualRouterName(mac) !== null || mac === CALICO_MAC
}

/** Of solicited-node groups: 33:33:ff and the last 24 bits of an address (RFC 2464 section 7). */
const SOLICITED = 0x33_33_ff
/** 03:bf and the four octets of an address: the multicast mode of Microsoft's Network Load Balancing. */
const LOAD_BALANCED = 0x03_bf

/** The host end of every veth of Calico. */
const CALICO_MAC: Mac = 0xee_ee_ee_ee_ee_ee

/** IANA's special-purpose registries. Addresses in the `whole` ones name nobody and stay; of the others the prefix does. */
const MEANT = [
  ...['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/64'].map(
    (cidr) => meant(cidr, false),
  ),
  ...['0.0.0.0/32', '127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::/127', 'ff00::/8'].map((cidr) =>
    meant(cidr, true),
  ),
]

function meant(cidr: string, whole: boolean) {
  const [address, length] = ipaddr.parseCIDR(cidr)
  return { network: address.toByteArray(), length, whole }
}
