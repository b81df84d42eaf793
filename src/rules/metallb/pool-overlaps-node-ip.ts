import { holdsAddress } from '../../cluster/address-range.js'
import { poolsOf } from '../../cluster/announcers/metallb/pools.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import { certain, likely } from '../certainty.js'
import { clusterFix, editObject, listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { objectSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface Overlap {
  readonly pool: string
  readonly nodes: readonly { readonly node: string; readonly ip: string }[]
  /** Services that were given an address of a node. */
  readonly services: readonly string[]
  /** 0.15.0 and later refuse such a pool. */
  readonly refused: boolean
}

export const poolOverlapsNodeIp = defineClusterRule({
  id: 'metallb/pool-overlaps-node-ip',
  title: 'An address pool contains addresses of nodes',
  severity: 'warning',
  kinds: ['workloads', 'nodes', 'services'],
  needs: ['cluster'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims'],
  docs: {
    what: 'A MetalLB pool holds the address of a node. Since 0.15.0 MetalLB refuses such a configuration; before that it can assign the address to a Service.',
    why: 'Once assigned, the elected speaker and the node itself answer for the same address, and the node may lose its network. Refused, the speakers keep their former configuration and new settings have no effect.',
    confirm: '`kubectl get nodes -o wide` beside `kubectl get ipaddresspools.metallb.io -A -o yaml`',
    falseAlarms: 'Before 0.15.0 nothing happens until the address is assigned.',
    references: [
      METALLB.refusesPoolsWithNodeIps.source,
      'metallb/metallb#364',
      'https://metallb.io/release-notes/#version-0-15-0',
    ],
  },
  *checkCluster({ workloads, nodes, services }, { cluster }) {
    const install = theInstall(workloads)
    const pools = install && poolsOf(cluster, install)
    if (!pools) return
    if (!pools.known) {
      yield { unjudged: pools.gap.subject, because: pools.gap.reason }
      return
    }
    const addresses = nodes.flatMap(({ name, internalIPs, externalIPs }) =>
      [...internalIPs, ...externalIPs].map((ip) => ({ node: name, ip })),
    )
    for (const { object, ranges } of pools.value) {
      const inside = addresses.filter(({ ip }) => holdsAddress(ranges, ip))
      if (inside.length === 0) continue
      const ips = new Set<string | null>(inside.map(({ ip }) => ip))
      const taken = services.filter(({ ingress }) => ingress.some(({ ip }) => ips.has(ip)))
      const refused = holdsFor(install.version, METALLB.refusesPoolsWithNodeIps) === true
      yield {
        subject: objectSubject(object),
        ...(taken.length > 0
          ? certain('a Service has the address of a node')
          : likely('the pool was read, but no Service has an address of a node')),
        severity: refused || taken.length > 0 ? 'error' : 'warning',
        data: { pool: object, nodes: inside, services: taken.map(({ key }) => key), refused },
        evidence: inside.map(({ node, ip }) => objectEvidence(`Node/${node}`, '.status.addresses', ip)),
      }
    }
  },
  message: ({ pool, nodes, services, refused }: Overlap) =>
    `${pool} contains the addresses of ${listed(nodes.map(({ node, ip }) => `${node} (${ip})`))}${services.length > 0 ? `, given to ${listed(services)}` : ''}${refused ? '; this version refuses the configuration' : ''}`,
  fixes: ({ pool, nodes }) => [
    clusterFix({
      summary: "Take the nodes' addresses out of the pool",
      risk: 'disruptive',
      text: `Leave out ${listed(nodes.map(({ ip }) => ip))}`,
      run: editObject(pool),
      sideEffects: ['A Service that has such an address gets another one.'],
      verify: 'l2doctor audit-cluster',
      undo: 'Restore the former ranges.',
    }),
  ],
})
