import type { VersionRange } from '../version.js'

/** What is true of some versions of OVN-Kubernetes only; OpenShift's images do not tell them. */
export const OVN_KUBERNETES = {
  /**
   * The gateway routers of all nodes answer for LoadBalancer and external addresses of Services. The first release of its own
   * is after the change; OpenShift has it in 4.10, and in later builds of 4.8 and 4.9 (openshift/ovn-kubernetes#957, #952).
   */
  answersForServices: { until: '1.0.0', source: 'ovn-kubernetes/ovn-kubernetes#2394' },
} as const satisfies Record<string, VersionRange>
