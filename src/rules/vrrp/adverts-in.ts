import type { VrrpFilter } from '../../node/model.js'
import type { Fix } from '../define.js'
import { inTurn, part, type ShellCommand, sh } from '../shell.js'

/** Those that name VRRP and drop it. */
export function dropping(filters: readonly VrrpFilter[]): readonly VrrpFilter[] {
  return filters.filter(({ does }) => does === 'drops')
}

/** `nft inet filter input`, `iptables INPUT`. */
export function chainsWords(filters: readonly VrrpFilter[]): readonly string[] {
  return [...new Set(filters.map(({ tool, chain }) => `${tool} ${chain}`))]
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
