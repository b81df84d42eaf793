import type { Change } from '../../../answering/change/model.js'
import type { InterfaceOwner, Route, RoutingRule } from '../../../node/model.js'
import { ShellPart, sh } from '../../shell.js'
import { prefixText } from '../command.js'
import type { Edit } from './edit.js'

/** nm-settings-nmcli(5): a connection's properties; `+` adds to a list, `-` takes out of it. What runs is left as it is. */
export function networkManagerEdit(change: Change, { connection }: InterfaceOwner): Edit | null {
  const property = propertyOf(change)
  if (property === null || connection === null || connection === '') return null
  const { name, value, was } = property
  const modify = (key: string, to: string) => sh`nmcli connection modify uuid ${connection} ${new ShellPart(key)} ${to}`
  if (was !== undefined) return { run: modify(name, value), undo: modify(name, was) }
  const [add, take] = [modify(`+${name}`, value), modify(`-${name}`, value)]
  return /-add$/.test(change.kind) ? { run: add, undo: take } : { run: take, undo: add }
}

interface Property {
  readonly name: string
  readonly value: string
  /** Of one that is no list. */
  readonly was?: string
}

function propertyOf(change: Change): Property | null {
  switch (change.kind) {
    case 'address-add':
    case 'address-del':
      return { name: `${familyOf(change.address.ip)}.addresses`, value: prefixText(change.address) }
    case 'route-add':
    case 'route-del':
      return routeProperty(change.route)
    case 'rule-add':
    case 'rule-del':
      return ruleProperty(change.rule)
    case 'port':
      return change.flag === 'hairpin'
        ? { name: 'bridge-port.hairpin-mode', value: yesNo(change.on), was: yesNo(!change.on) }
        : null
    case 'link':
      return change.flag === 'up' && change.on ? { name: 'connection.autoconnect', value: 'yes', was: 'no' } : null
    default:
      return null
  }
}

/** `PREFIX [GATEWAY] [ATTRIBUTE=VALUE …]`; the metric that NetworkManager gives by itself stands in no connection. */
function routeProperty({ family, type, destination, hops, table, source }: Route): Property | null {
  if (hops.length > 1) return null
  const words = [
    prefixText(destination),
    hops[0]?.gateway,
    type === 'unicast' ? null : `type=${type}`,
    table === 'main' ? null : `table=${table}`,
    source === null ? null : `src=${source}`,
  ]
  return { name: `ipv${family}.routes`, value: words.filter(Boolean).join(' ') }
}

function ruleProperty({
  family,
  priority,
  from,
  to,
  inputInterface,
  mark,
  table,
  details,
}: RoutingRule): Property | null {
  if (mark !== null || (table === null && !details?.action)) return null
  const words = [
    `priority ${priority}`,
    from === null ? 'from all' : `from ${prefixText(from)}`,
    to === null ? null : `to ${prefixText(to)}`,
    inputInterface === null ? null : `iif ${inputInterface}`,
    table === null ? null : `table ${table}`,
    details?.action ? `type ${details.action}` : null,
  ]
  return { name: `ipv${family}.routing-rules`, value: words.filter(Boolean).join(' ') }
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return ip.includes(':') ? 'ipv6' : 'ipv4'
}

function yesNo(on: boolean): 'yes' | 'no' {
  return on ? 'yes' : 'no'
}
