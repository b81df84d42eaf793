import { agentVersion, announcingConfig } from '../../cluster/announcers/cilium/config.js'
import { likely } from '../certainty.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { ciliumUpgrade, configEvidence } from './agent.js'

/** What `kube-proxy-replacement` says where Cilium serves Services in full; `strict` is the word of versions before 1.14. */
const IN_FULL = ['true', 'strict']

export const noKubeProxyReplacement = defineClusterRule({
  id: 'cilium/no-kube-proxy-replacement',
  title: 'Cilium announces at layer 2 without replacing kube-proxy',
  severity: 'error',
  kinds: ['configMaps'],
  needs: ['cluster'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'L2 announcements are enabled in cilium-config, but kube-proxy replacement is not.',
    why: 'Cilium does not support that: it announces nothing, or answers for addresses whose traffic its programs do not handle.',
    confirm: '`cilium status | grep KubeProxyReplacement` in an agent pod; no lease cilium-l2announce-… exists.',
    falseAlarms: 'None known.',
    references: ['https://docs.cilium.io/en/stable/network/l2-announcements/#prerequisites'],
  },
  *checkCluster(_, { cluster }) {
    const config = announcingConfig(cluster)
    const setting = config?.data['kube-proxy-replacement'] ?? 'not set'
    if (!config || IN_FULL.includes(setting)) return
    yield {
      subject: objectSubject(`ConfigMap/${config.key}`),
      ...likely('the ConfigMap was read; a running agent may have been started before it'),
      data: { namespace: config.namespace, version: agentVersion(cluster), setting },
      evidence: [configEvidence(config, 'enable-l2-announcements'), configEvidence(config, 'kube-proxy-replacement')],
    }
  },
  message: ({ setting }) => `Cilium's L2 announcements need kube-proxy replacement, which is ${setting}`,
  fixes: ({ namespace, version }) => [
    ciliumUpgrade(
      { namespace, version },
      {
        summary: 'Let Cilium replace kube-proxy',
        sideEffects: [
          'Set k8sServiceHost and k8sServicePort as well, and remove kube-proxy afterwards.',
          'Existing connections through Services break while the agents restart.',
        ],
        verify: sh`kubectl -n ${namespace} exec ds/cilium -- cilium-dbg status | grep KubeProxyReplacement`,
        undo: 'The same with --set kubeProxyReplacement=false, and kube-proxy back in place.',
      },
      ['kubeProxyReplacement=true'],
    ),
  ],
})
