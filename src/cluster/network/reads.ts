import { parse, stringify } from 'yaml'
import type { Reads } from '../reads.js'

/** Programs that announce nothing, and bear on who answers. */

const kubeProxy: Reads = {
  images: ['kube-proxy', 'hyperkube'],
  // also as k3s and RKE2 pass them on
  flags: ['proxy-mode', 'kube-proxy-arg'],
  switches: ['ipvs-strict-arp'],
  configMaps: { 'kube-proxy': { keys: /^config\.conf$/, only: modeOnly } },
  words: 'kube-proxy hyperkube strictarp mode ipvs iptables nftables rke2 k3s',
}

const cnis: Reads = {
  images: ['calico', 'tigera', 'flannel', 'ovn', 'cilium'],
  // OpenShift's images have digests for names
  containers: ['ovnkube-node', 'ovnkube-controller', 'ovn-controller'],
  // the operator of Calico is a Deployment
  labels: { 'k8s-app': ['tigera-operator'], name: ['tigera-operator'] },
  words:
    'calico canal flannel tigera ovn ovnkube ovn-kubernetes tigera-operator typha node-driver projectcalico coreos',
}

export const NETWORK: readonly Reads[] = [kubeProxy, cnis]

function modeOnly(text: string): string {
  const config = readRecord(text)
  const { strictARP } = (config['ipvs'] ?? {}) as Record<string, unknown>
  return stringify({ mode: config['mode'], ipvs: { strictARP } })
}

function readRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = parse(text)
    return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
