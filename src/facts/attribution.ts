import type { Mac } from '../wire/mac.js'

/** How we know whose MAC it is; never guessed. Listed best first. */
export type Provenance = 'node-audit' | 'operator' | 'arp-of-node-ip'

/** A MAC that belongs to a node; `interface` null where the source does not tell it. */
export interface MacOwner {
  readonly mac: Mac
  readonly node: string
  readonly interface: string | null
  readonly via: Provenance
}

/** Which node owns which MAC. */
export interface Attribution {
  /** Best source first. Several nodes here: the same MAC on several machines. Empty: nobody said. */
  ownersOf(mac: Mac): readonly MacOwner[]
  /** All MACs known of a node. */
  macsOf(node: string): readonly Mac[]
  /** Nodes of which at least one MAC is known. */
  readonly nodes: readonly string[]
}
