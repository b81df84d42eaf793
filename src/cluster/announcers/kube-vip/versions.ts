import type { VersionRange } from '../version.js'

/** What is true of some versions of kube-vip only (`fetchServiceAddress` at v0.6.4, v0.7.0 and v1.0.0; the flags at each tag). */
export const KUBE_VIP = {
  /** Addresses of a Service may come from `status.loadBalancer.ingress`. */
  readsStatus: { since: '0.7.0', source: 'kube-vip/kube-vip fetchServiceAddress at v0.7.0' },
  /** `spec.loadBalancerIP` wins over a differing status. */
  prefersSpec: { since: '1.0.0', source: 'kube-vip/kube-vip fetchServiceAddress at v1.0.0' },
  /** With an election for each Service, only nodes with an endpoint of a Service with policy Local stand for it. */
  electsAmongEndpoints: { since: '0.5.0', source: 'kube-vip/kube-vip#407' },
  /** Where nothing is set a lease lasts 15 s; before, 5 s. */
  leasesForFifteenSeconds: { since: '1.1.0', source: 'kube-vip/kube-vip cmd/kube-vip.go at v1.0.4 and v1.1.0' },
} as const satisfies Record<string, VersionRange>
