import { holdsAddress, parseAddressRange } from '../../cluster/address-range.js'
import type { IpAddressPool, L2Advertisement } from '../../cluster/announcers/metallb/objects.js'
import { matchesAnyOrNone, selectsPool } from '../../cluster/announcers/metallb/pools.js'
import type { ClusterNode, Service } from '../../cluster/model.js'
import { certain } from '../certainty.js'
import { clusterFix, listed, objectEvidence } from '../cluster-parts.js'
import type { Evidence } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface MissingAdvertisement {
  readonly pool: string
  readonly namespace: string
  readonly fault: 'not-selected' | 'no-node-selected'
  /** L2Advertisements that select the pool but no node. */
  readonly advertisements: readonly string[]
  /** Assigned addresses of the pool. */
  readonly vips: readonly string[]
}

export const l2AdvertisementMissing = defineClusterRule({
  id: 'metallb/l2advertisement-missing',
  title: 'No L2Advertisement announces the address pool',
  severity: 'error',
  kinds: ['workloads', 'ipAddressPools', 'l2Advertisements', 'bgpAdvertisements', 'services', 'nodes'],
  explains: ['wire/no-answer', 'metallb/no-candidate-node'],
  docs: {
    what: 'An IPAddressPool is selected by no L2Advertisement (and no BGPAdvertisement), or only by ones whose nodeSelectors match no node.',
    why: 'MetalLB assigns addresses from the pool, so the Service looks complete, but no speaker announces them: they are dead from outside.',
    confirm: '`kubectl get ipaddresspools.metallb.io,l2advertisements.metallb.io -A -o yaml`',
    falseAlarms: 'A pool kept for later use (reported as a warning while no Service has an address of it).',
    references: [
      'https://metallb.io/configuration/#layer-2-configuration',
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#3014',
    ],
  },
  *checkCluster({ workloads, ipAddressPools, l2Advertisements, bgpAdvertisements, services, nodes }) {
    if (!theInstall(workloads)) return
    for (const pool of ipAddressPools) {
      const own = l2Advertisements.filter((one) => selectsPool(one, pool))
      if (own.some((one) => selectsSomeNode(one, nodes))) continue
      if (bgpAdvertisements.some((one) => selectsPool(one, pool))) continue
      const vips = addressesOf(pool, services)
      const fault: MissingAdvertisement['fault'] = own.length > 0 ? 'no-node-selected' : 'not-selected'
      yield {
        subject: objectSubject(`IPAddressPool/${pool.key}`),
        ...certain('all pools and advertisements were read'),
        severity: vips.length > 0 ? 'error' : 'warning',
        data: { pool: pool.name, namespace: pool.namespace, fault, advertisements: own.map(({ name }) => name), vips },
        evidence: evidenceOf(pool, own, l2Advertisements),
      }
    }
  },
  message: ({ pool, fault, advertisements, vips }) =>
    `${fault === 'not-selected' ? `no L2Advertisement selects the pool ${pool}` : `the node selectors of ${listed(advertisements)} match no node, so nobody announces the pool ${pool}`}${vips.length > 0 ? `: silent are ${listed(vips)}` : ''}`,
  fixes: (data) => [data.fault === 'not-selected' ? create(data) : widen(data)],
})

function selectsSomeNode({ nodeSelectors }: L2Advertisement, nodes: readonly ClusterNode[]): boolean {
  return nodes.some(({ labels }) => matchesAnyOrNone(nodeSelectors, labels))
}

function addressesOf(pool: IpAddressPool, services: readonly Service[]): readonly string[] {
  const ranges = pool.addresses.flatMap((text) => parseAddressRange(text) ?? [])
  return services.flatMap(({ ingress }) => ingress.flatMap(({ ip }) => (ip && holdsAddress(ranges, ip) ? [ip] : [])))
}

function evidenceOf(
  { key, addresses }: IpAddressPool,
  own: readonly L2Advertisement[],
  all: readonly L2Advertisement[],
): Evidence[] {
  const selectors = own.map((one) =>
    objectEvidence(`L2Advertisement/${one.key}`, '.spec.nodeSelectors', JSON.stringify(one.nodeSelectors)),
  )
  const others = all.map((one) =>
    objectEvidence(`L2Advertisement/${one.key}`, '.spec.ipAddressPools', JSON.stringify(one.ipAddressPools)),
  )
  const pool = objectEvidence(`IPAddressPool/${key}`, '.spec.addresses', addresses.join(', '))
  return [pool, ...(own.length > 0 ? selectors : others)]
}

function create({ pool, namespace, vips }: MissingAdvertisement) {
  const metadata = { name: pool, namespace }
  const spec = { ipAddressPools: [pool] }
  const body = JSON.stringify({ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', metadata, spec })
  return clusterFix({
    summary: `Create an L2Advertisement for the pool ${pool}`,
    risk: 'none',
    text: 'Announce it from every node with a speaker (add nodeSelectors or interfaces to narrow that)',
    run: sh`printf %s ${body} | kubectl apply -f -`,
    verify: vips[0] ? sh`l2doctor scan --vip ${vips[0]}` : 'l2doctor audit-cluster',
    undo: sh`kubectl -n ${namespace} delete l2advertisement ${pool}`,
  })
}

function widen({ advertisements, namespace, vips }: MissingAdvertisement) {
  return clusterFix({
    summary: 'Let the nodeSelectors match nodes, or label the nodes meant',
    risk: 'none',
    text: 'Compare the selectors with `kubectl get nodes --show-labels`',
    run: sh`kubectl -n ${namespace} edit l2advertisement ${advertisements}`,
    verify: vips[0] ? sh`l2doctor scan --vip ${vips[0]}` : 'l2doctor audit-cluster',
    undo: 'Restore the former selectors.',
  })
}
