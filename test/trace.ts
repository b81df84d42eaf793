/**
 * Frame traces: the text form of a capture, for fixtures (`trace.txt`) and tests.
 *
 *     # time  [ethSrc>ethDst] kind  sender -> target                        options
 *     0.000000  01>* request  01/10.0.0.1 -> 00:00:00:00:00:00/10.0.0.240   vlan 100
 *     0.000400  reply 02:00:00:00:00:02/10.0.0.240 -> 01/10.0.0.1             vlan 100
 *
 * A line is a time in seconds, an ARP frame, options. `#` starts a comment; blank lines are skipped.
 * A time of `+0.3` counts from the line before (from its first frame when that line repeats). Traces start at TRACE_START.
 * A MAC may be written as its last octet in hex: `02` is 02:00:00:00:00:02; `*` is ff:ff:ff:ff:ff:ff. An IP is always whole.
 *
 * Kinds (`ethSrc>ethDst` is optional everywhere, and overrides what the kind implies):
 *   request MAC/IP -> MAC/IP    opcode 1, to broadcast             reply MAC/IP -> MAC/IP    opcode 2, to the target's MAC
 *   ask     MAC/IP -> IP        a request to broadcast             answer MAC/IP -> MAC/IP   the same as reply
 *   ask     MAC/IP -> IP at MAC a request to one host              probe  MAC -> IP          RFC 5227: spa 0.0.0.0, to broadcast
 *   garp    MAC/IP              announcement, opcode 1             garp-reply MAC/IP         gratuitous, opcode 2
 *   oper N  MAC/IP -> MAC/IP    any other opcode                   frame HEX                 any Ethernet frame, byte for byte
 *   advert  MAC/IP vrid 51 prio 100 for IP,IP                      carp MAC/IP vrid 1 prio 255 (of CARP: 255 less the skew)
 *     and, in any order: version 3, interval MS, password WORD, hops N, to MAC/IP, checksum plain|wrong; an IP of either family
 *
 * With IPv6 addresses these are neighbour discovery: `ask` and `probe` (source ::) solicit, `answer` advertises (S, O and TLLA set; with
 * `flags s`, `flags -` … others; `flags s bare` leaves the TLLA out), `garp` advertises to all nodes (O and TLLA set).
 *
 * `mld-query MAC/IP`, `mld-report MAC/IP for IP,IP` (all that there is), `mld-join` (what came) and `mld-report1 MAC/IP for IP` ask for and name their groups.
 *
 * Options: `vlan 100`, `vlan 200.300` (outermost first), `repeat N every S` (N frames, S seconds apart; a fraction or `1/50`).
 * The frames of one trace are sorted by time, so repeated lines interleave.
 */
import ipaddr from 'ipaddr.js'
import { ADVERTISED } from '../src/wire/discovery-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../src/wire/ethernet.js'
import { type Ipv4, parseIpv4 } from '../src/wire/ipv4.js'
import { type Ipv6, parseIpv6 } from '../src/wire/ipv6.js'
import { BROADCAST_MAC, type Mac, parseMac, ZERO_MAC } from '../src/wire/mac.js'
import { type ArpFrame, type Station, setMac, writeArp } from '../src/wire/write-arp.js'
import { advertisement, lookForDuplicate, type Station6, solicitation } from '../src/wire/write-discovery.js'
import { pcapHeader, pcapRecord } from '../src/wire/write-pcap.js'
import { advertFrame } from './advert-frames.js'
import { type ListenerFrame, listenerFrame } from './listener-frames.js'

/** 2026-01-01T00:00:00Z in microseconds: time 0 of every trace. */
export const TRACE_START = Date.UTC(2026, 0, 1) * 1000

export interface TimedFrame {
  /** Microseconds since the epoch. */
  readonly at: number
  readonly frame: Uint8Array
}

/** The pcap bytes (little-endian, microseconds, Ethernet) of a trace. */
export function traceToPcap(text: string): Uint8Array {
  return framesToPcap(parseTrace(text))
}

export function framesToPcap(frames: readonly TimedFrame[]): Uint8Array {
  return Buffer.concat([pcapHeader(), ...frames.map(({ at, frame }) => pcapRecord(at, frame))])
}

/** Throws an error that names the line when a line cannot be read. */
export function parseTrace(text: string): TimedFrame[] {
  const frames: TimedFrame[] = []
  let last = 0
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/)
    if (words[0] === '') continue
    try {
      last = parseLine(words, last, frames)
    } catch (cause) {
      throw new Error(`trace line ${index + 1}, "${line.trim()}": ${(cause as Error).message}`, { cause })
    }
  }
  return frames.sort((one, other) => one.at - other.at)
}

/** Appends the frames of one line and returns its time. */
function parseLine(words: string[], last: number, frames: TimedFrame[]): number {
  const time = words.shift() ?? ''
  const start = time.startsWith('+') ? last + micros(time.slice(1)) : micros(time)
  const [count, step] = takeOption(words, 'repeat', 3, ([times, every, gap]) => {
    if (every !== 'every') throw new Error('write `repeat N every S`')
    return [Number(times), micros(gap)] as const
  }) ?? [1, 0]
  if (!(Number.isSafeInteger(count) && count > 0)) throw new Error('repeat needs a whole number')
  const vlans = takeOption(words, 'vlan', 1, ([ids]) => (ids ?? '').split('.').map(Number)) ?? []
  const frame = parseFrame(words, vlans)
  for (let n = 0; n < count; n++) frames.push({ at: TRACE_START + Math.round(start + n * step), frame })
  return start
}

function takeOption<T>(words: string[], name: string, length: number, read: (values: string[]) => T): T | null {
  const at = words.indexOf(name)
  return at < 0 ? null : read(words.splice(at, 1 + length).slice(1))
}

function parseFrame(words: string[], vlans: readonly number[]): Uint8Array {
  if (words[0] === 'frame') return Buffer.from(words.slice(1).join(''), 'hex')
  if (words[0]?.startsWith('mld-')) return parseListener(words, vlans)
  if (words[0] === 'advert' || words[0] === 'carp') return parseAdvert(words, vlans)
  const ethernet = words[0]?.includes('>') ? words.shift()!.split('>').map(mac) : []
  if (words.some((word) => isIpv6Text(word))) return withEthernet(parseDiscovery(words, vlans), ethernet)
  const arp = parseArp(words)
  return writeArp({ ...arp, ethSrc: ethernet[0] ?? arp.ethSrc, ethDst: ethernet[1] ?? arp.ethDst, vlans })
}

function parseAdvert(words: string[], vlans: readonly number[]): Uint8Array {
  const [kind, sender = ''] = words.splice(0, 2)
  const options = new Map<string, string>()
  while (words.length > 0) options.set(words.shift()!, words.shift() ?? '')
  const word = (name: string) => options.get(name)
  const [version, interval, hops, password, to] = ['version', 'interval', 'hops', 'password', 'to'].map(word)
  return advertFrame({
    ...(kind === 'carp' ? { protocol: 'carp' as const } : {}),
    mac: mac(sender.split('/')[0]),
    source: anyIp(sender.split('/')[1]),
    vrid: Number(word('vrid')),
    priority: Number(word('prio')),
    addresses: word('for')?.split(',').map(anyIp) ?? [],
    ...(version ? { version: Number(version) } : {}),
    ...(interval ? { intervalMs: Number(interval) } : {}),
    ...(hops ? { hopLimit: Number(hops) } : {}),
    ...(password ? { password } : {}),
    ...(to ? { to: { mac: mac(to.split('/')[0]), ip: anyIp(to.split('/')[1]) } } : {}),
    checksum: (word('checksum') ?? 'right') as 'right' | 'plain' | 'wrong',
    vlans,
  })
}

/** What it is, and of a report of version 2 what its records say: all that there is, or what was joined. */
const LISTENER_KINDS: Readonly<Record<string, readonly [ListenerFrame['type'], number?] | undefined>> = {
  'mld-query': ['query'],
  'mld-report': ['report2', 2],
  'mld-join': ['report2', 4],
  'mld-report1': ['report'],
}

function parseListener([kind, sender, , list]: readonly string[], vlans: readonly number[]): Uint8Array {
  const [type, record] = LISTENER_KINDS[kind ?? ''] ?? []
  if (type === undefined) throw new Error(`unknown kind "${kind}"`)
  const addresses = list?.split(',').map(ip6) ?? []
  return listenerFrame({
    from: station6(sender ?? ''),
    type,
    addresses,
    delayMs: 1000,
    vlans,
    ...(record && { record }),
  })
}

function anyIp(text = ''): string {
  if (!ipaddr.isValid(text)) throw new Error(`"${text}" is no address`)
  return text
}

function isIpv6Text(word: string): boolean {
  return (
    word.slice(word.indexOf('/') + 1).split(':').length > 2 && parseIpv6(word.slice(word.indexOf('/') + 1)) !== null
  )
}

function withEthernet(frame: Uint8Array, [source, destination]: readonly Mac[]): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  if (source !== undefined) setMac(view, 6, source)
  if (destination !== undefined) setMac(view, 0, destination)
  return frame
}

function parseDiscovery(words: string[], vlans: readonly number[]): Uint8Array {
  const [letters = ''] = takeOption(words, 'flags', 1, (values) => values) ?? []
  const bare = takeOption(words, 'bare', 0, () => true) ?? false
  const [kind, sender = '', , target = '', , host] = words
  const flags = flagsOf(letters || (kind === 'garp' ? 'o' : 'so'))
  const tags = { vlans, ...(host === undefined ? {} : { to: mac(host) }) }
  switch (kind) {
    case 'ask':
      return solicitation(station6(sender), ip6(target), tags)
    case 'probe':
      return lookForDuplicate(mac(sender), ip6(target), tags)
    case 'answer':
    case 'garp':
      return advertisement(station6(sender), kind === 'garp' ? null : station6(target), {
        flags,
        vlans,
        ...(bare ? { linkAddress: null } : {}),
      })
    default:
      throw new Error(`unknown kind "${kind}" of neighbour discovery`)
  }
}

function flagsOf(letters: string): number {
  const { router, solicited, override } = ADVERTISED
  const has = (letter: string, bit: number) => (letters.includes(letter) ? bit : 0)
  return has('r', router) | has('s', solicited) | has('o', override)
}

function station6(text: string): Station6 {
  const [first, second] = text.split('/')
  return { mac: mac(first), ip: ip6(second) }
}

function ip6(text = ''): Ipv6 {
  const address = parseIpv6(text)
  if (address === null) throw new Error(`"${text}" is no IPv6 address`)
  return address
}

function parseArp(words: string[]): ArpFrame {
  const kind = words.shift()
  const oper = kind === 'oper' ? Number(words.shift()) : kind === 'reply' || kind === 'answer' ? ARP_REPLY : ARP_REQUEST
  const [sender, arrow, target, at, host, ...rest] = words
  if (arrow !== undefined && arrow !== '->') throw new Error(`expected "->" but found "${arrow}"`)
  if ((at !== undefined && at !== 'at') || rest.length > 0) throw new Error(`cannot read "${at} ${host ?? ''}"`)
  switch (kind) {
    case 'ask':
      return packet(ARP_REQUEST, station(sender), { mac: ZERO_MAC, ip: ip(target) }, host ? mac(host) : BROADCAST_MAC)
    case 'probe':
      return packet(ARP_REQUEST, { mac: mac(sender), ip: 0 }, { mac: ZERO_MAC, ip: ip(target) }, BROADCAST_MAC)
    case 'garp':
      return packet(ARP_REQUEST, station(sender), { mac: ZERO_MAC, ip: station(sender).ip }, BROADCAST_MAC)
    case 'garp-reply':
      return packet(ARP_REPLY, station(sender), { mac: BROADCAST_MAC, ip: station(sender).ip }, BROADCAST_MAC)
    case 'request':
      return packet(oper, station(sender), station(target), BROADCAST_MAC)
    case 'reply':
    case 'answer':
    case 'oper':
      return packet(oper, station(sender), station(target), station(target).mac)
    default:
      throw new Error(`unknown kind "${kind}"`)
  }
}

function packet(oper: number, sender: Station, target: Station, ethDst: Mac): ArpFrame {
  return { ethSrc: sender.mac, ethDst, oper, sha: sender.mac, spa: sender.ip, tha: target.mac, tpa: target.ip }
}

function station(text = ''): Station {
  const [first, second] = text.split('/')
  return { mac: mac(first), ip: ip(second) }
}

function mac(text = ''): Mac {
  const short = /^[0-9a-f]{2}$/i.test(text) ? parseMac(`02:00:00:00:00:${text}`) : null
  const whole = text === '*' ? BROADCAST_MAC : (short ?? parseMac(text))
  if (whole === null) throw new Error(`"${text}" is no MAC`)
  return whole
}

function ip(text = ''): Ipv4 {
  const address = parseIpv4(text)
  if (address === null) throw new Error(`"${text}" is no IPv4 address`)
  return address
}

function micros(text = ''): number {
  const [number, divisor = '1'] = text.split('/')
  const seconds = Number(number) / Number(divisor)
  if (text === '' || !Number.isFinite(seconds)) throw new Error(`"${text}" is no time`)
  return seconds * 1_000_000
}
