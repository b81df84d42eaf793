import { clusterFacts } from '../facts/cluster-facts.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { type Gap, known, valueOr } from '../known.js'
import { judge } from '../rules/engine.js'
import { noAddress } from '../rules/service/no-address.js'

/** Why a Service that was named has no VIP; null: there is none of this name that asks for one. */
export function whyNoVip(view: ClusterView, name: string): Gap | null {
  const service = valueOr(view.cluster.services, []).find(({ key }) => key === name)
  if (!service) return null
  const found = findingOn(view, name)
  if (found !== undefined) return gap(name, `pending: ${found}`)
  const made = service.createdAt === null ? '' : ` (it was made at ${service.createdAt})`
  return gap(name, `pending: it has no address yet${made}, and no controller has said why`)
}

/** What the rule for such Services says of this one. */
function findingOn(view: ClusterView, name: string): string | undefined {
  const { findings } = judge([noAddress], clusterFacts(known(view, 'cluster')))
  return findings.find(({ data }) => data['service'] === name)?.message
}

function gap(subject: string, reason: string): Gap {
  return { subject, reason, hint: 'see what its controller and the cluster say: l2doctor audit-cluster' }
}
