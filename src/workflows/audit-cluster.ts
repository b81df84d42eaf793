import type { ClusterSnapshot } from '../cluster/model.js'
import { type Attribution, attribute, type MacOwner } from '../facts/attribution.js'
import type { StoredBaseline } from '../facts/baseline.js'
import { clusterDoubts, clusterFacts, clusterGaps } from '../facts/cluster-facts.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Question } from '../facts/question.js'
import { type Gap, type Known, known } from '../known.js'
import type { AddressLine } from '../report/addresses.js'
import { unexpectedDoubts } from '../report/cluster-doubts.js'
import { addressesOf, clusterNames } from '../report/cluster-names.js'
import { addressDoubts } from '../report/doubts.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { notAsked, truthOf } from '../report/truths.js'
import { allRules } from '../rules/registry.js'
import { WorkBudget } from '../work-budget.js'
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
  const current = adapters.baseline && bindingsNow(view)
  const facts = {
    question: known(request.question, 'command line'),
    ...clusterFacts(view),
    attribution: known(attribution, 'command line'),
    ...(adapters.baseline && current && { baseline: await compareBindings(adapters.baseline, current) }),
  }
  const lines = view.known ? addresses(view.value, attribution) : []
  const parts = {
    run: {
      command: 'audit-cluster',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    truths: {
      wire: notAsked('audit-cluster reads the cluster only'),
      cluster: truthOf(view, clusterGaps(view)),
      hosts: notAsked('audit-cluster reads the cluster only'),
    },
    capture: null,
    addresses: lines,
    nodes: [],
    doubts: clusterDoubts(view),
    gaps: [...clusterGaps(view), ...nothingJudged(lines)],
  }
  const report = await conclude(allRules, facts, parts, new WorkBudget(interrupted))
  await adapters.present(report)
  if (view.known && !interrupted.aborted) await keep(view.value.cluster, current, adapters)
  return report
}

/** Each is judged by the objects; what is missing of them leaves all addresses open. */
function addresses(view: ClusterView, attribution: Attribution): AddressLine[] {
  const { expected } = view
  const [missing = null] = view.doubts
  const doubtOf = missing === null ? unexpectedDoubts(view) : () => missing
  return [...expected.keys()].flatMap((ip) =>
    addressesOf([ip], clusterNames(expected, attribution), { asked: false, doubt: doubtOf(ip) }),
  )
}

/** Where no address could be judged at all, the reader should know: the rules on other objects are all that was looked at. */
function nothingJudged(lines: readonly AddressLine[]): readonly Gap[] {
  if (lines.some(({ doubt }) => doubt === null)) return []
  return addressDoubts(
    lines.map((line) => ({ ...line, asked: true })),
    [],
  )
}

async function keep(cluster: ClusterSnapshot, current: Known<StoredBaseline> | null, adapters: AuditClusterAdapters) {
  await adapters.save?.(cluster)
  if (current?.known) await adapters.baseline?.write(current.value)
}
