import { objectName } from '../../cluster/key.js'
import { readCnis } from '../../cluster/network/cni.js'
import { valueOr } from '../../known.js'
import { possible } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ip6tablesMarkRegression } from '../kernel/regressions.js'
import { objectSubject } from '../subject.js'

interface Advice {
  readonly calico: string
  readonly nodes: readonly { readonly node: string; readonly kernel: string }[]
  /** A node or Service has IPv6: without it the fault has nothing to break. */
  readonly hasIpv6: boolean
}

export const calicoOperatorAdvice = defineClusterRule({
  id: 'cni/calico-operator-advice',
  title: 'Calico by its operator, on kernels with a netfilter regression: what is proven and what is not',
  severity: 'info',
  kinds: ['workloads', 'nodes', 'services'],
  needs: ['cluster'],
  docs: {
    what: 'Calico is installed by the Tigera operator, and nodes run a kernel in which the ip6tables target MARK is not registered for IPv6.',
    why: 'On dual-stack clusters that fault keeps calico-node or kube-proxy from programming IPv6 rules. One report describes a VIP with several responders that stayed well after the kernel was changed and Calico was installed again at the same time: which of the two helped, if either, nobody has shown.',
    confirm:
      'Look for the error before changing anything: `kubectl -n calico-system logs ds/calico-node -c calico-node | grep -E "set-mark|xor-mark|Extension MARK"`.',
    falseAlarms:
      "Without that error, and on IPv4-only clusters, the kernel fault does not apply. No effect of it on ARP is known, and no fault of the operator's way of installing.",
    references: [
      'metallb/metallb#2747',
      'kubernetes/kubernetes#129280',
      'rancher/rke2#8042',
      'canonical/microk8s#5022',
      'linux commit 306ed1728e84',
    ],
  },
  *checkCluster({ nodes, services }, { cluster }) {
    const calico = valueOr(readCnis(cluster), []).find(({ name, operated }) => name === 'calico' && operated)
    const affected = nodes.filter(({ kernelVersion }) => ip6tablesMarkRegression(kernelVersion))
    if (!calico || affected.length === 0) return
    yield {
      subject: objectSubject(calico.object),
      ...possible('the kernel is in the range, but the log of calico-node was not read'),
      data: {
        calico: calico.object,
        nodes: affected.map(({ name, kernelVersion }) => ({ node: name, kernel: kernelVersion })),
        hasIpv6: [
          ...nodes.flatMap(({ internalIPs }) => internalIPs),
          ...services.flatMap(({ clusterIPs }) => clusterIPs),
        ].some((ip) => ip.includes(':')),
      },
      evidence: [
        objectEvidence(calico.object, '.metadata.namespace', objectName(calico.object).namespace),
        ...affected.map(({ name, kernelVersion }) =>
          objectEvidence(`Node/${name}`, '.status.nodeInfo.kernelVersion', kernelVersion),
        ),
      ],
    }
  },
  message: ({ calico, nodes, hasIpv6 }: Advice) =>
    `${listed(nodes.map(({ node, kernel }) => `${node} (${kernel})`))} run a kernel with a netfilter regression for IPv6${hasIpv6 ? '' : ', which this IPv4-only cluster does not touch'}; look for its error in the log of ${calico} before changing kernel or CNI`,
  fixes: () => [],
})
