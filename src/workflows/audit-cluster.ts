import type { ClusterSnapshot } from '../cluster/model.js'
import { attribute, type MacOwner } from '../facts/attribution.js'
import type { StoredBaseline } from '../facts/baseline.js'
import { clusterFacts, clusterGaps } from '../facts/cluster-view.js'
import type { Question } from '../facts/question.js'
import { type Known, known } from '../known.js'
import { addressesOf, clusterNames } from '../report/cluster-names.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { allRules } from '../rules/registry.js'
import { conclude } from './conclude.js'
import { type ReadCluster, readView } from './read-view.js'
import { type BaselineStore, bindingsNow, compareBindings } from './vip-baseline.js'

export interface AuditClusterRequest {
  readonly question: Question
  readonly suppressions: readonly Suppression[]
}

export interface AuditClusterAdapters {
  readonly readCluster: ReadCluster
  /** `--save`; null when not asked for. */
  readonly save: ((cluster: ClusterSnapshot) => Promise<void>) | null
  /** `--baseline`; null when not asked for. */
  readonly baseline: BaselineStore | null
  /** MACs whose nodes are known from elsewhere. */
  readonly owners: readonly MacOwner[]
  /** Hands the report over: before the bindings that it compares with are overwritten, or a change could go untold. */
  readonly present: (report: Report) => Promise<void>
  readonly now: () => Date
  readonly version: string
}

/** Kubernetes objects → facts → report; the snapshot and the new bindings are kept where asked for. */
export async function auditCluster(
  request: AuditClusterRequest,
  adapters: AuditClusterAdapters,
  interrupted: AbortSignal,
): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const view = await readView(adapters.readCluster, interrupted)
  const attribution = attribute(adapters.owners)
  const current = bindingsNow(view)
  const facts = {
    question: known(request.question, 'command line'),
    ...clusterFacts(view),
    attribution: known(attribution, 'command line'),
    ...(adapters.baseline && { baseline: await compareBindings(adapters.baseline, current) }),
  }
  const report = conclude(allRules, facts, {
    run: {
      command: 'audit-cluster',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: null,
    addresses: view.known ? addressesOf(view.value.expected, clusterNames(view.value.expected, attribution)) : [],
    nodes: [],
    gaps: clusterGaps(view),
    couldLook: current.known,
  })
  await adapters.present(report)
  if (view.known && !interrupted.aborted) await keep(view.value.cluster, current, adapters)
  return report
}

async function keep(cluster: ClusterSnapshot, current: Known<StoredBaseline>, adapters: AuditClusterAdapters) {
  await adapters.save?.(cluster)
  if (current.known) await adapters.baseline?.write(current.value)
}
