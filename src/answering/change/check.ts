import { valueOr } from '../../known.js'
import { isEffectiveName, isEffectiveName6 } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { areaOf, keyParts } from './apply.js'
import { chainsOf, indexOfRule, isChain } from './filters.js'
import type { Change, FilterRule } from './model.js'

/** Why a host cannot take a change: an unknown key or device, with what there is; null: it can. */
export function objection(host: Host, change: Change): string | null {
  if (change.kind === 'sysctl') return keyObjection(host, change.key)
  if (change.kind === 'filter-add' || change.kind === 'filter-del') return filterObjection(host, change, change.kind)
  const links = valueOr(host.sections.links, [])
  const missing = devicesOf(change).find((device) => !links.some(({ name }) => name === device))
  if (missing !== undefined)
    return unknownOf(
      'interface',
      missing,
      host,
      links.map(({ name }) => name),
    )
  const link = links.find(({ name }) => 'device' in change && name === change.device)
  if (change.kind !== 'port' || link?.bridgePort) return null
  const ports = links.filter(({ bridgePort }) => bridgePort).map(({ name }) => name)
  return unknownOf('bridge port', change.device, host, ports)
}

function devicesOf(change: Change): string[] {
  if ('device' in change) return [change.device]
  if ('route' in change) return change.route.hops.flatMap(({ device }) => (device === null ? [] : [device]))
  return []
}

function keyObjection(host: Host, key: string): string | null {
  const { sysctls } = host.sections
  if (!sysctls.known || key === 'net.ipv4.ip_forward') return null
  const bridge = Object.keys(sysctls.value.bridge).map((name) => `net.bridge.${name}`)
  if (bridge.includes(key)) return null
  const parts = keyParts(key)
  if (parts === null)
    return unknownOf('key', key, host, [
      'net.ipv4.ip_forward',
      'net.ipv{4,6}.conf.*',
      'net.ipv{4,6}.neigh.*',
      ...bridge,
    ])
  const scopes = sysctls.value[areaOf(parts.area)]
  const values = Object.hasOwn(scopes, parts.scope) ? scopes[parts.scope] : undefined
  if (values === undefined) return unknownOf('interface', parts.scope, host, Object.keys(scopes))
  // a kernel has it even where an older snapshot does not
  const there =
    Object.hasOwn(values, parts.name) ||
    (parts.area === 'ipv4.conf' && isEffectiveName(parts.name)) ||
    (parts.area === 'ipv6.conf' && isEffectiveName6(parts.name))
  return there ? null : unknownOf(`net.${parts.area} key`, parts.name, host, Object.keys(values))
}

function filterObjection(host: Host, change: FilterRule, kind: 'filter-add' | 'filter-del'): string | null {
  const filterChains = host.sections[chainsOf(change)]
  if (!filterChains.known) return `the packet filters of ${host.name} were not read`
  const { chains } = filterChains.value
  const chain = chains.find((one) => isChain(one, change))
  const { tool, family, table } = change
  if (!chain) {
    const names = chains.map((one) => [one.tool, one.family, one.table, one.name].join(' '))
    return unknownOf('filter chain', [tool, family, table, change.chain].join(' '), host, names)
  }
  const missing = kind === 'filter-del' && indexOfRule(chain, change) < 0
  return missing ? unknownOf(`rule in the chain ${change.chain}`, change.rule, host, chain.rules) : null
}

function unknownOf(what: string, name: string, host: Host, known: readonly string[]): string {
  return `${host.name} has no ${what} ${JSON.stringify(name)}; it has ${known.join(', ') || 'none'}`
}
