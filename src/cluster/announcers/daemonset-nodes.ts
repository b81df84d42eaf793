import { matchesExpression } from '../label-selector.js'
import type { ClusterNode } from '../model.js'
import type { Pod, Toleration, Workload } from '../model-workloads.js'

/**
 * The nodes where a DaemonSet has a ready pod: none where its status counts none. Without pods to look at, the nodes where the scheduler would put one:
 * node selector, required affinity, taints and tolerations.
 */
export function daemonSetNodes(
  workload: Workload,
  nodes: readonly ClusterNode[],
  pods: readonly Pod[] | null,
): ReadonlySet<string> {
  const own = pods?.filter((pod) => isOwned(pod, workload)) ?? []
  if (own.length === 0 && pods !== null && workload.desired > 0 && workload.ready === 0) return new Set()
  if (own.length === 0) return new Set(nodes.filter((node) => wouldRun(workload, node)).map(({ name }) => name))
  return new Set(own.flatMap(({ ready, node }) => (ready && node ? [node] : [])))
}

function isOwned({ namespace, owner }: Pod, workload: Workload): boolean {
  return namespace === workload.namespace && owner?.kind === workload.kind && owner.name === workload.name
}

function wouldRun(workload: Workload, node: ClusterNode): boolean {
  const { nodeSelector, requiredNodeAffinity: terms } = workload
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    (terms.length === 0 ||
      terms.some(({ matchExpressions }) => matchExpressions.every((one) => matchesExpression(one, node.labels)))) &&
    untolerated(workload, node).length === 0
  )
}

/** The taints of a node that keep new pods of the workload off it. */
export function untolerated(
  { tolerations }: Pick<Workload, 'tolerations'>,
  { taints }: Pick<ClusterNode, 'taints'>,
): readonly Taint[] {
  return taints.filter((taint) => !isHarmless(taint) && !tolerations.some((one) => tolerates(one, taint)))
}

export type Taint = ClusterNode['taints'][number]

/** Taints in `node.kubernetes.io/` are tolerated by every DaemonSet pod by default (DaemonSet controller). */
function isHarmless({ key, effect }: Taint): boolean {
  return effect === 'PreferNoSchedule' || key.startsWith('node.kubernetes.io/')
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (operator === 'Exists') return key === '' || key === taint.key
  return key === taint.key && value === taint.value
}
