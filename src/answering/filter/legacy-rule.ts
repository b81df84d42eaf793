import { formatIpv4 } from '../../wire/ipv4.js'
import { nftRule } from './nft-rule.js'
import { isNd, type Matched, type Packet } from './packet.js'

/** Options of ebtables(8) and arptables(8) as the words of nft(8) for the same. */
const AS_NFT: Readonly<Record<string, string>> = {
  '-i': 'iifname',
  '--in-interface': 'iifname',
  '-o': 'oifname',
  '--out-interface': 'oifname',
  '-s': 'arp saddr ip',
  '--source-ip': 'arp saddr ip',
  '-d': 'arp daddr ip',
  '--destination-ip': 'arp daddr ip',
  '--opcode': 'arp operation',
  '--arp-op': 'arp operation',
  '--arp-opcode': 'arp operation',
  '--arp-ip-src': 'arp saddr ip',
  '--arp-ip-dst': 'arp daddr ip',
  '--arp-mac-src': 'arp saddr ether',
  '--logical-in': 'ibrname',
  '--logical-out': 'obrname',
  '-p': 'ether type',
}

const TARGETS: Readonly<Record<string, string>> = { DROP: 'drop', ACCEPT: 'accept', RETURN: 'return', CONTINUE: '' }

/** A rule as `ebtables -L` or `arptables -L -n` prints it: options in pairs, `!` before a value or an option. */
export function legacyRule(text: string, tool: 'ebtables' | 'arptables', packet: Packet): Matched | null {
  const words = text.split(/\s+/).filter((word) => word !== '' && word !== ',')
  const matches: string[] = []
  let [verdict, not] = ['', false]
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word === '!') not = true
    else if (word === '-j') verdict = targetOf(words[++at] ?? '')
    else if (word.startsWith('-')) {
      if (words[at + 1] === '!') [not, at] = [true, at + 1]
      matches.push(match(word, words[++at] ?? '', not, tool, packet))
      not = false
    }
  }
  return nftRule([...matches, verdict].join(' ').trim(), packet)
}

/** Targets that change the frame or answer in its place. */
const BUILT_IN = /^(?:arpreply|mangle|snat|dnat|redirect|mark|[A-Z]+)$/

function targetOf(name: string): string {
  return TARGETS[name] ?? (BUILT_IN.test(name) ? 'queue' : `jump ${name}`)
}

function match(option: string, value: string, not: boolean, tool: string, packet: Packet): string {
  // ebtables means the MAC by -s and -d
  const words =
    tool === 'ebtables' && /^-[sd]$/.test(option) ? (option === '-s' ? 'ether saddr' : 'ether daddr') : AS_NFT[option]
  if (words === undefined) return 'unread-match'
  if (value === '*' || value === 'any') return ''
  const plain = value
    .toLowerCase()
    .replace(/^(arp|0x0?806)$/, 'arp')
    .replace(/^ipv6$/, 'ip6')
  const masked =
    plain === '0.0.0.0/0' && !isNd(packet)
      ? formatIpv4(words.includes('saddr') ? packet.senderIp : packet.targetIp)
      : plain
  return `${words} ${not ? '!= ' : ''}${/name$/.test(words) ? value.replace(/\+$/, '*') : masked}`
}
