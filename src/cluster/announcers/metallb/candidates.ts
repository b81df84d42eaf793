import { matchesSelector } from '../../label-selector.js'
import type { ClusterNode, Service } from '../../model.js'
import type { Pod } from '../../model-workloads.js'
import type { Candidate } from '../announcer.js'
import { daemonSetNodes } from '../daemonset-nodes.js'
import {
  type ElectionNode,
  type ElectionRules,
  type ElectionSetting,
  EXCLUDE_LABEL,
  needsLocalEndpoint,
  type Runner,
  reasonsAgainst,
  withEndpoints,
} from './election.js'
import type { MetalLbInstall } from './install.js'
import { matchesAnyOrNone, type Pool, type PoolAdvertisement } from './pools.js'

/** The nodes of an election before anyone looks at endpoints. */
export interface Field {
  readonly candidates: readonly Candidate[]
  readonly indexOf: ReadonlyMap<string | null, number>
  /** The eligible ones, beside their names. */
  readonly runners: readonly Runner[]
  readonly runnerOf: ReadonlyMap<string | null, Runner>
  /** `candidates` when there is no endpoint at all, and when each lacks one of its own: thousands of Services share them. */
  readonly withoutAny: readonly Candidate[]
  readonly withoutOwn: readonly Candidate[]
}

/** What `withEndpoints` gives, without a new object for each node. */
export function candidatesOf(field: Field, endpointNodes: ReadonlySet<string | null>, setting: ElectionSetting) {
  if (endpointNodes.size === 0) return field.withoutAny
  if (!needsLocalEndpoint(setting)) return field.candidates
  const candidates = field.withoutOwn.slice()
  for (const node of endpointNodes) {
    const index = field.indexOf.get(node)
    if (index !== undefined) candidates[index] = field.candidates[index]!
  }
  return candidates
}

/** The eligible ones of `candidatesOf`. */
export function runnersOf(field: Field, endpointNodes: ReadonlySet<string | null>, setting: ElectionSetting) {
  if (endpointNodes.size === 0) return []
  if (!needsLocalEndpoint(setting)) return field.runners
  return [...endpointNodes].flatMap((node) => field.runnerOf.get(node) ?? [])
}

/** Whether a node is among `runnersOf`. */
export function mayRun(
  field: Field,
  endpointNodes: ReadonlySet<string | null>,
  setting: ElectionSetting,
  node: string,
): boolean {
  if (endpointNodes.size === 0 || !field.runnerOf.has(node)) return false
  return !needsLocalEndpoint(setting) || endpointNodes.has(node)
}

/** Judges the nodes once per set of advertisements and traffic policy: thousands of services share the answer. */
export class Fields {
  readonly #cache = new Map<string, Field>()
  readonly #install: MetalLbInstall
  readonly #rules: ElectionRules
  readonly #nodes: readonly ClusterNode[]
  readonly #speakers: ReadonlySet<string>

  constructor(
    install: MetalLbInstall,
    rules: ElectionRules,
    nodes: readonly ClusterNode[],
    pods: readonly Pod[] | null,
  ) {
    this.#install = install
    this.#rules = rules
    this.#nodes = nodes
    this.#speakers = daemonSetNodes(install.speaker, nodes, pods)
  }

  of(pool: Pool, service: Service): Field {
    const advertisements = advertisementsFor(pool, service, this.#rules)
    const setting = this.settingOf(service)
    const key = [setting.trafficPolicy, ...advertisements.map((one) => one.key)].join('\n')
    const field = this.#cache.get(key) ?? this.#judge(advertisements, setting)
    this.#cache.set(key, field)
    return field
  }

  settingOf(service: Service): ElectionSetting {
    const { memberlist, ignoresExcludeLabel: ignoresLabel } = this.#install
    return { rules: this.#rules, memberlist, ignoresLabel, trafficPolicy: service.externalTrafficPolicy }
  }

  #judge(advertisements: readonly PoolAdvertisement[], setting: ElectionSetting): Field {
    const nodes = this.#nodes.map((node) => this.#electionNode(node, advertisements))
    const candidates = nodes.map((node) => {
      const because = reasonsAgainst(node, setting)
      return { node: node.name, eligible: because.length === 0, because }
    })
    const fit = nodes.filter((_, index) => candidates[index]?.eligible)
    const runners = fit.map(({ name, weight }) => ({ node: name, weight: this.#rules.weighsPreferences ? weight : 0 }))
    return {
      candidates,
      indexOf: new Map(nodes.map(({ name }, index) => [name, index])),
      runners,
      runnerOf: new Map(runners.map((runner) => [runner.node, runner])),
      withoutAny: withEndpoints(candidates, new Set(), setting),
      withoutOwn: withEndpoints(candidates, new Set([null]), setting),
    }
  }

  #electionNode(node: ClusterNode, advertisements: readonly PoolAdvertisement[]): ElectionNode {
    const applicable = advertisements.filter(({ nodeSelectors }) => matchesAnyOrNone(nodeSelectors, node.labels))
    return {
      name: node.name,
      hasSpeaker: this.#speakers.has(node.name),
      isLabelled: node.labels[EXCLUDE_LABEL] !== undefined,
      networkUnavailable: isNetworkUnavailable(node),
      isAdvertised: applicable.length > 0,
      weight: applicable.reduce((sum, one) => sum + preference(one, node), 0),
    }
  }
}

/** `status` True only: Unknown does not count (MetalLB `internal/k8s/nodes`). */
export function isNetworkUnavailable({ conditions }: ClusterNode): boolean {
  return conditions.some(({ type, status }) => type === 'NetworkUnavailable' && status === 'True')
}

/** Service selectors count since 0.16.0 only. */
export function advertisementsFor(pool: Pool, service: Service, rules: ElectionRules): readonly PoolAdvertisement[] {
  if (!rules.checksServiceSelectors) return pool.advertisements
  return pool.advertisements.filter((one) => matchesAnyOrNone(one.serviceSelectors, service.labels))
}

/** An advertisement raises only nodes that it selects itself; its matching weights add up. */
function preference({ preferredNodeSelectors }: PoolAdvertisement, node: ClusterNode): number {
  const matching = preferredNodeSelectors.filter(({ selector }) => matchesSelector(selector, node.labels))
  return matching.reduce((sum, { weight }) => sum + weight, 0)
}
