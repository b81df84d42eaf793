import { type Gap, type Known, mapKnown, valueOr } from '../../known.js'
import type { ClusterSnapshot, Service } from '../model.js'
import type { Announcer, Candidate, ExpectedNode, Presence, VipAnswer, VipAnswers } from './announcer.js'
import { disagreementsOf } from './disagreements.js'
import { type EndpointNodes, endpointNodes } from './endpoints.js'
import { HashBudget } from './hash-budget.js'
import { candidatesOf, Fields, runnersOf } from './metallb-candidates.js'
import { elect, electionRules } from './metallb-election.js'
import { findMetalLb, type MetalLbInstall, metalLbInstalls } from './metallb-install.js'
import { type Pool, poolOf, poolsOfConfigMap, poolsOfResources } from './metallb-pools.js'
import { Sightings } from './metallb-sightings.js'
import { describeVersion } from './version.js'

/** MetalLB in layer 2 mode, 0.9 to 0.16: the election computed as the speakers compute it, then status objects and events. */
export const metallb: Announcer = {
  name: 'metallb',
  detect: (cluster) => mapKnown(findMetalLb(cluster), ([install]) => (install ? presenceOf(install) : null)),
  vips: (cluster) => {
    const install = metalLbInstalls(valueOr(cluster.workloads, []))[0]
    return install ? answersOf(cluster, install) : { answers: [], gaps: [] }
  },
}

function presenceOf({ version, object }: MetalLbInstall): Presence {
  return { version: version.exact, object }
}

/** Whether a Service is this installation's to serve. */
export function servesService({ loadBalancerClass }: MetalLbInstall, service: Service): boolean {
  return service.type === 'LoadBalancer' && service.loadBalancerClass === loadBalancerClass
}

/** The pools of an installation, wherever its version keeps them. */
export function poolsOf(cluster: ClusterSnapshot, install: MetalLbInstall): Known<readonly Pool[]> {
  if (install.configMap) return mapKnown(cluster.configMaps, (maps) => poolsOfConfigMap(install, maps))
  const { ipAddressPools, l2Advertisements, bgpAdvertisements } = cluster
  if (!ipAddressPools.known) return ipAddressPools
  return mapKnown(l2Advertisements, (advertisements) =>
    poolsOfResources(ipAddressPools.value, advertisements, valueOr(bgpAdvertisements, [])),
  )
}

function answersOf(cluster: ClusterSnapshot, install: MetalLbInstall): VipAnswers {
  const services = valueOr(cluster.services, []).filter((service) => servesService(install, service))
  const pools = poolsOf(cluster, install)
  const sightings = new Sightings(valueOr(cluster.serviceL2Statuses, []), valueOr(cluster.events, []))
  const budget = new HashBudget()
  const election = prepareElection(cluster, install, budget)
  // for Services that no status object or event names a node of, the election is all there is: they come first
  const ordered = services.toSorted((a, b) => sightings.of(a.key).length - sightings.of(b.key).length)
  return {
    answers: ordered.flatMap((service) => answersForService(service, valueOr(pools, null), sightings, election)),
    gaps: [...gapsOf(cluster, install, pools), ...budget.gaps('metallb')],
  }
}

/** Without pools only what MetalLB itself says it announces is known to be its own. */
function answersForService(
  service: Service,
  pools: readonly Pool[] | null,
  sightings: Sightings,
  election: Election | null,
): readonly VipAnswer[] {
  const ips = service.ingress.flatMap(({ ip }) => ip ?? [])
  const seen = sightings.of(service.key)
  return ips.flatMap((ip) => {
    const pool = pools && poolOf(pools, ip)
    if (!pool && seen.length === 0) return []
    // The first address decides for all of them, whatever the family.
    const outcome = pool && election ? election(service, pool, ips[0]!) : NO_ELECTION
    const expected = [...outcome.winner, ...seen]
    return [
      {
        ip,
        service: service.key,
        get candidates() {
          return outcome.candidates()
        },
        expected,
        disagreements: disagreementsOf(expected),
      },
    ]
  })
}

/** `candidates` is a function: 10,000 services of 5,000 nodes each would not fit in memory as lists. */
interface Outcome {
  readonly candidates: () => readonly Candidate[]
  readonly winner: readonly ExpectedNode[]
}

const NO_ELECTION: Outcome = { candidates: () => [], winner: [] }

type Election = (service: Service, pool: Pool, firstIp: string) => Outcome

/** Null where nodes or endpoints are unknown: an election over half of the facts would be a guess. */
function prepareElection(cluster: ClusterSnapshot, install: MetalLbInstall, budget: HashBudget): Election | null {
  if (!cluster.nodes.known || !cluster.endpointSlices.known) return null
  const rules = electionRules(install.version)
  const fields = new Fields(install, rules, cluster.nodes.value, valueOr(cluster.pods, null))
  const endpoints: EndpointNodes = endpointNodes(cluster.endpointSlices.value)
  return (service, pool, firstIp) => {
    const field = fields.of(pool, service)
    const serving = endpoints.get(service.key) ?? new Set<string>()
    const setting = fields.settingOf(service)
    const candidates = () => candidatesOf(field, serving, setting)
    const runners = runnersOf(field, serving, setting)
    const affordable = budget.take(runners.length)
    const winner = affordable ? elect(runners, rules.hashOf === 'ip' ? firstIp : service.key) : null
    const detail = `sha256 ${winner?.hash.slice(0, 8)}`
    return { candidates, winner: winner ? [{ node: winner.node, from: 'election', detail }] : [] }
  }
}

function gapsOf(cluster: ClusterSnapshot, install: MetalLbInstall, pools: Known<readonly Pool[]>): readonly Gap[] {
  const { services, nodes, endpointSlices, serviceL2Statuses, events } = cluster
  const gaps = [services, nodes, endpointSlices, pools, serviceL2Statuses, events].flatMap((one) =>
    one.known ? [] : [one.gap],
  )
  return electionRules(install.version).certain ? gaps : [...gaps, versionGap(install)]
}

function versionGap({ object, container, version }: MetalLbInstall): Gap {
  return {
    subject: `${object}: version`,
    reason: `image ${container.image} does not tell it (${describeVersion(version)}); its election was computed as in the newest it can be`,
    hint: 'Read it from a speaker\'s log: "MetalLB speaker starting version …"',
  }
}
