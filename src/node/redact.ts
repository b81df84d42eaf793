import { createHmac } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { formatMac, isGroupMac, parseMac, ZERO_MAC } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'
import type { HostRecord } from './host.js'
import type { Probe } from './probes.js'

/**
 * Pseudonyms for host names, IP addresses and MACs: the same one for the same thing everywhere in a run, another in the
 * next run. Addresses keep their common prefixes (two hosts of one subnet stay in one subnet), so that routes still
 * match; addresses with a meaning of their own (loopback, link-local prefix, multicast, any) and virtual router MACs stay.
 */
export class Redactor {
  private readonly key: Uint8Array
  private readonly names: ReadonlyMap<string, string>
  private readonly bits = new Map<string, number>()

  /** `names` are the host names and addresses to hide; `key` decides the pseudonyms. */
  constructor(names: readonly string[], key: Uint8Array) {
    this.key = key
    const hosts = [...new Set(names)].filter((name) => !ipaddr.isValid(name))
    this.names = new Map(hosts.map((name, at) => [name, `host-${at + 1}`]))
  }

  record({ name, address, probes, failure }: HostRecord): HostRecord {
    return {
      name: this.text(name),
      address: this.text(address),
      probes: Object.fromEntries(Object.entries(probes).map(([probe, said]) => [probe, this.probe(said)])),
      failure: failure && {
        subject: this.text(failure.subject),
        reason: this.text(failure.reason),
        hint: this.text(failure.hint),
      },
    }
  }

  text(text: string): string {
    return this.withoutNames(text)
      .replace(MAC, (mac) => this.mac(mac))
      .replace(HEX_ADDRESS, (hex) => this.hex(hex))
      .replace(IPV6, (ip) => (ipaddr.IPv6.isValid(ip) ? this.ip(ip) : ip))
      .replace(IPV4, (ip) => (ipaddr.IPv4.isValidFourPartDecimal(ip) ? this.ip(ip) : ip))
  }

  private probe({ status, stdout, stderr }: Probe): Probe {
    return { status, stdout: this.text(stdout), stderr: this.text(stderr) }
  }

  private withoutNames(text: string): string {
    if (this.names.size === 0) return text
    const longestFirst = [...this.names.keys()].sort((a, b) => b.length - a.length)
    const pattern = new RegExp(`(?<![\\w.-])(?:${longestFirst.map(escapePattern).join('|')})(?![\\w-])`, 'g')
    return text.replace(pattern, (name) => this.names.get(name) ?? name)
  }

  private mac(text: string): string {
    const mac = parseMac(text)
    if (mac === null || mac === ZERO_MAC || isGroupMac(mac) || virtualRouterName(mac) !== null) return text
    const digest = this.digest(`mac ${formatMac(mac)}`)
    return formatMac(0x02_00_00_00_00_00 + digest.readUIntBE(0, 5))
  }

  /** Bit by bit, each flipped or not by a digest of the bits before it: what two addresses share, their pseudonyms share. */
  ip(text: string): string {
    const address = ipaddr.parse(text)
    if (KEPT.has(address.range())) return text
    const bytes = address.toByteArray()
    const kept = keptBits(address)
    return ipaddr.fromByteArray(bytes.map((byte, at) => byte ^ this.flips(bytes, at, kept))).toString()
  }

  private hex(words: string): string {
    const bytes = swapWords(Buffer.from(words, 'hex'))
    return swapWords(Buffer.from(ipaddr.parse(this.ip(ipaddr.fromByteArray([...bytes]).toString())).toByteArray()))
      .toString('hex')
      .toUpperCase()
  }

  private flips(bytes: readonly number[], at: number, kept: number): number {
    let mask = 0
    for (let bit = 0; bit < 8; bit++) {
      if (at * 8 + bit < kept) continue
      const prefix = [...bytes.slice(0, at), bytes[at]! >> (8 - bit)].join('.')
      mask |= this.flip(`${bytes.length} ${bit} ${prefix}`) << (7 - bit)
    }
    return mask
  }

  private flip(prefix: string): number {
    const seen = this.bits.get(prefix)
    if (seen !== undefined) return seen
    const flip = this.digest(prefix)[0]! & 1
    this.bits.set(prefix, flip)
    return flip
  }

  private digest(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest()
  }
}

/** The first octet or group says what kind of address it is, the prefix of a link-local one as well: they stay. */
function keptBits(address: ipaddr.IPv4 | ipaddr.IPv6): number {
  const linkLocal = address.range() === 'linkLocal'
  return address.kind() === 'ipv4' ? (linkLocal ? 16 : 8) : linkLocal ? 64 : 16
}

function swapWords(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap32()
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const MAC = /(?<!\b[0-9a-f]{1,4}:|::)\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b(?!:)/gi
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g
const IPV6 = /(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{2,39}(?![\w:])/gi
/** Little-endian words of /proc/net/tcp and tcp6, before `:PORT`. */
const HEX_ADDRESS = /\b(?:[0-9A-F]{32}|[0-9A-F]{8})(?=:[0-9A-F]{4}\b)/g
const KEPT = new Set(['unspecified', 'loopback', 'broadcast', 'multicast'])
