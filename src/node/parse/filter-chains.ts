import type { FilterChain } from '../model.js'
import { lines } from './words.js'

type Growing = { -readonly [K in keyof FilterChain]: FilterChain[K] } & {
  rules: string[]
  handles?: (number | null)[]
}

const FAMILIES = ['arp', 'bridge', 'netdev', 'inet', 'ip6'] as const

/** `nft -a list ruleset`, one family after the other; without `-a` no rule has a handle. */
export function nftChains(text: string): FilterChain[] {
  const chains: Growing[] = []
  let [family, table] = ['', '']
  let chain: Growing | null = null
  for (const line of lines(text).map((line) => line.trim())) {
    const [, kind, first = '', second = ''] = /^(table|chain)\b(?: (\S+))?(?: (\S+))? \{/.exec(line) ?? []
    if (kind === 'table') [family, table, chain] = [first, second, null]
    else if (kind === 'chain') chain = begin(chains, family, table, first)
    else if (line === '}') chain = null
    else if (chain && line.startsWith('type ')) Object.assign(chain, headOf(line, chain.family))
    else if (chain) addRule(chain, line)
  }
  return chains
}

function addRule(chain: Growing, line: string): void {
  const { text, handle } = withoutHandle(line)
  if (handle !== null) chain.handles ??= chain.rules.map(() => null)
  chain.rules.push(text)
  chain.handles?.push(handle)
}

/** `arp operation request drop # handle 4`. */
function withoutHandle(line: string): { text: string; handle: number | null } {
  const [, text = line, handle] = /^(.*) # handle (\d+)$/.exec(line) ?? []
  return { text, handle: handle === undefined ? null : Number(handle) }
}

function begin(chains: Growing[], family: string, table: string, name: string): Growing | null {
  const known = FAMILIES.find((one) => one === family)
  if (!known) return null
  const chain: Growing = {
    tool: 'nft',
    family: known,
    table,
    name,
    hook: null,
    devices: [],
    priority: 0,
    policy: 'accept',
    rules: [],
  }
  chains.push(chain)
  return chain
}

/** `type filter hook ingress device "eth0" priority filter; policy accept;` */
function headOf(
  line: string,
  family: FilterChain['family'],
): Pick<FilterChain, 'type' | 'hook' | 'devices' | 'priority' | 'policy'> {
  const devices = /\bdevices? (?:= )?(\{[^}]*\}|\S+)/.exec(line)?.[1] ?? ''
  const type = /^type (\w+)/.exec(line)?.[1]
  return {
    ...(type !== undefined && { type }),
    hook: /\bhook (\S+)/.exec(line)?.[1] ?? null,
    devices: devices
      .replace(/[{}",]/g, ' ')
      .split(' ')
      .filter((word) => word !== ''),
    priority: priorityOf(/\bpriority ([^;]+)/.exec(line)?.[1] ?? '0', family),
    policy: /\bpolicy drop\b/.test(line) ? 'drop' : 'accept',
  }
}

/** nft(8): the names of priorities are other numbers for bridges. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
}
const BRIDGE_PRIORITIES: Readonly<Record<string, number>> = { dstnat: -300, filter: -200, out: 100, srcnat: 300 }

function priorityOf(text: string, family: FilterChain['family']): number {
  const [, name = '', sign, offset] = /^(-?\w+)(?: ([+-]) (\d+))?/.exec(text.trim()) ?? []
  const base = (family === 'bridge' ? BRIDGE_PRIORITIES : PRIORITIES)[name] ?? (Number(name) || 0)
  return base + (offset === undefined ? 0 : Number(offset) * (sign === '-' ? -1 : 1))
}

/** The legacy tables of ip6tables that are loaded: `legacy ip6table_filter`. */
export function legacyIpv6Tables(text: string): string[] {
  return lines(text).flatMap((line) => /^legacy (ip6table_\w+)$/.exec(line)?.[1] ?? [])
}

/** `ebtables -t TABLE -L`; the nat table sees a frame before the filter table does. */
export function ebtablesChains(text: string, table: 'filter' | 'nat'): FilterChain[] {
  const chains = legacyChains(text, 'ebtables', 'bridge', /^Bridge chain: (\S+), entries: \d+, policy: (\S+)/)
  return chains.map((chain) => ({ ...chain, table, priority: table === 'nat' ? -300 : -200 }))
}

/** `arptables -L -n`. */
export function arptablesChains(text: string): FilterChain[] {
  return legacyChains(text, 'arptables', 'arp', /^Chain (\S+) \((?:policy )?(\S+?)[ )]/)
}

const HOOKS: Readonly<Record<string, string>> = {
  INPUT: 'input',
  OUTPUT: 'output',
  FORWARD: 'forward',
  PREROUTING: 'prerouting',
  POSTROUTING: 'postrouting',
}

function legacyChains(
  text: string,
  tool: 'ebtables' | 'arptables',
  family: FilterChain['family'],
  heading: RegExp,
): FilterChain[] {
  const chains: Growing[] = []
  for (const line of lines(text)) {
    const [, name, policy] = heading.exec(line) ?? []
    if (name !== undefined) {
      const hook = HOOKS[name] ?? null
      chains.push({
        tool,
        family,
        table: 'filter',
        name,
        hook,
        devices: [],
        priority: 0,
        policy: policy === 'DROP' ? 'drop' : 'accept',
        rules: [],
      })
    } else if (line.startsWith('-')) chains.at(-1)?.rules.push(line.trim())
  }
  return chains
}
