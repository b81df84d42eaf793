import type { ClusterSnapshot } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import type { ExpectedAnswers } from '../expected.js'
import type { Question } from '../question.js'
import type { Charges } from './charge.js'
import type { Rightful } from './model.js'

/** Who should answer: the operator's word, then the node whose own address it is, then what the announcers say. */
export function rightfulOf(
  ip: Ip,
  { vips, expectedMacs }: Question,
  owners: ReadonlyMap<string, readonly string[]>,
  expected: ExpectedAnswers,
  charges: Charges,
): Rightful | null {
  if (expectedMacs.length > 0 && vips.includes(ip)) return { by: 'operator', macs: expectedMacs }
  const text = formatIp(ip)
  const nodes = owners.get(text)
  if (nodes) return { by: 'node', nodes: nodes.map(charges.hostOf) }
  const named = expected.get(text)?.nodes.map(({ node }) => charges.hostOf(node)) ?? []
  return named.length > 0 ? { by: 'announcer', nodes: named, charges: charges.of(ip) } : null
}

/** The addresses of the nodes themselves, and whose they are. */
export function nodeAddresses(cluster: ClusterSnapshot | undefined): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>()
  for (const node of cluster ? valueOr(cluster.nodes, []) : []) {
    for (const ip of node.internalIPs) owners.set(ip, [...(owners.get(ip) ?? []), node.name])
  }
  return owners
}
