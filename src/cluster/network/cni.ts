import { type Known, mapKnown } from '../../known.js'
import { workloadVersion } from '../announcers/version.js'
import type { ClusterSnapshot } from '../model.js'
import type { Workload } from '../model-workloads.js'

/** A CNI that matters for who answers at layer 2. */
export interface Cni {
  readonly name: 'calico' | 'cilium' | 'flannel' | 'ovn-kubernetes'
  readonly version: string | null
  readonly object: string
  /** Calico only: an operator owns the DaemonSet and undoes edits of it. */
  readonly operated: boolean
}

const AGENTS: readonly { readonly cni: Cni['name']; readonly container: RegExp; readonly image: RegExp }[] = [
  { cni: 'calico', container: /^calico-node$/, image: /calico\/node[:@]|calico-node[:@]/ },
  { cni: 'cilium', container: /^cilium-agent$/, image: /cilium\/cilium[:@]/ },
  { cni: 'flannel', container: /^kube-flannel$/, image: /\/flannel[:@]/ },
  { cni: 'ovn-kubernetes', container: /^(ovnkube-(node|controller)|ovn-controller)$/, image: /ovn-kube/ },
]

/** Several are possible: Calico for policy over flannel. */
export function readCnis(cluster: ClusterSnapshot): Known<readonly Cni[]> {
  return mapKnown(cluster.workloads, (workloads) => workloads.flatMap((workload) => cniOf(workload, workloads)))
}

function cniOf(workload: Workload, workloads: readonly Workload[]): readonly Cni[] {
  if (workload.kind !== 'DaemonSet') return []
  for (const { cni, container: name, image } of AGENTS) {
    const agent = workload.containers.find((one) => name.test(one.name) || image.test(one.image))
    if (!agent) continue
    const operated = cni === 'calico' && isOperated(workload, workloads)
    return [{ name: cni, version: workloadVersion(workload, agent), object: `DaemonSet/${workload.key}`, operated }]
  }
  return []
}

/** The operator installs into calico-system; the manifest into kube-system (Calico installation reference). */
function isOperated({ namespace }: Workload, workloads: readonly Workload[]): boolean {
  return namespace === 'calico-system' || workloads.some(({ name }) => name === 'tigera-operator')
}
