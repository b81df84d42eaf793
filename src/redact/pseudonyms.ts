import ipaddr from 'ipaddr.js'
import { atOnce, ofEach, type Steps } from '../steps.js'
import { formatMac, type Mac, parseMac } from '../wire/mac.js'
import type { Addresses } from './addresses.js'
import { type NameKind, Names } from './names.js'
import { isInterface, Vocabulary } from './words.js'

/** Everything that one redaction writes in place of something: the same for the same thing everywhere in it. */
export class Pseudonyms {
  private readonly addresses: Addresses
  private readonly names: Names
  private readonly vocabulary: Vocabulary

  constructor(addresses: Addresses, names: Names, vocabulary: Vocabulary) {
    this.addresses = addresses
    this.names = names
    this.vocabulary = vocabulary
  }

  mac(mac: Mac): Mac {
    return this.addresses.mac(mac)
  }

  /** A name that an operator chose; one of well-known words alone stays, unless it is a machine's. */
  name(kind: NameKind, name: string): string {
    if (name === '') return ''
    if (ipaddr.isValid(name) || name.includes(':')) return this.text(name)
    return kind !== 'node' && this.vocabulary.isKnown(name) && this.vocabulary.derivedBy(name) === null
      ? this.names.ofWords(kind, name)
      : this.names.of(kind, name)
  }

  /** `eth0`, `bond0.100` and their kind stay; of another one stays the VLAN behind its dot. */
  interface(name: string): string {
    if (name === '' || isInterface(name) || name === 'all' || name === 'default') return name
    // where a tunnel's other end stands in a port's place
    if (ipaddr.IPv4.isValidFourPartDecimal(name) || ipaddr.IPv6.isValid(name)) return this.addresses.ip(name)
    const [, base = name, vlan = ''] = /^(.+?)((?:\.\d{1,4})?)$/.exec(name) ?? []
    return (isInterface(base) ? base : this.names.of('interface', base)) + vlan
  }

  /** Word by word: names, addresses and MACs are replaced, and every word that we do not know ourselves. */
  text(text: string): string {
    return text.replace(TOKEN, (token, mac?: string, ip?: string) => {
      if (mac !== undefined) return token.slice(0, -mac.length) + this.macText(mac)
      if (ip !== undefined && isAddress(ip)) return this.addresses.network(ip)
      return token.replace(WORD, (word) => this.word(word))
    })
  }

  version(text: string): string {
    return text.replace(/[^\s~+_()/-]+/g, (part) => (this.isVersionPart(part) ? part : 'x'))
  }

  /** What of an image's name tells software and version; the registry of a company is its name. */
  image(image: string): string {
    const [path = '', digest] = image.split('@')
    const [, repository = path, tag] = /^(.*?)(?::([^/:]*))?$/.exec(path) ?? []
    const parts = repository.split('/')
    const hasRegistry = parts.length > 1 && /[.:]/.test(parts[0]!)
    const [registry, rest] = hasRegistry ? [parts[0]!, parts.slice(1)] : [null, parts]
    const written = [...(registry === null ? [] : [registryOf(registry)]), ...rest.map((part) => this.text(part))]
    return `${written.join('/')}${tag === undefined ? '' : `:${this.version(tag)}`}${digest === undefined ? '' : '@sha256:0'}`
  }

  /** What was written for a word, or the word where it stayed. */
  lookUp(text: string): string {
    return text.replace(TOKEN, (token, mac?: string, ip?: string) => {
      if (mac === undefined && ip === undefined) return this.names.find(token) ?? token
      return mac?.includes('.') ? token : this.text(token)
    })
  }

  private macText(text: string): string {
    const mac = parseMac(octetsOf(text))
    return mac === null ? this.text(text.replace(/[:.-]/g, ' ')) : formatMac(this.addresses.mac(mac))
  }

  private isVersionPart(part: string): boolean {
    if (this.vocabulary.isKnown(part)) return true
    const [, middle = ''] = /^\d{0,6}([a-z]{1,10})[\d.]{0,8}$/i.exec(part) ?? []
    return middle !== '' && (this.vocabulary.isKnown(middle) || VERSION_WORD.test(middle))
  }

  private word(word: string): string {
    const [whole, ...shorter] = namesAtStartOf(word)
    const name = whole === undefined ? null : this.names.find(whole)
    if (name !== null) return name
    // figures alone are a range of ports or the like
    if (this.vocabulary.isKnown(word)) return /\p{L}/u.test(word) ? this.names.ofWords('value', word) : word
    const start = shorter.find((one) => this.names.find(one) !== null)
    if (start === undefined) return this.names.of('value', word)
    return this.names.find(start)! + word.slice(start.length).replace(WORD, (rest) => this.word(rest))
  }
}

/** What `write` makes under pseudonyms. It runs twice: all names are noted before the first of them can be written. */
export function* writingPseudonyms<T>(
  addresses: Addresses,
  write: (to: Pseudonyms) => Steps<T>,
  vocabulary: Vocabulary = new Vocabulary(),
): Steps<{ written: T; names: Names; to: Pseudonyms }> {
  const names = new Names(vocabulary)
  const to = new Pseudonyms(addresses, names, vocabulary)
  yield* write(to)
  names.seal((name) => addresses.holdsStart(name))
  return { written: yield* write(to), names, to }
}

/** The same of what is written in one step. */
export function underPseudonyms<T>(addresses: Addresses, write: (to: Pseudonyms) => T, vocabulary?: Vocabulary) {
  const { written, ...names } = atOnce(writingPseudonyms(addresses, (to) => ofEach([to], write), vocabulary))
  return { ...names, written: written[0]! }
}

/** `node-a.acme.example`, `node-a.acme` and `node-a`: any of these may be the name that a word holds. */
export function namesAtStartOf(word: string): string[] {
  const parts = word.split('.')
  return parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('.'))
}

const VERSION_WORD = /^(?:el|fc|deb|bpo|rc|v|beta|alpha|pve)$/i

const PUBLIC =
  /^(?:quay\.io|docker\.io|ghcr\.io|gcr\.io|registry\.k8s\.io|k8s\.gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws)$/

function registryOf(registry: string): string {
  return PUBLIC.test(registry) ? registry : 'registry.example'
}

/** `2:0:0:0:0:13`, `02-00-00-00-00-13` and `0200.0000.0013` as `02:00:00:00:00:13`. */
function octetsOf(text: string): string {
  if (text.includes('.') || !/[:-]/.test(text)) return text.replace(/\./g, '').replace(/(..)(?=.)/g, '$1:')
  return text
    .split(/[:-]/)
    .map((octet) => octet.padStart(2, '0'))
    .join(':')
}

function isAddress(text: string): boolean {
  const [ip = '', length] = text.split('/')
  const isWhole = ipaddr.IPv4.isValidFourPartDecimal(ip) || ipaddr.IPv6.isValid(ip)
  return isWhole && (length === undefined || Number(length) <= 128)
}

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?/gu
/** A MAC in any of its spellings, that of a bridge's id too, an address with or without its prefix length, or a word. */
const TOKEN =
  /(?<![\w:.-])(?:[0-9a-f]{4}\.)?((?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}(?![\w:])|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.]))|((?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2}(?!\d))?(?![\d.])|(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{2,39}(?:\/\d{1,3})?(?![\w:]))|[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?/giu
