import { groupBy } from '../cluster/group-by.js'
import type { ClusterNode } from '../cluster/model.js'
import { valueOr } from '../known.js'
import type { Host } from '../node/model.js'

/**
 * The cluster's name for a host that an operator may know by another: the same name, else the one node whose InternalIP it
 * was reached at or holds; else its own name.
 */
export function nodeNamer(nodes: readonly ClusterNode[]): (host: Host) => string {
  const names = new Set(nodes.map(({ name }) => name))
  const byIp = groupBy(
    nodes.flatMap(({ name, internalIPs }) => internalIPs.map((ip) => ({ ip, name }))),
    ({ ip }) => ip,
  )
  return (host) => {
    if (names.has(host.name)) return host.name
    const held = valueOr(host.sections.addresses, []).map(({ ip }) => ip)
    const found = new Set([host.address, ...held].flatMap((ip) => byIp.get(ip)?.map(({ name }) => name) ?? []))
    return found.size === 1 ? [...found][0]! : host.name
  }
}
