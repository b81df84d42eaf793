import type { Reads } from '../../reads.js'
import { CILIUM_KINDS } from './kinds.js'

/** What is read of a cluster for the sake of Cilium's announcements; its agent is read as that of a CNI. */
export const CILIUM_READS = {
  kinds: CILIUM_KINDS,
  images: ['cilium'],
  configMaps: {
    'cilium-config': {
      keys: /^(?:enable-l2-[\w-]+|enable-bgp-control-plane|l2-[\w-]+|k8s-client-[\w-]+|kube-proxy-replacement)$/,
    },
  },
  annotations: ['cilium.io', 'io.cilium'],
  wanted: ['lbipam.cilium.io/ips', 'io.cilium/lb-ipam-ips'],
  words: `cilium cilium-agent cilium-operator operator-generic announcements announcement policies policy lbipam ipam lb-ipam-ips
    replacement renew deadline retry qps burst ciliumisup ciliumpodsnotready`,
  derives: ['cilium-l2announce-'],
} as const satisfies Reads
