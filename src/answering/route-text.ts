import type { Prefix, Route, RoutingRule } from '../node/model.js'

/** `unicast 10.0.0.0/24 dev eth0 (table main)`. */
export function routeText({ type, destination, hops, table }: Route): string {
  const to = destination.length === 0 ? 'default' : `${destination.ip}/${destination.length}`
  const by = hops.map(({ gateway, device }) => `${gateway ? ` via ${gateway}` : ''}${device ? ` dev ${device}` : ''}`)
  return `${type} ${to}${by.join(' or')} (table ${table})`
}

/** `100: from 10.0.0.0/24 iif eth0 lookup 77`. */
export function ruleText(rule: RoutingRule): string {
  const prefix = (word: string, value: Prefix | null) => (value === null ? [] : [`${word} ${value.ip}/${value.length}`])
  const { details } = rule
  const words = [
    ...(details?.inverted ? ['not'] : []),
    ...(rule.from === null ? ['from all'] : prefix('from', rule.from)),
    ...prefix('to', rule.to),
    ...(rule.inputInterface === null ? [] : [`iif ${rule.inputInterface}`]),
    ...(rule.outputInterface === null ? [] : [`oif ${rule.outputInterface}`]),
    ...(rule.mark === null ? [] : [`fwmark ${rule.mark}`]),
    ...(details?.unread ?? []),
    details?.action ?? (details?.goto ? `goto ${details.goto}` : `lookup ${rule.table ?? 'the VRF'}`),
  ]
  return `${rule.priority}: ${words.join(' ')}`
}
