import { announcingConfig } from '../../cluster/announcers/cilium.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ConfigMap, Lease } from '../../cluster/model.js'
import { clusterSubject } from '../cluster-parts.js'
import type { Evidence } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ciliumUpgrade, configEvidence, durationSeconds } from './agent.js'

interface Throttling {
  readonly namespace: string
  readonly leases: number
  /** The node with most leases. */
  readonly node: string
  readonly onNode: number
  /** Requests a second that it needs now, and that one node needs when it holds them all. */
  readonly needsNow: number
  readonly needsAtWorst: number
  readonly allowed: number
  /** The limit stands in the configuration; otherwise it is Cilium's default. */
  readonly configured: boolean
}

/** Cilium's defaults: `k8s-client-qps` 10, `l2-announcements-renew-deadline` 5 s. */
const DEFAULT_QPS = 10
const DEFAULT_RENEW_SECONDS = 5

export const clientThrottling = defineClusterRule({
  id: 'cilium/client-throttling',
  title: "Cilium's API client may not renew all of its leases in time",
  severity: 'warning',
  kinds: ['configMaps', 'leases'],
  explains: ['wire/no-answer', 'wire/intermittent-answer', 'wire/flip-flop'],
  docs: {
    what: "Each announced Service has a lease that its node renews within the renew deadline: the leases of one node divided by the deadline are the requests a second that its agent needs. That is more than the agent's rate limit.",
    why: 'Throttled renewals come too late, leases are lost and the addresses move or fall silent "after a while".',
    confirm: 'The agent logs "Waited for … due to client-side throttling, not priority and fairness".',
    falseAlarms:
      'Where the limit is not in cilium-config the default of current versions is assumed. The worst case, one node with all leases, is reported as a warning only.',
    references: [
      'https://docs.cilium.io/en/stable/network/l2-announcements/#sizing-client-rate-limit',
      'cilium/cilium#26586',
      'cilium/cilium#28752',
    ],
  },
  *checkCluster({ configMaps, leases }) {
    const config = announcingConfig(configMaps)
    const own = leases.filter(({ name, holder }) => name.startsWith('cilium-l2announce-') && holder !== null)
    if (!config || own.length === 0) return
    const load = loadOf(config, own)
    if (load.needsAtWorst <= load.allowed) return
    const now = load.needsNow > load.allowed
    yield {
      subject: clusterSubject(`ConfigMap/${config.key}`),
      severity: now ? 'error' : 'warning',
      certainty: !now || !load.configured ? 'possible' : 'likely',
      data: load,
      evidence: evidenceOf(config, load),
    }
  },
  message: ({ leases, node, onNode, needsNow, needsAtWorst, allowed }: Throttling) =>
    needsNow > allowed
      ? `${node} renews ${onNode} Cilium leases and needs ${needsNow} requests/s, but its client is limited to ${allowed}`
      : `one node with all ${leases} Cilium leases would need ${needsAtWorst} requests/s, but its client is limited to ${allowed}`,
  fixes: ({ namespace, needsAtWorst, allowed }) => [
    ciliumUpgrade(
      { namespace },
      {
        summary: "Raise the client's rate limit",
        sideEffects: ['More load on the API server.', 'The agents restart; addresses may move once.'],
        verify: sh`kubectl -n ${namespace} logs daemonset/cilium | grep "client-side throttling"`,
        undo: `The same with --set k8sClientRateLimit.qps=${allowed}`,
      },
      [
        `k8sClientRateLimit.qps=${Math.ceil(needsAtWorst * 2)}`,
        `k8sClientRateLimit.burst=${Math.ceil(needsAtWorst * 4)}`,
      ],
    ),
  ],
})

function loadOf(config: ConfigMap, leases: readonly Lease[]): Throttling {
  const [node, held] = [...groupBy(leases, ({ holder }) => holder ?? '')].sort(
    ([, a], [, b]) => b.length - a.length,
  )[0]!
  const seconds = durationSeconds(config.data['l2-announcements-renew-deadline'] ?? '') || DEFAULT_RENEW_SECONDS
  const qps = Number(config.data['k8s-client-qps'])
  return {
    namespace: config.namespace,
    leases: leases.length,
    node,
    onNode: held.length,
    needsNow: perSecond(held.length, seconds),
    needsAtWorst: perSecond(leases.length, seconds),
    allowed: qps > 0 ? qps : DEFAULT_QPS,
    configured: qps > 0,
  }
}

function perSecond(leases: number, seconds: number): number {
  return Math.round((leases / seconds) * 10) / 10
}

function evidenceOf(config: ConfigMap, { node, onNode, leases }: Throttling): Evidence[] {
  return [
    configEvidence(config, 'k8s-client-qps'),
    configEvidence(config, 'l2-announcements-renew-deadline'),
    { kind: 'measure', name: 'leases cilium-l2announce-*', value: `${leases}, of them ${onNode} held by ${node}` },
  ]
}
