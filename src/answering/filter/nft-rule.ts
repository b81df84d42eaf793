import { ETHERTYPE } from '../../wire/ethernet.js'
import { type Ip, parseIp } from '../../wire/ip.js'
import { parseMac } from '../../wire/mac.js'
import { network } from '../../wire/subnet.js'
import { type ArpPacket, isNd, type Matched, type NdPacket, type Packet } from './packet.js'

type Fits<P> = (packet: P, value: string) => boolean | null
type Match<P> = readonly (readonly [words: string, fits: Fits<P>])[]

const fitsIp =
  (of: 'senderIp' | 'targetIp'): Fits<ArpPacket> =>
  (packet, value) =>
    isIpIn(packet[of], value)
const fitsIp6 =
  (of: 'source' | 'destinationIp' | 'target'): Fits<NdPacket> =>
  (packet, value) =>
    packet[of] === null ? null : isIpIn(packet[of], value)
const fitsMac =
  (of: 'senderMac' | 'destination'): Fits<Packet> =>
  (packet, value) =>
    sameOrOpen(packet[of], parseMac(value))
const fitsName =
  (of: 'input' | 'output' | 'bridge'): Fits<Packet> =>
  (packet, value) =>
    isNamed(packet[of], value)
const never = () => false
const fitsType =
  (arp: number, nd: number, names: Readonly<Record<string, number>>): Fits<Packet> =>
  (packet, value) =>
    isNumber(isNd(packet) ? nd : arp, value, names)

/** Matches of nft(8) that can be judged for an ARP frame, by the words that begin them. */
const ARP_MATCHES: Match<ArpPacket> = [
  ['arp operation', (packet, value) => isNumber(packet.operation, value, { request: 1, reply: 2 })],
  ['arp saddr ip', fitsIp('senderIp')],
  ['arp daddr ip', fitsIp('targetIp')],
  ['arp saddr ether', fitsMac('senderMac')],
  ['arp htype', (_, value) => isNumber(1, value, { ether: 1 })],
  ['arp ptype', (_, value) => isNumber(0x800, value, { ip: 0x800 })],
  ['arp hlen', (_, value) => isNumber(6, value, {})],
  ['arp plen', (_, value) => isNumber(4, value, {})],
  ['ip6 ', never],
  ['icmpv6 ', never],
  ['meta l4proto', never],
]

const ND_TYPES = {
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'echo-request': 128,
  'echo-reply': 129,
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'mld2-listener-report': 143,
}
const PROTOCOLS = {
  'ipv6-icmp': 58,
  icmpv6: 58,
  tcp: 6,
  udp: 17,
  icmp: 1,
  sctp: 132,
  vrrp: 112,
  esp: 50,
  ah: 51,
  igmp: 2,
}

/** The same for solicitations and advertisements. Conntrack calls them untracked. */
const ND_MATCHES: Match<NdPacket> = [
  ['icmpv6 type', (packet, value) => isNumber(packet.icmp, value, ND_TYPES)],
  ['icmpv6 code', (_, value) => isNumber(0, value, {})],
  ['icmpv6 taddr', fitsIp6('target')],
  ['ip6 saddr', fitsIp6('source')],
  ['ip6 daddr', fitsIp6('destinationIp')],
  ['ip6 hoplimit', (packet, value) => isNumber(packet.hopLimit, value, {})],
  ['ip6 nexthdr', (_, value) => isNumber(58, value, PROTOCOLS)],
  ['meta l4proto', (_, value) => isNumber(58, value, PROTOCOLS)],
  ['meta nfproto', (_, value) => isNumber(10, value, { ipv6: 10, ipv4: 2 })],
  ['meta mark', (_, value) => isNumber(0, value, {})],
  ['ct state', (_, value) => value === 'untracked'],
  ['ct ', never],
  ['arp ', never],
]

/** Those of every frame. */
const MATCHES: Match<Packet> = [
  ['ether saddr', fitsMac('senderMac')],
  ['ether daddr', fitsMac('destination')],
  ['ether type', (packet, value) => fitsType(0x806, 0x86dd, ETHERTYPES)(packet, value)],
  ['meta protocol', (packet, value) => fitsType(0x806, 0x86dd, ETHERTYPES)(packet, value)],
  ['meta iifname', fitsName('input')],
  ['iifname', fitsName('input')],
  ['meta iif', fitsName('input')],
  ['iif', fitsName('input')],
  ['meta oifname', fitsName('output')],
  ['oifname', fitsName('output')],
  ['meta oif', fitsName('output')],
  ['oif', fitsName('output')],
  ['meta ibrname', fitsName('bridge')],
  ['ibrname', fitsName('bridge')],
  ['meta obrname', fitsName('bridge')],
  ['obrname', fitsName('bridge')],
  ['meta pkttype', isOfType],
  ['ip ', never],
  ['icmp ', never],
  ['tcp ', never],
  ['udp ', never],
  ['vlan ', () => null],
]

/** A solicitation goes to a group, never to all. */
function isOfType(packet: Packet, value: string): boolean | null {
  if (value === 'multicast') return isNd(packet) && packet.broadcast
  if (value === 'broadcast') return !isNd(packet) && packet.broadcast
  return value === 'host' ? !packet.broadcast : null
}

const OF_ARP: Match<Packet> = [...(ARP_MATCHES as Match<Packet>), ...MATCHES]
const OF_ND: Match<Packet> = [...(ND_MATCHES as Match<Packet>), ...MATCHES]

const ETHERTYPES: Readonly<Record<string, number>> = {
  arp: ETHERTYPE.arp,
  ip: ETHERTYPE.ipv4,
  ipv4: ETHERTYPE.ipv4,
  ip6: ETHERTYPE.ipv6,
  ipv6: ETHERTYPE.ipv6,
  vlan: ETHERTYPE.vlan,
  '802_1q': ETHERTYPE.vlan,
}
const VALUE = String.raw`(!= |== )?(\{[^}]*\}|"[^"]*"|\S+)`
const SILENT =
  /^(?:counter(?: packets \d+ bytes \d+)?|log(?: prefix "[^"]*")?(?: (?:level|group|flags) \S+)*|comment "[^"]*"|continue)(?= |$)/

/** The frame goes elsewhere, or to a program that decides, or is changed: what then becomes of it cannot be read here. */
const TAKES = /^(?:reject|fwd to)\b/
const MAY_TAKE = /^(?:queue|xt target|dup to|arp \w+ \w+ set|ether \w+ set)\b/

/** A rule as `nft list` prints it. */
export function nftRule(text: string, packet: Packet): Matched | null {
  let [rest, sure] = [text.trim(), true]
  while (rest !== '') {
    const verdict = /^(?:accept|drop|return|(?:jump|goto) \S+)(?= |$)/.exec(rest)
    if (verdict) return { sure, verdict: verdict[0] }
    if (TAKES.test(rest)) return { sure, verdict: 'drop' }
    if (MAY_TAKE.test(rest)) return { sure: false, verdict: 'drop' }
    const silent = SILENT.exec(rest)
    if (silent) rest = rest.slice(silent[0].length).trim()
    else {
      const { fits, left } = takeMatch(rest, packet)
      if (fits === false) return null
      if (fits === null) sure = false
      rest = left
    }
  }
  return { sure, verdict: null }
}

/** One match; what is not understood is one word that may fit or not. */
function takeMatch(rest: string, packet: Packet): { fits: boolean | null; left: string } {
  const found = (isNd(packet) ? OF_ND : OF_ARP).find(([words]) =>
    rest.startsWith(words.endsWith(' ') ? words : `${words} `),
  )
  const word = () => ({ fits: null, left: rest.replace(/^(?:\{[^}]*\}|"[^"]*"|\S+)\s*/, '') })
  if (!found) return word()
  const [words, fits] = found
  const parts = new RegExp(`^${words.trim()} ${VALUE}\\s*`).exec(rest)
  if (!parts) return word()
  const one = anyOf(parts[2]!, (value) => fits(packet, value))
  return { fits: one === null ? null : parts[1] === '!= ' ? !one : one, left: rest.slice(parts[0].length) }
}

/** A set fits if one of its elements does. */
function anyOf(text: string, fits: (value: string) => boolean | null): boolean | null {
  if (text.startsWith('@') || text.startsWith('$')) return null
  const values = text.startsWith('{')
    ? text
        .slice(1, -1)
        .split(',')
        .map((value) => value.trim())
    : [text]
  const all = values.map((value) => fits(value.replace(/^"(.*)"$/, '$1')))
  return all.includes(true) ? true : all.includes(null) ? null : false
}

function isIpIn(ip: Ip, value: string): boolean | null {
  const [first = '', second] = value.split(/[/-]/)
  const from = parseIp(first)
  if (from === null) return null
  if (second === undefined) return ip === from
  if (value.includes('/')) return network(ip, Number(second)) === network(from, Number(second))
  const to = parseIp(second)
  return to === null ? null : ip >= from && ip <= to
}

function sameOrOpen(one: number | null, other: number | null): boolean | null {
  return one === null || other === null ? null : one === other
}

function isNumber(wanted: number, value: string, names: Readonly<Record<string, number>>): boolean | null {
  const number = names[value] ?? Number(value)
  return Number.isNaN(number) ? null : number === wanted
}

function isNamed(name: string | null, value: string): boolean {
  if (name === null) return false
  return value.endsWith('*') ? name.startsWith(value.slice(0, -1)) : name === value
}
