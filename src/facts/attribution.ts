import type { Mac } from '../wire/mac.js'

/** How we know whose MAC it is; never guessed. Listed best first. */
export const PROVENANCES = ['node-audit', 'operator', 'arp-of-node-ip'] as const
export type Provenance = (typeof PROVENANCES)[number]

/** A MAC that belongs to a node; `interface` null where the source does not tell it. */
export interface MacOwner {
  readonly mac: Mac
  readonly node: string
  readonly interface: string | null
  readonly via: Provenance
  /** It was heard so before this look, and in it not; absent: in this look, or it was told. */
  readonly before?: true
}

/** Which node owns which MAC. */
export interface Attribution {
  /** One entry a node, best source first. Several nodes: the same MAC on several machines. Empty: nobody said. */
  ownersOf(mac: Mac): readonly MacOwner[]
  /** All MACs known of a node. */
  macsOf(node: string): readonly Mac[]
  /** Nodes of which at least one MAC is known, sorted. */
  readonly nodes: readonly string[]
}

/** Joins what the sources say; for one node and MAC the best source speaks. */
export function attribute(owners: readonly MacOwner[]): Attribution {
  const byMac = new Map<Mac, Map<string, MacOwner>>()
  const byNode = new Map<string, Set<Mac>>()
  for (const owner of [...owners].sort(byProvenance)) {
    const ofMac = byMac.get(owner.mac) ?? new Map<string, MacOwner>()
    byMac.set(owner.mac, ofMac)
    if (!ofMac.has(owner.node)) ofMac.set(owner.node, owner)
    byNode.set(owner.node, (byNode.get(owner.node) ?? new Set()).add(owner.mac))
  }
  return {
    ownersOf: (mac) => [...(byMac.get(mac)?.values() ?? [])],
    macsOf: (node) => [...(byNode.get(node) ?? [])],
    nodes: [...byNode.keys()].sort(),
  }
}

function byProvenance(a: MacOwner, b: MacOwner): number {
  return PROVENANCES.indexOf(a.via) - PROVENANCES.indexOf(b.via)
}
