import type { Reads } from '../../reads.js'

/** What is read of a cluster for kube-router's sake; names as in its docs/user-guide.md. */
export const KUBE_ROUTER_READS = {
  images: ['kube-router'],
  switches: ['run-router', 'advertise-loadbalancer-ip', 'advertise-external-ip'],
  annotations: ['kube-router.io'],
  words:
    'kube-router advertise loadbalancerip externalip skiplbips run-router advertise-loadbalancer-ip advertise-external-ip',
} as const satisfies Reads
