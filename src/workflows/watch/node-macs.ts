import type { ClusterNode } from '../../cluster/model.js'
import type { MacOwner } from '../../facts/attribution.js'
import { ownersFromNodeIps } from '../../facts/mac-owners.js'
import { type Ip, parseIp } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'

/** Whose MACs are whose, as windows heard the nodes speak as their own addresses: what a node was last heard with holds until it is heard with another. */
export class NodeMacs {
  private readonly heardLast = new Map<string, readonly MacOwner[]>()
  /** In the last window. */
  private heardNow: ReadonlySet<string> = new Set()
  private doubted: ReadonlySet<string> = new Set()

  /** What one window heard. */
  hear(nodes: readonly ClusterNode[], claimants: (ip: Ip) => readonly Mac[]): void {
    const now = new Set<string>()
    for (const node of nodes) {
      const owners = ownersFromNodeIps([node], claimants)
      if (owners.length === 0) continue
      this.heardLast.set(node.name, owners)
      now.add(node.name)
    }
    this.heardNow = now
    const there = new Set(nodes.map(({ name }) => name))
    for (const name of this.heardLast.keys()) if (!there.has(name)) this.heardLast.delete(name)
  }

  get owners(): readonly MacOwner[] {
    return [...this.heardLast].flatMap(([name, owners]) =>
      this.heardNow.has(name) ? owners : owners.map((one): MacOwner => ({ ...one, before: true })),
    )
  }

  /** Nodes that should have answered and did not: whether they are there is asked in each window that does not hear them. */
  doubt(nodes: Iterable<string>): void {
    this.doubted = new Set(nodes)
  }

  /** An address of each node that was not heard yet, or is doubted, and that nobody has named. */
  unheard(nodes: readonly ClusterNode[], isHere: (ip: Ip) => boolean): Ip[] {
    return nodes
      .filter(({ name }) => !this.heardLast.has(name) || this.doubted.has(name))
      .flatMap(({ internalIPs }) => {
        const ips = internalIPs.map(parseIp).filter((ip) => ip !== null)
        return ips.filter(isHere).slice(0, 1)
      })
  }
}
