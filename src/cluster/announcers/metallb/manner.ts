import { valueOr } from '../../../known.js'
import type { ClusterSnapshot } from '../../model.js'
import type { InterfaceChoice, MannerOf } from '../announcer.js'
import { ALL_INTERFACES, ANSWERS_ALL, isIpv6Text, UNKNOWN_INTERFACES } from '../manner.js'
import { holdsFor } from '../version.js'
import { advertisementsFor } from './candidates.js'
import { electionRules } from './election.js'
import { type MetalLbInstall, metalLbInstalls } from './install.js'
import { matchesAnyOrNone, type PoolAdvertisement, poolOf, poolsOf } from './pools.js'
import { METALLB } from './versions.js'

/** "The failover should be within a few seconds … at worst 10 s" (metallb.io/concepts/layer2). */
const FAILOVER_SECONDS = 10

/** Its NDP responder sees only solicitations of the group that bear the asker's MAC (internal/layer2/ndp.go; recorded of 0.15.3). */
const ANSWERS_MULTICAST = { broadcast: true, unicast: false, probe: false } as const

/**
 * A speaker answers from a socket of its own, on every interface that an advertisement of the pool which selects its node
 * names; one advertisement that names none opens all (ipAdvertisementFor in speaker/layer2_controller.go).
 */
export function metallbManner(cluster: ClusterSnapshot): MannerOf {
  const install = metalLbInstalls(valueOr(cluster.workloads, []))[0]
  if (!install) return () => null
  const labels = new Map(valueOr(cluster.nodes, []).map((node) => [node.name, node.labels]))
  // versions before ignore the field, and the ConfigMap has none
  const restrictable = holdsFor(install.version, METALLB.selectsInterfaces) !== false && install.configMap === null
  return (answer) => {
    const advertisements = advertisementsOf(cluster, install, answer)
    return {
      kernelHasASay: false,
      answers: isIpv6Text(answer.ip) ? ANSWERS_MULTICAST : ANSWERS_ALL,
      failoverSeconds: FAILOVER_SECONDS,
      interfacesOn: (node) => choiceOf(advertisements, labels.get(node), restrictable),
    }
  }
}

/** Null where they were not read. */
function advertisementsOf(
  cluster: ClusterSnapshot,
  install: MetalLbInstall,
  { ip, service: key }: { readonly ip: string; readonly service: string | null },
): readonly PoolAdvertisement[] | null {
  const pool = poolOf(valueOr(poolsOf(cluster, install), []), ip)
  const service = valueOr(cluster.services, []).find((one) => one.key === key)
  if (!pool || !service) return null
  return advertisementsFor(pool, service, electionRules(install.version))
}

function choiceOf(
  advertisements: readonly PoolAdvertisement[] | null,
  labels: Readonly<Record<string, string>> | undefined,
  restrictable: boolean,
): InterfaceChoice {
  if (!advertisements || !labels) return UNKNOWN_INTERFACES
  const own = advertisements.filter(({ nodeSelectors }) => matchesAnyOrNone(nodeSelectors, labels))
  if (own.length === 0) return UNKNOWN_INTERFACES
  const objectsOf = (all: typeof own) => all.map(({ key }) => `L2Advertisement/${key}`)
  const unrestricted = own.filter(({ interfaces }) => interfaces.length === 0)
  const path = '.spec.interfaces'
  if (!restrictable) return ALL_INTERFACES
  if (unrestricted.length > 0) return { kind: 'all', objects: objectsOf(unrestricted), path }
  return {
    kind: 'names',
    names: [...new Set(own.flatMap(({ interfaces }) => interfaces))],
    objects: objectsOf(own),
    path,
  }
}
