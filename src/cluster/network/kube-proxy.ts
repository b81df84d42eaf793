import { parse } from 'yaml'
import { type Known, known, valueOr } from '../../known.js'
import type { ClusterNode, ClusterSnapshot } from '../model.js'

/** How kube-proxy runs: in `ipvs` mode every node's kernel holds every Service address, and would answer for it. */
export interface KubeProxy {
  /** `iptables`, `ipvs`, `nftables` …; empty configuration means `iptables`. */
  readonly mode: string
  /** kube-proxy then sets arp_ignore=1 and arp_announce=2 for all interfaces (kubernetes pkg/proxy/ipvs). */
  readonly strictArp: boolean
  /** Where it says so: `ConfigMap/kube-system/kube-proxy`. */
  readonly object: string
  /** The field or argument: `.data["config.conf"]`. */
  readonly path: string
}

/** From its ConfigMap, its DaemonSet's arguments, or the arguments that k3s and RKE2 note on the nodes; null when none is seen. */
export function readKubeProxy(cluster: ClusterSnapshot): Known<KubeProxy | null> {
  const { configMaps, workloads, nodes } = cluster
  const found = fromConfigMap(cluster) ?? fromDaemonSet(cluster) ?? fromNodes(valueOr(nodes, []))
  if (found) return known(found, found.object)
  return ([configMaps, workloads, nodes].find((one) => !one.known && one) as Known<null>) ?? known(null, 'cluster')
}

function fromConfigMap(cluster: ClusterSnapshot): KubeProxy | null {
  const config = valueOr(cluster.configMaps, []).find(({ name, data }) => name === 'kube-proxy' && data['config.conf'])
  if (!config) return null
  const settings = readConfig(config.data['config.conf']!)
  return settings && { ...settings, object: `ConfigMap/${config.key}`, path: '.data["config.conf"]' }
}

function readConfig(text: string): Pick<KubeProxy, 'mode' | 'strictArp'> | null {
  try {
    const config = parse(text) as { mode?: string | null; ipvs?: { strictARP?: boolean | null } | null } | null
    return { mode: config?.mode || 'iptables', strictArp: config?.ipvs?.strictARP === true }
  } catch {
    return null
  }
}

function fromDaemonSet(cluster: ClusterSnapshot): KubeProxy | null {
  for (const workload of valueOr(cluster.workloads, [])) {
    const container = workload.containers.find(
      ({ image, name }) => name === 'kube-proxy' || /\/kube-proxy[:@]/.test(image),
    )
    const settings = container && readArguments(container.args)
    if (settings)
      return {
        ...settings,
        object: `${workload.kind}/${workload.key}`,
        path: '.spec.template.spec.containers[].command',
      }
  }
  return null
}

/** Null when the arguments do not tell the mode (a configuration file does, then). */
function readArguments(args: readonly string[]): Pick<KubeProxy, 'mode' | 'strictArp'> | null {
  const text = args.join(' ')
  const mode = /proxy-mode[= ](\w+)/.exec(text)?.[1]
  return mode ? { mode, strictArp: /ipvs-strict-arp(?!=false)/.test(text) } : null
}

const NODE_ARGUMENTS = ['k3s.io/node-args', 'rke2.io/node-args']

function fromNodes(nodes: readonly ClusterNode[]): KubeProxy | null {
  for (const node of nodes) {
    for (const annotation of NODE_ARGUMENTS) {
      const settings = readArguments([node.annotations[annotation] ?? ''])
      if (settings) return { ...settings, object: `Node/${node.name}`, path: `.metadata.annotations["${annotation}"]` }
    }
  }
  return null
}
