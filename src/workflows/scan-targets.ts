import type { ClusterNode } from '../cluster/model.js'
import type { MacOwner } from '../facts/attribution.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Gap } from '../known.js'
import type { ServiceAddresses } from '../probe/asking.js'
import { formatIp, type Ip, parseIp } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** Nodes asked for their MACs: at the default ten frames a second they take a second and a half. */
const MOST_NEIGHBOURS = 16

/** Whom a scan asks besides the VIPs themselves, and why. */
export interface ScanTargets {
  readonly vips: readonly Ip[]
  /** Of each node whose MAC nobody told yet its addresses; those most likely to answer for the VIPs first. */
  readonly nodes: readonly (readonly Ip[])[]
  /** MACs known already, in the same order. */
  readonly bystanders: readonly Mac[]
  /** What no request of ours may name as its sender. */
  readonly serviceAddresses: ServiceAddresses
}

/** The nodes of the cluster are asked for their MACs, and then for the VIPs one by one. */
export function targetsFor(
  vips: readonly Ip[],
  view: ClusterView,
  owners: readonly MacOwner[],
): ScanTargets & { readonly gaps: readonly Gap[] } {
  const nodes = view.cluster.nodes.known ? byRelevance(view.cluster.nodes.value, vips, view) : []
  const named = new Set(owners.map(({ node }) => node))
  const unnamed = nodes.filter(({ name }) => !named.has(name))
  const asked = unnamed.slice(0, MOST_NEIGHBOURS)
  return {
    vips,
    nodes: asked.map(({ internalIPs }) => internalIPs.map(parseIp).filter((ip) => ip !== null)),
    bystanders: nodes.flatMap(({ name }) => owners.filter(({ node }) => node === name).map(({ mac }) => mac)),
    serviceAddresses: view.serviceAddresses,
    gaps: unnamed.length > asked.length ? [tooMany(unnamed.length - asked.length)] : [],
  }
}

/** Expected nodes first, then candidates, then the rest; each group in the order of names. */
export function byRelevance(nodes: readonly ClusterNode[], vips: readonly Ip[], view: ClusterView): ClusterNode[] {
  const wanted = new Set(vips.map(formatIp))
  const expected = new Set([...wanted].flatMap((ip) => view.expected.get(ip)?.nodes.map(({ node }) => node) ?? []))
  const answers = view.announcers.flatMap(({ answers }) => answers.filter(({ ip }) => wanted.has(ip)))
  const candidates = new Set(
    answers.flatMap(({ candidates }) => candidates.filter(({ eligible }) => eligible).map(({ node }) => node)),
  )
  const rank = ({ name }: ClusterNode) => (expected.has(name) ? 0 : candidates.has(name) ? 1 : 2)
  return [...nodes].sort((a, b) => rank(a) - rank(b))
}

function tooMany(left: number): Gap {
  return {
    subject: `MACs of ${left} more nodes`,
    reason: `only ${MOST_NEIGHBOURS} nodes are asked for theirs`,
    hint: 'name them with --nodes-from or --mac-map',
  }
}
