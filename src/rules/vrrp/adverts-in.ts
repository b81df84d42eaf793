import type { VrrpFilter } from '../../node/model.js'
import type { Fix } from '../define.js'
import { inTurn, part, type ShellCommand, sh } from '../shell.js'

/** Those that name VRRP and drop it, but for those behind a rule of the same chain that accepts all of it: they come in the order of the chain. */
export function dropping(filters: readonly VrrpFilter[]): readonly VrrpFilter[] {
  return filters.filter(
    (one, at) =>
      one.does === 'drops' &&
      !filters.slice(0, at).some((before) => acceptsAll(before) && chainOf(before) === chainOf(one)),
  )
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
