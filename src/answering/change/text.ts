import { formatMac } from '../../wire/mac.js'
import { routeText, ruleText } from '../route-text.js'
import type { Change, FilterRule, HostChange } from './model.js'

/** The text that `parseHostChange` reads. */
export function formatHostChange({ host, change }: HostChange): string {
  return `${host}:${formatChange(change)}`
}

/** The text that `parseChange` reads. */
export function formatChange(change: Change): string {
  switch (change.kind) {
    case 'sysctl':
      return `${change.key}=${change.value}`
    case 'address-add':
    case 'address-del':
      return `${change.kind}=${change.address.ip}/${change.address.length}${change.nodad ? ' nodad' : ''}@${change.device}`
    case 'route-add':
    case 'route-del':
      return `${change.kind}=${routeText(change.route)
        .replace(/^unicast /, '')
        .replace(/ \(table (.*)\)$/, ' table $1')}`
    case 'rule-add':
    case 'rule-del':
      return `${change.kind}=${ruleText(change.rule)}`
    case 'proxy-add':
    case 'proxy-del':
      return `${change.kind}=${change.ip}@${change.device}`
    case 'neighbour-add':
    case 'neighbour-del':
      return `${change.kind}=${change.ip} lladdr ${change.mac}${change.permanent ? ' permanent' : ''}@${change.device}`
    case 'port':
      return `port-${change.flag}=${change.on ? 'on' : 'off'}@${change.device}`
    case 'link':
      return `link-${change.flag}=${change.on ? 'on' : 'off'}@${change.device}`
    case 'link-mac':
      return `link-mac=${formatMac(change.mac)}@${change.device}`
    case 'filter-add':
    case 'filter-del':
      return `${change.kind}=${formatFilterRule(change)}`
  }
}

function formatFilterRule({ tool, family, table, chain, rule, at, handle }: FilterRule): string {
  return `${tool} ${family} ${table} ${chain} ${at ?? 'end'}${handle === null ? '' : `#${handle}`}: ${rule}`
}
