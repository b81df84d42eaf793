import { type Gap, type Known, valueOr } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Candidate, ExpectedNode, VipAnswer, VipAnswers } from '../announcer.js'
import { disagreementsOf } from '../disagreements.js'
import { type EndpointNodes, endpointNodes } from '../endpoints.js'
import { describeVersion } from '../version.js'
import { candidatesOf, Fields, mayRun, runnersOf } from './candidates.js'
import { type Contest, holdElections } from './contests.js'
import { elect, electionDetail, electionRules, type Winner } from './election.js'
import { type MetalLbInstall, servesService } from './install.js'
import { type Pool, poolOf, poolsOf } from './pools.js'
import { Sightings, standing } from './sightings.js'

/** The election computed as the speakers compute it, then status objects and events. */
export function answersOf(cluster: ClusterSnapshot, install: MetalLbInstall): VipAnswers {
  const services = valueOr(cluster.services, []).filter((service) => servesService(install, service))
  const pools = poolsOf(cluster, install)
  const sightings = new Sightings(valueOr(cluster.serviceL2Statuses, []), valueOr(cluster.events, []))
  const contestOf = prepareContests(cluster, install)
  const vips = services.flatMap((service) => vipsOf(service, valueOr(pools, null), sightings.of(service), contestOf))
  const contests = new Set(vips.flatMap(({ contest }) => contest ?? []))
  const { winners, gaps } = holdElections([...contests])
  const undecided = [pools, cluster.nodes, cluster.endpointSlices].flatMap((one) => (one.known ? [] : [one.gap]))[0]
  return {
    answers: vips.map((vip) => new MetalLbAnswer(vip, (vip.contest && winners.get(vip.contest)) ?? null, undecided)),
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
  /** Whether it is an eligible one of them. */
  mayRun(node: string): boolean
  /** Whether it surely may not announce: no endpoint anywhere, or a reason against it that the version is known to heed. */
  rulesOut(node: string): boolean
}

type ContestOf = (service: Service, pool: Pool, seen: readonly ExpectedNode[]) => ServiceContest

/** Null where nodes or endpoints are unknown: an election over half of the facts would be a guess. */
function prepareContests(cluster: ClusterSnapshot, install: MetalLbInstall): ContestOf | null {
  if (!cluster.nodes.known || !cluster.endpointSlices.known) return null
  const rules = electionRules(install.version)
  const fields = new Fields(install, rules, cluster.nodes.value, valueOr(cluster.pods, null))
  const isSure = rules.certain && cluster.pods.known
  const endpoints: EndpointNodes = endpointNodes(cluster.endpointSlices.value)
  return (service, pool, seen) => {
    const field = fields.of(pool, service)
    const serving = endpoints.get(service.key) ?? NOWHERE
    const setting = fields.settingOf(service)
    // the first address decides for all of them, whatever the family
    const firstIp = service.ingress.find(({ ip }) => ip !== null)?.ip ?? ''
    const key = rules.hashOf === 'ip' ? firstIp : service.key
    const isRunner = (node: string) => mayRun(field, serving, setting, node)
    return {
      runners: runnersOf(field, serving, setting),
      key,
      order: cluster.elections?.[key],
      named: seen.map(({ node }) => node),
      candidates: () => candidatesOf(field, serving, setting),
      mayRun: isRunner,
      rulesOut: (node) => serving.size === 0 || (isSure && !isRunner(node)),
    }
  }
}

const NOWHERE: ReadonlySet<string> = new Set()

class MetalLbAnswer implements VipAnswer {
  readonly ip: string
  readonly service: string
  readonly expected: readonly ExpectedNode[]
  readonly disagreements: readonly string[]
  readonly undecided: Gap | undefined
  readonly #contest: ServiceContest | null

  constructor({ ip, service, seen, contest }: Vip, winner: Winner | null, undecided: Gap | undefined) {
    this.ip = ip
    this.service = service
    const left = contest ? standing(seen, winner?.node ?? null, (node) => contest.rulesOut(node)) : seen
    this.expected = winner ? [electedNode(winner), ...left] : left
    this.undecided = contest ? undefined : undecided
    this.disagreements = disagreementsOf(this.expected)
    this.#contest = contest
  }

  get candidates(): readonly Candidate[] {
    return this.#contest?.candidates() ?? []
  }

  mayAnnounce(node: string): boolean {
    return this.#contest?.mayRun(node) ?? true
  }

  electAmong(isSeen: (node: string) => boolean): string | null {
    if (this.#contest === null) return null
    const { runners, key, order } = this.#contest
    return (
      elect(
        runners.filter(({ node }) => isSeen(node)),
        key,
        order,
      )?.node ?? null
    )
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
