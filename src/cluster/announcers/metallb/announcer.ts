import { mapKnown, valueOr } from '../../../known.js'
import type { ClusterKind, ClusterSnapshot } from '../../model.js'
import type { AddressPoolOf, Announcer, Concern } from '../announcer.js'
import { concernOf } from '../concern.js'
import { isAtLeast } from '../version.js'
import { answersOf } from './answers.js'
import { metallbByBgp } from './by-bgp.js'
import { findMetalLb, type MetalLbInstall, metalLbInstalls } from './install.js'
import { metallbManner } from './manner.js'
import { METALLB_PEOPLE } from './people.js'
import { METALLB_READS } from './reads.js'

/** MetalLB in layer 2 mode, 0.9 to 0.16. */
export const metallb = {
  name: 'metallb',
  reads: METALLB_READS,
  people: METALLB_PEOPLE,
  byLease: false,
  fails: ['alone', 'silent', 'kept'],
  detect: (cluster) =>
    mapKnown(findMetalLb(cluster), ([install]) =>
      install ? { version: install.version.exact, object: install.object } : null,
    ),
  vips: (cluster) => {
    const install = theInstall(cluster)
    return install ? answersOf(cluster, install) : { answers: [], gaps: [] }
  },
  manner: metallbManner,
  concern,
  classes: (cluster) =>
    metalLbInstalls(valueOr(cluster.workloads, [])).flatMap(({ loadBalancerClass }) => loadBalancerClass ?? []),
  pools: poolsIn,
  byBgp: metallbByBgp,
} as const satisfies Announcer

function theInstall(cluster: ClusterSnapshot): MetalLbInstall | null {
  return valueOr(findMetalLb(cluster), [])[0] ?? null
}

function concern(cluster: ClusterSnapshot): Concern {
  const install = theInstall(cluster)
  const decisive: readonly ClusterKind[] = install?.configMap ? ['configMaps'] : ['ipAddressPools', 'l2Advertisements']
  return {
    ...concernOf(findMetalLb(cluster), [...decisive, 'pods']),
    retired: install === null ? [] : retiredBy(install),
  }
}

/** metallb/metallb#2252, release notes of 0.14.2, measured on 0.15.3. */
function retiredBy({ version }: MetalLbInstall): readonly ClusterKind[] {
  return [
    ...(isAtLeast(version, '0.14.0') === true ? (['addressPools'] as const) : []),
    ...(isAtLeast(version, '0.14.2') === false ? (['serviceL2Statuses'] as const) : []),
    ...(isAtLeast(version, '0.15.3') === false ? (['configurationStates'] as const) : []),
  ]
}

function poolsIn({ ipAddressPools, addressPools }: ClusterSnapshot): readonly AddressPoolOf[] {
  return [
    ...valueOr(ipAddressPools, []).map(({ key, addresses }) => ({ object: `IPAddressPool/${key}`, addresses })),
    ...valueOr(addressPools, []).map(({ key, addresses }) => ({ object: `AddressPool/${key}`, addresses })),
  ]
}
