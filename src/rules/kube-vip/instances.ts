import { findKubeVip, type KubeVipInstance } from '../../cluster/announcers/kube-vip/instances.js'
import { objectName } from '../../cluster/key.js'
import type { ClusterSnapshot } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import type { FixStep } from '../define.js'
import { sh } from '../shell.js'

/** The instances that answer ARP; BGP and routing-table modes have no part in layer 2. None where workloads are unknown. */
export function arpInstances(cluster: ClusterSnapshot): readonly KubeVipInstance[] {
  return valueOr(findKubeVip(cluster), []).filter(({ settings }) => settings.arp)
}

/** How to change a variable of an instance: a DaemonSet is edited, static pods are files on their nodes. */
export function setVariables(
  { object, kind, nodes }: Pick<KubeVipInstance, 'object' | 'kind' | 'nodes'>,
  values: Readonly<Record<string, string>>,
): FixStep {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  const { namespace, name } = objectName(object)
  if (kind === 'workload') {
    const run = sh`kubectl -n ${namespace} set env daemonset/${name} ${pairs}`
    return { kind: 'persistent', text: 'Set it on the DaemonSet; its pods restart', run }
  }
  return {
    kind: 'persistent',
    text: `Set ${pairs.join(', ')} in the env of /etc/kubernetes/manifests/kube-vip.yaml on ${nodes.join(', ')}; the kubelet restarts the pods`,
  }
}
