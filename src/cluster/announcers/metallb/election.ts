import { hash } from 'node:crypto'
import type { Candidate } from '../announcer.js'
import { holdsFor, isAtLeast, type VersionRange, type VersionSpan } from '../version.js'
import { METALLB } from './versions.js'

/** Kubernetes' own label; its presence counts, not its value (MetalLB `internal/k8s/nodes`). */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** Why a node is no candidate, as `Candidate.because` prints it. */
export const REASON = {
  speaker: 'no ready speaker pod',
  label: `label ${EXCLUDE_LABEL}`,
  network: 'condition NetworkUnavailable',
  advertisement: 'no L2Advertisement of the address selects it',
  endpoint: 'no ready endpoint of the service on it',
  noEndpoints: 'the service has no ready endpoint anywhere',
  memberlist: 'memberlist is disabled, and this version then announces nothing',
} as const

/** How one version of MetalLB elects (speaker/layer2_controller.go at its tags, release notes 0.11.0, 0.14.2, 0.15.0, 0.16.0). */
export interface ElectionRules {
  /** What is hashed beside the node's name: the service's key up to 0.10.3, its first address since 0.11.0. */
  readonly hashOf: 'service' | 'ip'
  /** Up to 0.10.3 a candidate needs a ready endpoint under either traffic policy. */
  readonly endpointAlways: boolean
  readonly checksConditions: boolean
  readonly checksLabel: boolean
  readonly checksServiceSelectors: boolean
  readonly weighsPreferences: boolean
  /** Who is a candidate when memberlist is disabled. */
  readonly withoutMemberlist: 'no-filter' | 'local-only' | 'nobody' | 'all-nodes'
  /** False when the version is not known well enough to be sure of the above. */
  readonly certain: boolean
}

/** An unknown version is taken for the newest it can be. */
export function electionRules(version: VersionSpan): ElectionRules {
  let certain = true
  const holds = (range: VersionRange): boolean => {
    const answer = holdsFor(version, range)
    if (answer === null) certain = false
    return answer ?? true
  }
  const byIp = holds(METALLB.electsByAddress)
  const rules = {
    hashOf: byIp ? 'ip' : 'service',
    endpointAlways: !byIp,
    checksConditions: byIp,
    checksLabel: holds(METALLB.honoursExcludeLabel),
    checksServiceSelectors: holds(METALLB.selectsServices),
    // In the main branch after 0.16.1; harmless where the field does not exist.
    weighsPreferences: isAtLeast(version, '0.16.2') ?? true,
    withoutMemberlist: holds(METALLB.electsAnyNodeWithoutMemberlist)
      ? 'all-nodes'
      : holds(METALLB.announcesNothingWithoutMemberlist)
        ? 'nobody'
        : byIp
          ? 'local-only'
          : 'no-filter',
  } as const
  return { ...rules, certain }
}

/** What the election looks at on one node. */
export interface ElectionNode {
  readonly name: string
  readonly hasSpeaker: boolean
  readonly isLabelled: boolean
  readonly networkUnavailable: boolean
  /** An applicable L2Advertisement selects it. */
  readonly isAdvertised: boolean
  /** Sum of the matching `preferredNodeSelectors` weights. */
  readonly weight: number
}

export interface ElectionSetting {
  readonly rules: ElectionRules
  readonly memberlist: boolean
  /** `--ignore-exclude-lb`. */
  readonly ignoresLabel: boolean
  readonly trafficPolicy: 'Cluster' | 'Local'
}

/** Reasons against a node that do not depend on the service's endpoints; empty when there are none. */
export function reasonsAgainst(node: ElectionNode, setting: ElectionSetting): readonly string[] {
  const { rules, memberlist, ignoresLabel } = setting
  const reasons: string[] = []
  if (memberlist && !node.hasSpeaker) reasons.push(REASON.speaker)
  if (!memberlist && announcesNothing(setting)) reasons.push(REASON.memberlist)
  if (rules.checksConditions && node.networkUnavailable) reasons.push(REASON.network)
  if (rules.checksLabel && !ignoresLabel && node.isLabelled) reasons.push(REASON.label)
  if (!node.isAdvertised) reasons.push(REASON.advertisement)
  return reasons
}

function announcesNothing({ rules, trafficPolicy }: ElectionSetting): boolean {
  if (rules.withoutMemberlist === 'local-only') return trafficPolicy === 'Cluster'
  return rules.withoutMemberlist === 'nobody'
}

/** Whether a candidate must have an endpoint of its own. */
export function needsLocalEndpoint({ rules, trafficPolicy }: ElectionSetting): boolean {
  return rules.endpointAlways || trafficPolicy === 'Local'
}

/** Adds what the endpoints say; `endpointNodes` are the nodes with a ready or serving endpoint, null for ones without node. */
export function withEndpoints(
  candidates: readonly Candidate[],
  endpointNodes: ReadonlySet<string | null>,
  setting: ElectionSetting,
): readonly Candidate[] {
  if (endpointNodes.size === 0) return candidates.map((one) => against(one, REASON.noEndpoints))
  if (!needsLocalEndpoint(setting)) return candidates
  return candidates.map((one) => (endpointNodes.has(one.node) ? one : against(one, REASON.endpoint)))
}

function against({ node, because }: Candidate, reason: string): Candidate {
  return { node, eligible: false, because: [...because, reason] }
}

/** A node that takes part, with its weight (0 where nothing is preferred). */
export interface Runner {
  readonly node: string
  readonly weight: number
}

export interface Winner {
  readonly node: string
  /** SHA-256 in hex; empty where only the order of the digests is known. */
  readonly hash: string
}

/**
 * Highest weight first, then the lowest sha256(node + "#" + key); null without runners. Independent of their order.
 * `order`: the nodes by their digests, where names and key are not the true ones.
 */
export function elect(runners: Iterable<Runner>, key: string, order?: readonly string[]): Winner | null {
  const digestOf = order === undefined ? (node: string) => hashOfNode(node, key) : placeIn(order)
  let best: (Winner & Runner) | null = null
  for (const { node, weight } of runners) {
    if (best && weight < best.weight) continue
    const digest = digestOf(node)
    if (!best || weight > best.weight || digest < best.hash) best = { node, weight, hash: digest }
  }
  return best && { node: best.node, hash: order === undefined ? best.hash : '' }
}

/** SHA-256 in hex of what MetalLB hashes for one node. */
export function hashOfNode(node: string, key: string): string {
  return hash('sha256', `${node}#${key}`)
}

/** Compares as the digests did. */
function placeIn(order: readonly string[]): (node: string) => string {
  const places = new Map(order.map((node, at) => [node, String(at).padStart(8, '0')]))
  return (node) => places.get(node) ?? '~'
}

/** `sha256 0a382492`, for people. */
export function electionDetail({ hash }: Winner): string {
  return hash === '' ? 'sha256 of names that were redacted' : `sha256 ${hash.slice(0, 8)}`
}
