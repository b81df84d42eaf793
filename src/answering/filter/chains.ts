import type { FilterChain } from '../../node/model.js'
import { legacyRule } from './legacy-rule.js'
import { nftRule } from './nft-rule.js'
import { isNd, type Matched, type Packet } from './packet.js'

export interface Filtered {
  /** `open`: a rule that drops may match. */
  readonly fate: 'passes' | 'drops' | 'open'
  readonly rule: string
  readonly chain: FilterChain | null
}

/** How a chain can end; `return`: at its end, where a jump goes on. */
interface Ending {
  readonly end: 'accept' | 'drop' | 'return'
  readonly rule: string
  readonly chain: FilterChain
}

const PASSES: Filtered = { fate: 'passes', rule: '', chain: null }

/** All chains of a hook, in the order of their priorities: one that drops is the end, one that accepts leads to the next. */
export function filter(
  chains: readonly FilterChain[],
  families: readonly FilterChain['family'][],
  hook: string,
  packet: Packet,
): Filtered {
  const hooked = chains.filter((chain) => families.includes(chain.family) && chain.hook === hook && isOn(chain, packet))
  let open: Filtered = PASSES
  for (const chain of [...hooked].sort((a, b) => a.priority - b.priority)) {
    const endings = walk(chains, chain, packet, 0).map((ending) => (ending.end === 'return' ? byPolicy(chain) : ending))
    const dropped = endings.find(({ end }) => end === 'drop')
    if (dropped === undefined) continue
    if (endings.every(({ end }) => end === 'drop')) return { fate: 'drops', rule: dropped.rule, chain: dropped.chain }
    open = { fate: 'open', rule: dropped.rule, chain: dropped.chain }
  }
  return open
}

/** Chains of nat see what conntrack follows, which solicitations and advertisements are not (nf_conntrack_proto_icmpv6.c). */
function isOn({ family, devices, type }: FilterChain, packet: Packet): boolean {
  const { input, output } = packet
  if (type === 'nat' && isNd(packet)) return false
  return family !== 'netdev' || devices.includes(input ?? output ?? '')
}

function byPolicy(chain: FilterChain): Ending {
  return { end: chain.policy, rule: `policy ${chain.policy}`, chain }
}

/** Every way in which a chain can end for a packet; more than one only where a rule may or may not match. */
function walk(chains: readonly FilterChain[], chain: FilterChain, packet: Packet, depth: number): Ending[] {
  const endings: Ending[] = []
  for (const rule of chain.rules) {
    const matched = judge(chain, rule, packet)
    if (matched === null || matched.verdict === null) continue
    const reached = follow(chains, chain, matched.verdict, rule, packet, depth)
    const goesOn = reached.some(({ end }) => end === 'return') && matched.verdict.startsWith('jump')
    endings.push(...reached.filter(({ end }) => end !== 'return' || !matched.verdict!.startsWith('jump')))
    if (matched.sure && !goesOn) return endings
  }
  return [...endings, { end: 'return', rule: '', chain }]
}

function judge({ tool }: FilterChain, rule: string, packet: Packet): Matched | null {
  return tool === 'nft' ? nftRule(rule, packet) : legacyRule(rule, tool, packet)
}

/** nft refuses loops; 16 levels is its own limit. */
const DEEPEST = 16

function follow(
  chains: readonly FilterChain[],
  chain: FilterChain,
  verdict: string,
  rule: string,
  packet: Packet,
  depth: number,
): Ending[] {
  const [, name] = /^(?:jump|goto) (\S+)/.exec(verdict) ?? []
  if (name === undefined) return [{ end: verdict as Ending['end'], rule, chain }]
  const next = chains.find(
    (one) => one.name === name && one.table === chain.table && one.family === chain.family && one.tool === chain.tool,
  )
  return next && depth < DEEPEST ? walk(chains, next, packet, depth + 1) : [{ end: 'return', rule, chain }]
}
