import { valueOr } from '../../../known.js'
import { once } from '../../../once.js'
import type { ClusterSnapshot, ConfigMap } from '../../model.js'
import { holdsFor, spanOf, workloadVersion } from '../version.js'
import { CILIUM } from './versions.js'

/** The agent's configuration, when it announces at layer 2; an agent of a version that cannot reads the setting in vain. */
export const announcingConfig = once((cluster: Pick<ClusterSnapshot, 'configMaps' | 'workloads'>): ConfigMap | null => {
  const config = valueOr(cluster.configMaps, []).find(({ name }) => name === 'cilium-config')
  if (config?.data['enable-l2-announcements'] !== 'true') return null
  return holdsFor(spanOf(agentVersion(cluster)), CILIUM.announcesAtLayer2) === false ? null : config
})

/** Null where the agents' image does not tell, or was not read. */
export function agentVersion({ workloads }: Pick<ClusterSnapshot, 'workloads'>): string | null {
  for (const workload of valueOr(workloads, [])) {
    const agent = workload.containers.find(({ name }) => name === 'cilium-agent')
    if (agent) return workloadVersion(workload, agent)
  }
  return null
}
