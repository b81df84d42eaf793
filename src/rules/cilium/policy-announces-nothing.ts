import { announcingConfig } from '../../cluster/announcers/cilium/config.js'
import type { CiliumL2Policy } from '../../cluster/announcers/cilium/objects.js'
import { announcedAddresses, selectsService } from '../../cluster/announcers/cilium/policies.js'
import { objectName } from '../../cluster/key.js'
import { matchesSelector } from '../../cluster/label-selector.js'
import type { ClusterNode, Service } from '../../cluster/model.js'
import { poolsOf, poolsWith } from '../../facts/pools.js'
import { likely } from '../certainty.js'
import { clusterFix, listed, objectEvidence } from '../cluster-parts.js'
import type { Evidence, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'

type Fault = 'both-off' | 'refused' | 'no-node' | 'no-service' | 'other-switch'

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
  'other-switch': 'announces none of the addresses of the Services that it selects',
}

const SEVERITY: Record<Fault, Severity> = {
  'both-off': 'error',
  refused: 'error',
  'no-node': 'error',
  'no-service': 'warning',
  'other-switch': 'warning',
}

export const policyAnnouncesNothing = defineClusterRule({
  id: 'cilium/policy-announces-nothing',
  title: 'A CiliumL2AnnouncementPolicy announces nothing',
  severity: 'error',
  kinds: ['configMaps', 'ciliumL2Policies', 'nodes', 'services'],
  needs: ['cluster', 'announcers'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'A policy has both of its switches off, or externalIPs only while its Services have addresses of a CiliumLoadBalancerIPPool, selects no node or no Service, or carries a condition that says that Cilium cannot read its selectors or interface expressions.',
    why: 'Nobody announces the addresses that it was written for; Cilium creates no lease for them.',
    confirm:
      '`kubectl describe ciliuml2announcementpolicies`; `kubectl -n kube-system get leases | grep cilium-l2announce`.',
    falseAlarms:
      'A policy kept ready for Services or nodes that are still to come. Where the BGP control plane is on, or another announcer has the addresses, the switches are not compared with them.',
    references: ['https://docs.cilium.io/en/stable/network/l2-announcements/'],
  },
  *checkCluster({ ciliumL2Policies, nodes, services }, { cluster, announcers }) {
    const config = announcingConfig(cluster)
    if (!config) return
    const taken = new Set(announcers.flatMap(({ answers }) => answers.map(({ ip }) => ip)))
    const byBgp = config.data['enable-bgp-control-plane'] === 'true'
    const pools = poolsOf(cluster).filter(({ object }) => objectName(object).kind === 'CiliumLoadBalancerIPPool')
    const isLeftOut = (ip: string) => !taken.has(ip) && poolsWith(ip, pools).length > 0
    for (const policy of ciliumL2Policies) {
      const fault = faultOf(policy, nodes, services) ?? (byBgp ? null : otherSwitch(policy, services, isLeftOut))
      if (!fault) continue
      const { evidence, ...data } = fault
      yield {
        subject: objectSubject(`CiliumL2AnnouncementPolicy/${policy.name}`),
        ...likely('the policy was read; another policy may cover the same addresses'),
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
        fault === 'both-off'
          ? `Let ${policy} announce LoadBalancer addresses`
          : fault === 'other-switch'
            ? `Let ${policy} announce the addresses that its Services have`
            : `Fix the selectors of ${policy}`,
      risk: 'none',
      text:
        fault === 'both-off'
          ? 'loadBalancerIPs: true (externalIPs: true for spec.externalIPs)'
          : fault === 'other-switch'
            ? 'loadBalancerIPs: true (externalIPs is for spec.externalIPs alone)'
            : 'Compare them with the labels of nodes and Services',
      run:
        fault === 'both-off'
          ? sh`kubectl patch ciliuml2announcementpolicy ${policy} --type=merge -p '{"spec":{"loadBalancerIPs":true}}'`
          : sh`kubectl edit ciliuml2announcementpolicy ${policy}`,
      verify: 'kubectl get leases -A | grep cilium-l2announce',
      undo:
        fault === 'both-off'
          ? sh`kubectl patch ciliuml2announcementpolicy ${policy} --type=merge -p '{"spec":{"loadBalancerIPs":false}}'`
          : fault === 'other-switch'
            ? 'Set loadBalancerIPs: false again.'
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

/** Only externalIPs is on, no selected Service has such, and they have addresses of Cilium's own pools that nobody else announces. */
function otherSwitch(
  policy: CiliumL2Policy,
  services: readonly Service[],
  isLeftOut: (ip: string) => boolean,
): { fault: Fault; detail: string; evidence: Evidence[] } | null {
  const selected = services.filter((service) => selectsService(policy, service))
  if (policy.loadBalancerIPs || selected.some((service) => announcedAddresses(policy, service).length > 0)) return null
  const both = { ...policy, loadBalancerIPs: true }
  const silent = selected.filter((service) => announcedAddresses(both, service).some(isLeftOut))
  if (silent.length === 0) return null
  const object = `CiliumL2AnnouncementPolicy/${policy.name}`
  return {
    fault: 'other-switch',
    detail: `externalIPs is true, and only loadBalancerIPs would announce those of ${listed(silent.map(({ key }) => key))}`,
    evidence: [
      objectEvidence(object, '.spec.externalIPs', 'true'),
      objectEvidence(object, '.spec.loadBalancerIPs', 'false'),
    ],
  }
}

function selectorEvidence(object: string, name: string, selector: object): Evidence {
  return objectEvidence(object, `.spec.${name}`, JSON.stringify(selector))
}
