import { announcingConfig, selectsService } from '../../cluster/announcers/cilium.js'
import { matchesSelector } from '../../cluster/label-selector.js'
import type { ClusterNode, Service } from '../../cluster/model.js'
import type { CiliumL2Policy } from '../../cluster/model-resources.js'
import { clusterFix, clusterSubject, objectEvidence } from '../cluster-parts.js'
import type { Evidence, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'

type Fault = 'both-off' | 'refused' | 'no-node' | 'no-service'

interface SilentPolicy {
  readonly policy: string
  readonly fault: Fault
  readonly detail: string
}

const SAYS: Record<Fault, string> = {
  'both-off':
    'has neither loadBalancerIPs nor externalIPs set to true (both are false by default), so it announces nothing',
  refused: 'is refused by Cilium',
  'no-node': 'selects no node',
  'no-service': 'selects no Service',
}

const SEVERITY: Record<Fault, Severity> = {
  'both-off': 'error',
  refused: 'error',
  'no-node': 'error',
  'no-service': 'warning',
}

export const policyAnnouncesNothing = defineClusterRule({
  id: 'cilium/policy-announces-nothing',
  title: 'A CiliumL2AnnouncementPolicy announces nothing',
  severity: 'error',
  kinds: ['configMaps', 'ciliumL2Policies', 'nodes', 'services'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'A policy has both of its switches off, selects no node or no Service, or carries a condition that says that Cilium cannot read its selectors or interface expressions.',
    why: 'Nobody announces the addresses that it was written for; Cilium creates no lease for them.',
    confirm:
      '`kubectl describe ciliuml2announcementpolicies`; `kubectl -n kube-system get leases | grep cilium-l2announce`.',
    falseAlarms: 'A policy kept ready for Services or nodes that are still to come.',
    references: ['https://docs.cilium.io/en/stable/network/l2-announcements/'],
  },
  *checkCluster({ configMaps, ciliumL2Policies, nodes, services }) {
    if (!announcingConfig(configMaps)) return
    for (const policy of ciliumL2Policies) {
      const fault = faultOf(policy, nodes, services)
      if (!fault) continue
      const { evidence, ...data } = fault
      yield {
        subject: clusterSubject(`CiliumL2AnnouncementPolicy/${policy.name}`),
        severity: SEVERITY[fault.fault],
        data: { policy: policy.name, ...data },
        evidence,
      }
    }
  },
  message: ({ policy, fault, detail }: SilentPolicy) =>
    `the CiliumL2AnnouncementPolicy ${policy} ${SAYS[fault]}${detail === '' ? '' : `: ${detail}`}`,
  fixes: ({ policy, fault }) => [
    clusterFix({
      summary:
        fault === 'both-off' ? `Let ${policy} announce LoadBalancer addresses` : `Mend the selectors of ${policy}`,
      risk: 'none',
      text:
        fault === 'both-off'
          ? 'loadBalancerIPs: true (externalIPs: true for spec.externalIPs)'
          : 'Compare them with the labels of nodes and Services',
      run:
        fault === 'both-off'
          ? sh`kubectl patch ciliuml2announcementpolicy ${policy} --type=merge -p '{"spec":{"loadBalancerIPs":true}}'`
          : sh`kubectl edit ciliuml2announcementpolicy ${policy}`,
      verify: 'kubectl get leases -A | grep cilium-l2announce',
      undo:
        fault === 'both-off'
          ? sh`kubectl patch ciliuml2announcementpolicy ${policy} --type=merge -p '{"spec":{"loadBalancerIPs":false}}'`
          : 'Restore the former selectors.',
    }),
  ],
})

/** The first fault that there is: a refused policy need not be looked at any further. */
function faultOf(
  policy: CiliumL2Policy,
  nodes: readonly ClusterNode[],
  services: readonly Service[],
): { fault: Fault; detail: string; evidence: Evidence[] } | null {
  const object = `CiliumL2AnnouncementPolicy/${policy.name}`
  const refused = policy.conditions.find(({ type, status }) => type.startsWith('io.cilium/bad-') && status === 'True')
  if (refused) {
    const evidence = [objectEvidence(object, `.status.conditions[${refused.type}]`, refused.message)]
    return { fault: 'refused', detail: refused.message, evidence }
  }
  if (!policy.loadBalancerIPs && !policy.externalIPs) {
    const evidence = ['loadBalancerIPs', 'externalIPs'].map((name) => objectEvidence(object, `.spec.${name}`, 'false'))
    return { fault: 'both-off', detail: '', evidence }
  }
  const { nodeSelector, serviceSelector } = policy
  if (nodeSelector && !nodes.some(({ labels }) => matchesSelector(nodeSelector, labels))) {
    return { fault: 'no-node', detail: '', evidence: [selectorEvidence(object, 'nodeSelector', nodeSelector)] }
  }
  if (serviceSelector && !services.some((service) => selectsService(policy, service))) {
    return { fault: 'no-service', detail: '', evidence: [selectorEvidence(object, 'serviceSelector', serviceSelector)] }
  }
  return null
}

function selectorEvidence(object: string, name: string, selector: object): Evidence {
  return objectEvidence(object, `.spec.${name}`, JSON.stringify(selector))
}
