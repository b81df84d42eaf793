import { type Gap, type Known, mapKnown, valueOr } from '../../known.js'
import type { ClusterSnapshot, Service } from '../model.js'
import type { Announcer, Candidate, ExpectedNode, Presence, VipAnswer, VipAnswers } from './announcer.js'
import { disagreementsOf } from './disagreements.js'
import { type EndpointNodes, endpointNodes } from './endpoints.js'
import { candidatesOf, Fields, runnersOf } from './metallb-candidates.js'
import { type Contest, holdElections } from './metallb-contests.js'
import { electionDetail, electionRules, type Winner } from './metallb-election.js'
import { findMetalLb, type MetalLbInstall, metalLbInstalls } from './metallb-install.js'
import { type Pool, poolOf, poolsOfConfigMap, poolsOfLegacyResources, poolsOfResources } from './metallb-pools.js'
import { Sightings } from './metallb-sightings.js'
import { describeVersion, isAtLeast } from './version.js'

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
  // read up to 0.13 (metallb/metallb#2252); the objects can outlive that
  const legacy = isAtLeast(install.version, '0.14.0') ? [] : valueOr(cluster.addressPools, [])
  return mapKnown(l2Advertisements, (advertisements) => [
    ...poolsOfResources(ipAddressPools.value, advertisements, valueOr(bgpAdvertisements, [])),
    ...poolsOfLegacyResources(legacy),
  ])
}

function answersOf(cluster: ClusterSnapshot, install: MetalLbInstall): VipAnswers {
  const services = valueOr(cluster.services, []).filter((service) => servesService(install, service))
  const pools = poolsOf(cluster, install)
  const sightings = new Sightings(valueOr(cluster.serviceL2Statuses, []), valueOr(cluster.events, []))
  const contestOf = prepareContests(cluster, install)
  const vips = services.flatMap((service) =>
    vipsOf(service, valueOr(pools, null), sightings.of(service.key), contestOf),
  )
  const contests = new Set(vips.flatMap(({ contest }) => contest ?? []))
  const { winners, gaps } = holdElections([...contests])
  return {
    answers: vips.map((vip) => new MetalLbAnswer(vip, (vip.contest && winners.get(vip.contest)) ?? null)),
    gaps: [...gapsOf(cluster, install, pools), ...gaps],
  }
}

/** One address of MetalLB's before any election is held. */
interface Vip {
  readonly ip: string
  readonly service: string
  /** By MetalLB's own account. */
  readonly seen: readonly ExpectedNode[]
  /** Null where not enough is known to hold one. */
  readonly contest: ServiceContest | null
}

/** Without pools only what MetalLB itself says it announces is known to be its own. */
function vipsOf(
  service: Service,
  pools: readonly Pool[] | null,
  seen: readonly ExpectedNode[],
  contestOf: ContestOf | null,
): readonly Vip[] {
  const contests = new Map<Pool, ServiceContest>()
  return service.ingress.flatMap(({ ip }) => {
    if (ip === null) return []
    const pool = pools && poolOf(pools, ip)
    if (!pool && seen.length === 0) return []
    const contest = pool && (contests.get(pool) ?? contestOf?.(service, pool, seen) ?? null)
    if (contest) contests.set(pool, contest)
    return [{ ip, service: service.key, seen, contest }]
  })
}

interface ServiceContest extends Contest {
  /** A function: 10,000 services of 5,000 nodes each would not fit in memory as lists. */
  candidates(): readonly Candidate[]
}

type ContestOf = (service: Service, pool: Pool, seen: readonly ExpectedNode[]) => ServiceContest

/** Null where nodes or endpoints are unknown: an election over half of the facts would be a guess. */
function prepareContests(cluster: ClusterSnapshot, install: MetalLbInstall): ContestOf | null {
  if (!cluster.nodes.known || !cluster.endpointSlices.known) return null
  const rules = electionRules(install.version)
  const fields = new Fields(install, rules, cluster.nodes.value, valueOr(cluster.pods, null))
  const endpoints: EndpointNodes = endpointNodes(cluster.endpointSlices.value)
  return (service, pool, seen) => {
    const field = fields.of(pool, service)
    const serving = endpoints.get(service.key) ?? NOWHERE
    const setting = fields.settingOf(service)
    // the first address decides for all of them, whatever the family
    const firstIp = service.ingress.find(({ ip }) => ip !== null)?.ip ?? ''
    const key = rules.hashOf === 'ip' ? firstIp : service.key
    return {
      runners: runnersOf(field, serving, setting),
      key,
      order: cluster.elections?.[key],
      named: seen.map(({ node }) => node),
      candidates: () => candidatesOf(field, serving, setting),
    }
  }
}

const NOWHERE: ReadonlySet<string> = new Set()

class MetalLbAnswer implements VipAnswer {
  readonly ip: string
  readonly service: string
  readonly expected: readonly ExpectedNode[]
  readonly disagreements: readonly string[]
  readonly #contest: ServiceContest | null

  constructor({ ip, service, seen, contest }: Vip, winner: Winner | null) {
    this.ip = ip
    this.service = service
    this.expected = winner ? [electedNode(winner), ...seen] : seen
    this.disagreements = disagreementsOf(this.expected)
    this.#contest = contest
  }

  get candidates(): readonly Candidate[] {
    return this.#contest?.candidates() ?? []
  }
}

function electedNode(winner: Winner): ExpectedNode {
  return { node: winner.node, from: 'election', detail: electionDetail(winner) }
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
