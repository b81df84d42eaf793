import type { Keepalived, VrrpFilter, VrrpInstance } from '../../node/model.js'
import type { Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { inTurn, part, type ShellCommand, sh } from '../shell.js'

/** Rules that drop the adverts of the peers, but for those behind a rule of the same chain that accepts all of them: they come in the order of the chain. */
export function dropping({ filters, instances }: Pick<Keepalived, 'filters' | 'instances'>): readonly VrrpFilter[] {
  return droppedIn(filters ?? []).filter((one) => reachOf(one, instances) === 'all')
}

/** Rules that drop adverts from some sources: whether a peer is among them is not known. */
export function droppingSome({ filters, instances }: Pick<Keepalived, 'filters' | 'instances'>): readonly VrrpFilter[] {
  return droppedIn(filters ?? []).filter((one) => reachOf(one, instances) === 'some')
}

function droppedIn(filters: readonly VrrpFilter[]): readonly VrrpFilter[] {
  return filters.filter(
    (one, at) =>
      one.does === 'drops' &&
      !filters.slice(0, at).some((before) => acceptsAll(before) && chainOf(before) === chainOf(one)),
  )
}

/** What passes through the host is no advert to it. */
const FORWARDED = /forward|docker/i
const INTERFACE = {
  nft: /\b[io]if(?:name)? (!= )?(\{[^}]*\}|"[^"]*"|\S+)/,
  iptables: /(! )?-[io] (\S+)/,
} as const
const SOURCE = { nft: /\bsaddr\b/, iptables: /(?:^| )-s / } as const

/** Whose adverts a rule can meet: one for another interface than those of the instances meets none of theirs. */
function reachOf({ tool, chain, text }: VrrpFilter, instances: readonly VrrpInstance[]): 'all' | 'some' | 'none' {
  if (FORWARDED.test(chain)) return 'none'
  const [found, not, names = ''] = INTERFACE[tool].exec(text) ?? []
  if (found !== undefined && !names.startsWith('@')) {
    const listed = names.replace(/[{}"]/g, '').split(/[\s,]+/)
    const isOn = ({ interface: name }: VrrpInstance) => name === null || listed.some((one) => isNamed(name, one))
    if (not === undefined ? !instances.some(isOn) : instances.every(isOn)) return 'none'
  }
  return SOURCE[tool].test(text) || names.startsWith('@') ? 'some' : 'all'
}

/** `eth+` of iptables and `eth*` of nft are all that begin so. */
function isNamed(name: string, pattern: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

const ACCEPTS_ALL = {
  nft: /^meta l4proto (?:112|vrrp) (?:counter (?:packets \d+ bytes \d+ )?)?accept\b/,
  iptables: /^-A \S+ -p (?:112|vrrp) -j ACCEPT$/,
} as const

/** Whatever it comes from or goes to, in both families where the chain has both. */
function acceptsAll({ tool, does, text }: VrrpFilter): boolean {
  return does === 'accepts' && ACCEPTS_ALL[tool].test(text)
}

function chainOf({ tool, chain }: VrrpFilter): string {
  return `${tool} ${chain}`
}

/** `nft inet filter input`, `iptables INPUT`. */
export function chainsWords(filters: readonly VrrpFilter[]): readonly string[] {
  return [...new Set(filters.map(chainOf))]
}

/** Lets a host hear VRRP in spite of these chains (`chainsWords`). */
export function letAdvertsIn(node: string, chains: readonly string[], byPolicy: boolean): Fix {
  const accepts = chains.map(acceptIn)
  return {
    summary: `Let ${node} hear the adverts of VRRP`,
    risk: 'disruptive',
    where: 'node',
    node,
    steps: [
      {
        kind: 'look',
        text: 'The rules that bear on it, with their handles',
        run: sh`nft -a list ruleset | grep -nE 'vrrp|112|224\.0\.0\.18|hook input'; iptables -nvL INPUT --line-numbers`,
      },
      ...accepts.map(({ add }, at) => ({
        kind: 'runtime' as const,
        text: `Accept protocol 112 before all else in ${chains[at]}`,
        run: add,
      })),
      {
        kind: 'persistent',
        text: byPolicy
          ? 'Where the firewall is set (nftables.conf, firewalld: "firewall-cmd --permanent --add-protocol=vrrp", ufw): accept protocol 112 from the peers'
          : 'Where the firewall is set: remove the rule, or accept protocol 112 from the peers before it',
      },
    ],
    sideEffects: ['The machine of lower priority gives its addresses up as soon as it hears the other.'],
    verify: sh`tcpdump -n -c 3 -i any proto 112`,
    undo: inTurn(accepts.map(({ remove }) => remove)),
  }
}

/** Only looks: such rules are often there to keep foreign adverts out. */
export function compareSources(node: string): Fix {
  return {
    summary: `Compare the sources in the rules of ${node} with the addresses of its peers`,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      {
        kind: 'look',
        text: 'The rules, and how often each was met. The adverts of each peer must be accepted; those of foreign routers need not be',
        run: sh`nft -a list ruleset | grep -nE 'vrrp|112|224\.0\.0\.18'; iptables -nvL --line-numbers | grep -nE 'vrrp|112|224\.0\.0\.18'`,
      },
      { kind: 'look', text: 'Who advertises (Ctrl-C ends it)', run: sh`tcpdump -n -c 10 -i any proto 112` },
    ],
    verify: sh`tcpdump -n -c 3 -i any proto 112`,
    undo: ONLY_LOOKS,
  }
}

/** `nft inet filter input`, `iptables INPUT`: the rule goes first, and is found again by what it says. */
function acceptIn(named: string): { readonly add: ShellCommand; readonly remove: ShellCommand } {
  const [tool, ...place] = named.split(' ')
  if (tool === 'iptables')
    return { add: sh`iptables -I ${place} -p 112 -j ACCEPT`, remove: sh`iptables -D ${place} -p 112 -j ACCEPT` }
  const handle = part`$(nft -a list chain ${place} | grep -E 'meta l4proto (112|vrrp) accept # handle' | head -n 1 | sed 's/.* //')`
  return {
    add: sh`nft insert rule ${place} meta l4proto 112 accept`,
    remove: sh`nft delete rule ${place} handle ${handle}`,
  }
}
