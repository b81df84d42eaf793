import { groupBy } from '../../cluster/group-by.js'
import { certain } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { clusterSubject } from '../subject.js'

interface Mixed {
  readonly kernels: readonly { readonly kernel: string; readonly nodes: readonly string[] }[]
}

export const kernelMixed = defineClusterRule({
  id: 'node/kernel-mixed',
  title: 'The nodes run different kernels',
  severity: 'info',
  kinds: ['nodes'],
  docs: {
    what: 'Not all nodes run the same kernel release.',
    why: 'By itself it harms nothing. It helps to compare: a fault that comes and goes with the announcing node may follow the kernel, and a test on one node says nothing of the others.',
    confirm: '`kubectl get nodes -o wide`',
    falseAlarms: 'Normal during a rolling upgrade, and for nodes of different architecture.',
    references: ['https://kubernetes.io/docs/reference/node/node-status/#info'],
  },
  *checkCluster({ nodes }) {
    const groups = groupBy(
      nodes.filter(({ kernelVersion }) => kernelVersion !== ''),
      ({ kernelVersion }) => kernelVersion,
    )
    if (groups.size < 2) return
    const kernels = [...groups].map(([kernel, own]) => ({ kernel, nodes: own.map(({ name }) => name) }))
    yield {
      subject: clusterSubject('nodes'),
      ...certain('each Node object names its kernel'),
      data: { kernels },
      evidence: kernels.map(({ kernel, nodes }) =>
        objectEvidence(`Node/${nodes[0]}`, '.status.nodeInfo.kernelVersion', `${kernel} (${nodes.length} nodes)`),
      ),
    }
  },
  message: ({ kernels }: Mixed) =>
    `the nodes run ${kernels.length} different kernels: ${kernels.map(({ kernel, nodes }) => `${kernel} (${listed(nodes, 3)})`).join('; ')}`,
  fixes: () => [],
})
