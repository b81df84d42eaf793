import type { Change, FilterRule } from '../../answering/change/model.js'
import type { Route, RoutingRule } from '../../node/model.js'
import { formatMac } from '../../wire/mac.js'
import { part, parts, quoted, type ShellCommand, ShellPart, sh } from '../shell.js'

/** The command line that makes a change until the next boot, as iproute2 and procps have it. */
export function commandOf(change: Change): ShellCommand {
  switch (change.kind) {
    case 'sysctl':
      return sh`sysctl -w ${`${change.key}=${change.value}`}`
    case 'address-add':
    case 'address-del':
      return change.kind === 'address-add' && change.nodad
        ? sh`ip address add ${prefixText(change.address)} dev ${change.device} nodad`
        : sh`ip address ${verb(change.kind)} ${prefixText(change.address)} dev ${change.device}`
    case 'route-add':
    case 'route-del':
      return sh`${ipOf(change.route)} route ${verb(change.kind)} ${routeWords(change.route)}`
    case 'rule-add':
    case 'rule-del':
      return sh`${ipOf(change.rule)} rule ${verb(change.kind)} ${ruleWords(change.rule)}`
    case 'proxy-add':
    case 'proxy-del':
      return change.ip.includes(':')
        ? sh`ip -6 neigh ${verb(change.kind)} proxy ${change.ip} dev ${change.device}`
        : sh`ip neigh ${verb(change.kind)} proxy ${change.ip} dev ${change.device}`
    case 'neighbour-add':
      return sh`ip neigh replace ${change.ip} lladdr ${change.mac} dev ${change.device} nud ${change.permanent ? 'permanent' : 'stale'}`
    case 'neighbour-del':
      return sh`ip neigh del ${change.ip} dev ${change.device}`
    case 'port':
      return sh`ip link set dev ${change.device} type bridge_slave ${change.flag} ${onOff(change.on)}`
    case 'link':
      return change.flag === 'up'
        ? sh`ip link set dev ${change.device} ${change.on ? 'up' : 'down'}`
        : sh`ip link set dev ${change.device} arp ${onOff(change.on)}`
    case 'link-mac':
      return sh`ip link set dev ${change.device} address ${formatMac(change.mac)}`
    case 'filter-add':
    case 'filter-del':
      return filterCommand(change.kind, change)
  }
}

/** The command that shows what was changed. */
export function showingOf(change: Change): ShellCommand {
  switch (change.kind) {
    case 'sysctl':
      return sh`sysctl ${change.key}`
    case 'address-add':
    case 'address-del':
      return sh`ip -brief address show dev ${change.device}`
    case 'route-add':
    case 'route-del':
      return sh`${ipOf(change.route)} route show table ${change.route.table}`
    case 'rule-add':
    case 'rule-del':
      return sh`${ipOf(change.rule)} rule`
    case 'proxy-add':
    case 'proxy-del':
      return change.ip.includes(':') ? sh`ip -6 neigh show proxy` : sh`ip neigh show proxy`
    case 'neighbour-add':
    case 'neighbour-del':
      return sh`ip neigh show to ${change.ip}`
    case 'port':
    case 'link':
    case 'link-mac':
      return sh`ip -d link show dev ${change.device}`
    case 'filter-add':
    case 'filter-del':
      return listingOf(change)
  }
}

/** ip(8) takes IPv4 where a `default` or a rule does not say. */
function ipOf({ family }: Pick<Route, 'family'>): ShellPart {
  return family === 6 ? part`ip -6` : part`ip`
}

/** The command that lists the chain of a rule, with what names each rule. */
export function listingOf({ tool, family, table, chain }: FilterRule): ShellCommand {
  switch (tool) {
    case 'nft':
      return sh`nft -a list chain ${family} ${table} ${chain}`
    case 'ebtables':
      return sh`ebtables -t ${table} -L ${chain} --Ln --Lc`
    case 'arptables':
      return sh`arptables -L ${chain} -n -v --line-numbers`
  }
}

function filterCommand(kind: 'filter-add' | 'filter-del', change: FilterRule): ShellCommand {
  if (change.tool === 'nft') return kind === 'filter-add' ? nftAdd(change) : nftDelete(change)
  const { tool, table, chain, at, rule } = change
  const program = tool === 'ebtables' ? part`ebtables -t ${table}` : part`arptables`
  const words = ruleWordsOf(rule)
  if (kind === 'filter-del') return sh`${program} -D ${chain} ${at === null ? words : at + 1}`
  return at === null ? sh`${program} -A ${chain} ${words}` : sh`${program} -I ${chain} ${at + 1} ${words}`
}

/** A rule without a handle is looked up by its text: one that another fix has just added. */
function nftDelete({ family, table, chain, rule, handle }: FilterRule): ShellCommand {
  const place = part`${family} ${table} ${chain}`
  if (handle !== null) return sh`nft delete rule ${place} handle ${handle}`
  const found = part`$(nft -a list chain ${place} | grep -F -e ${`${rule} # handle`} | head -n 1 | sed 's/.* //')`
  return sh`nft delete rule ${place} handle ${found}`
}

/** nft counts from 0, and has no index behind the last rule. */
function nftAdd({ family, table, chain, rule, at }: FilterRule): ShellCommand {
  const place = part`${family} ${table} ${chain}`
  if (at === null) return sh`nft add rule ${place} ${rule}`
  return at === 0 ? sh`nft insert rule ${place} ${rule}` : sh`nft insert rule ${place} index ${at} ${rule}`
}

/** The words of a rule of ebtables or arptables are options: each is quoted by itself. */
function ruleWordsOf(rule: string): ShellPart {
  return new ShellPart(rule.split(/\s+/).map(quoted).join(' '))
}

export function onOff(on: boolean): 'on' | 'off' {
  return on ? 'on' : 'off'
}

export function prefixText({ ip, length }: { readonly ip: string; readonly length: number }): string {
  return `${ip}/${length}`
}

function verb(kind: string): 'add' | 'del' {
  return kind.endsWith('-add') ? 'add' : 'del'
}

function routeWords({ type, destination, hops, table, metric, source }: Route): ShellPart {
  const [hop] = hops
  return joined([
    type === 'unicast' ? null : part`${type}`,
    destination.length === 0 ? part`default` : part`${prefixText(destination)}`,
    hop?.gateway ? part`via ${hop.gateway}` : null,
    hop?.device ? part`dev ${hop.device}` : null,
    table === 'main' ? null : part`table ${table}`,
    metric > 0 ? part`metric ${metric}` : null,
    source === null ? null : part`src ${source}`,
  ])
}

function ruleWords({
  priority,
  from,
  to,
  inputInterface,
  outputInterface,
  mark,
  table,
  details,
}: RoutingRule): ShellPart {
  return joined([
    part`priority ${priority}`,
    from === null ? part`from all` : part`from ${prefixText(from)}`,
    to === null ? null : part`to ${prefixText(to)}`,
    inputInterface === null ? null : part`iif ${inputInterface}`,
    outputInterface === null ? null : part`oif ${outputInterface}`,
    mark === null ? null : part`fwmark ${mark}`,
    table === null ? null : part`lookup ${table}`,
    details?.action ? part`${details.action}` : null,
  ])
}

function joined(words: readonly (ShellPart | null)[]): ShellPart {
  return parts(words.filter((word) => word !== null))
}
