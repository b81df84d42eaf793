import type { ArpFilter } from '../model.js'
import { withoutHandle } from './filter-chains.js'
import { lines } from './words.js'

const DROPS = /\b(?:drop|reject)\b/i
/** A match on something that is not ARP: such a rule never sees it. */
const NOT_ARP = /\b(?:ip6?|icmp|icmpv6|tcp|udp|sctp|meta l4proto|meta protocol ip6?|ether type (?!arp)\S+)\b/

/** `nft -a list ruleset` of the families arp, bridge and netdev: rules and drop policies of chains that ARP passes. */
export function parseNft(text: string): ArpFilter[] {
  const found: ArpFilter[] = []
  let [family, table, chain] = ['', '', '']
  for (const line of lines(text).map((line) => withoutHandle(line.trim()).text)) {
    const block = /^(table|chain|set|map|flowtable|counter)\b(?: (\S+))?(?: (\S+))? \{/.exec(line)
    if (block?.[1] === 'table') [family, table, chain] = [block[2] ?? '', `${block[2]} ${block[3]}`, '']
    else if (block) chain = block[1] === 'chain' ? (block[2] ?? '') : ''
    else if (line === '}') chain = ''
    else if (chain !== '') found.push(...nftLine(line, { family, table, chain }))
  }
  return found
}

function nftLine(line: string, at: { family: string; table: string; chain: string }): ArpFilter[] {
  const { table, chain } = at
  if (line.startsWith('type ')) {
    return /policy drop/.test(line) ? [{ tool: 'nft', table, chain, text: 'policy drop', drops: true }] : []
  }
  const seesArp = at.family === 'arp' || /\barp\b/.test(line) || !NOT_ARP.test(line)
  return seesArp ? [{ tool: 'nft', table, chain, text: line, drops: DROPS.test(line) }] : []
}

/** `ebtables -L`: rules that name ARP or no protocol at all. */
export function parseEbtables(text: string): ArpFilter[] {
  return parseChains(
    text,
    'ebtables',
    /^Bridge chain: (\S+), entries: \d+, policy: (\S+)/,
    (rule) => !/-p (?!ARP\b|0x806\b)/.test(rule),
  )
}

/** `arptables -L -n`. */
export function parseArptables(text: string): ArpFilter[] {
  return parseChains(text, 'arptables', /^Chain (\S+) \(policy (\S+?)[ )]/, () => true)
}

function parseChains(
  text: string,
  tool: 'ebtables' | 'arptables',
  heading: RegExp,
  seesArp: (rule: string) => boolean,
): ArpFilter[] {
  const found: ArpFilter[] = []
  let chain = ''
  for (const line of lines(text)) {
    const [, name, policy] = heading.exec(line) ?? []
    if (name !== undefined) chain = name
    const rule = name === undefined ? (line.startsWith('-') ? line.trim() : '') : policy === 'DROP' ? 'policy drop' : ''
    if (rule !== '' && seesArp(rule)) found.push({ tool, table: 'filter', chain, text: rule, drops: DROPS.test(rule) })
  }
  return found
}
