import { CLUSTER_KINDS } from '../kinds.js'
import type { ClusterSnapshot } from '../model.js'
import { isCommon } from './words.js'

/** What announcers put before the name of a Service or node to name an object of their own. */
const DERIVED = /^(?:kubevip|svclb|purelb-node|cilium-l2announce|kube-vip(?:-ds)?)-/
const HASH = /^[0-9a-f]{8,10}$/

/** What to write for each name. */
export interface Pseudonyms {
  readonly all: ReadonlyMap<string, string>
  /** Of nodes alone: the only names that hosts speak of. */
  readonly nodes: ReadonlyMap<string, string>
}

/**
 * A pseudonym for each name of a cluster and for `hosts`, in the order of the names: what a report sorts by name keeps its
 * order. A name that means both a node and something else means the node.
 */
export function pseudonymsOf(cluster: ClusterSnapshot | null, hosts: readonly string[]): Pseudonyms {
  const [nodes, namespaces, names] = [new Set(hosts), new Set<string>(), new Set<string>()]
  for (const { kind, object } of cluster ? objectsOf(cluster) : []) {
    const name = String(object['name'] ?? '')
    if (kind === 'nodes') nodes.add(name)
    else names.add(name)
    if (object['namespace']) namespaces.add(String(object['namespace']))
    for (const node of nodesIn(object)) nodes.add(node)
  }
  // the first label of a host's full name is a name of its own
  for (const node of [...nodes]) if (/^[a-z][^.]*\./i.test(node)) nodes.add(node.replace(/\..*/, ''))
  const taken = new Set([...nodes, ...namespaces, ...names])
  const hidden = (all: Set<string>) => [...all].filter((name) => !isCommon(name) && !nodes.has(name))
  const [derived, plain] = [hidden(names).filter(isDerived), hidden(names).filter((name) => !isDerived(name))]
  const ofNodes = numbered(
    'node',
    [...nodes].filter((name) => !isAddress(name)),
    taken,
  )
  const ofOthers = [...numbered('name', plain, taken), ...numbered('namespace', hidden(namespaces), taken)]
  const base = new Map([...ofOthers, ...ofNodes])
  const all = new Map([...derived.map((name) => [name, derive(name, base)] as const), ...base])
  return { all, nodes: new Map(ofNodes) }
}

/** `node-r01`, `node-r02` …; with another mark where such a name exists. */
function numbered(kind: string, names: readonly string[], taken: ReadonlySet<string>): [string, string][] {
  const sorted = names.filter((name) => name !== '').sort()
  const width = String(sorted.length).length
  for (let mark = 'r'; ; mark += 'r') {
    const pairs = sorted.map((name, at): [string, string] => [
      name,
      `${kind}-${mark}${String(at + 1).padStart(width, '0')}`,
    ])
    if (!pairs.some(([, pseudonym]) => taken.has(pseudonym))) return pairs
  }
}

function isDerived(name: string): boolean {
  return DERIVED.test(name)
}

/** `kubevip-web` becomes `kubevip-name-r1`: whoever composes the name from its parts finds it. */
function derive(name: string, base: ReadonlyMap<string, string>): string {
  const [prefix = ''] = DERIVED.exec(name) ?? []
  const [parts, written] = [name.slice(prefix.length).split('-'), [] as string[]]
  while (parts.length > 0) {
    const known = longestAtStart(parts, base)
    written.push(known === 0 ? unnamed(parts[0]!) : base.get(parts.slice(0, known).join('-'))!)
    parts.splice(0, Math.max(1, known))
  }
  return prefix + written.join('-')
}

/** How many of the parts make up the longest name that stands at their start. */
function longestAtStart(parts: readonly string[], names: ReadonlyMap<string, string>): number {
  let count = parts.length
  while (count > 0 && !names.has(parts.slice(0, count).join('-'))) count -= 1
  return count
}

function unnamed(text: string): string {
  return text.replace(/[A-Za-z0-9.]+/g, (word) => (isCommon(word) || HASH.test(word) ? word : 'x'))
}

type Plain = Readonly<Record<string, unknown>>

function objectsOf(cluster: ClusterSnapshot) {
  return CLUSTER_KINDS.flatMap((kind) => {
    const items = cluster[kind]
    return items.known ? items.value.map((object) => ({ kind, object: object as unknown as Plain })) : []
  })
}

/** Nodes that objects name; the node itself may be gone. A lease's holder may carry a random suffix. */
function nodesIn({ node, host, holder, endpoints }: Plain): string[] {
  const named = Array.isArray(endpoints) ? endpoints.map((one: Plain) => one['node']) : []
  const held = typeof holder === 'string' ? holder.split('_')[0] : null
  return [node, host, held, ...named].filter((name): name is string => typeof name === 'string' && name !== '')
}

function isAddress(name: string): boolean {
  return /^[\d.]+$|:/.test(name)
}
