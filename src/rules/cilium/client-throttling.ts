import { agentVersion, announcingConfig } from '../../cluster/announcers/cilium/config.js'
import { CILIUM } from '../../cluster/announcers/cilium/versions.js'
import { holdsFor, spanOf } from '../../cluster/announcers/version.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterSnapshot, ConfigMap, Lease } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import { type Confidence, likely, possible } from '../certainty.js'
import type { Evidence } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
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
  /** Where the limit is from: the configuration, the default of the version, or the lower of two defaults where it is unknown. */
  readonly from: 'configured' | 'default' | 'lower default'
  readonly version: string | null
}

/** Cilium's defaults of `k8s-client-qps`, by version and by that of Kubernetes. */
const LOW_QPS = 5
const DEFAULT_QPS = 10
const UNKNOWN_DEFAULT = { allowed: LOW_QPS, from: 'lower default' } as const
/** `l2-announcements-renew-deadline`. */
const DEFAULT_RENEW_SECONDS = 5

export const clientThrottling = defineClusterRule({
  id: 'cilium/client-throttling',
  title: "Cilium's API client may not renew all of its leases in time",
  severity: 'warning',
  kinds: ['configMaps', 'leases'],
  needs: ['cluster'],
  explains: ['wire/no-answer', 'wire/intermittent-answer', 'wire/flip-flop'],
  docs: {
    what: "Each announced Service has a lease that its node renews within the renew deadline: the leases of one node divided by the deadline are the requests a second that its agent needs. That is more than the agent's rate limit.",
    why: 'Throttled renewals come too late, leases are lost and the addresses move or fall silent "after a while".',
    confirm: 'The agent logs "Waited for … due to client-side throttling, not priority and fairness".',
    falseAlarms:
      'Where the limit is not in cilium-config the default is that of the version: 5 requests a second before 1.15.0, since then 10 from Kubernetes 1.27 on; where neither is known the finding is only possible. The worst case, one node with all leases, is reported as a warning only.',
    references: [
      'https://docs.cilium.io/en/stable/network/l2-announcements/#sizing-client-rate-limit',
      CILIUM.limitsClientToFive.source,
      'cilium/cilium#26586',
      'cilium/cilium#28752',
    ],
  },
  *checkCluster({ leases }, { cluster }) {
    const config = announcingConfig(cluster)
    const own = leases.filter(({ name, holder }) => name.startsWith('cilium-l2announce-') && holder !== null)
    if (!config || own.length === 0) return
    const load = { ...loadOf(config, own), ...limitOf(config, cluster), version: agentVersion(cluster) }
    if (load.needsAtWorst <= load.allowed) return
    const now = load.needsNow > load.allowed
    yield {
      subject: objectSubject(`ConfigMap/${config.key}`),
      ...weigh(now, load.from),
      severity: now && load.from !== 'lower default' ? 'error' : 'warning',
      data: load,
      evidence: evidenceOf(config, load),
    }
  },
  message: ({ leases, node, onNode, needsNow, needsAtWorst, allowed }: Throttling) =>
    needsNow > allowed
      ? `${node} renews ${onNode} Cilium leases and needs ${needsNow} requests/s, but its client is limited to ${allowed}`
      : `one node with all ${leases} Cilium leases would need ${needsAtWorst} requests/s, but its client is limited to ${allowed}`,
  fixes: ({ namespace, version, needsAtWorst, allowed }: Throttling) => [
    ciliumUpgrade(
      { namespace, version },
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

/** Requests a second that the agent's client may send; Helm writes the default into cilium-config only where it was changed. */
function limitOf(config: ConfigMap, cluster: ClusterSnapshot): Pick<Throttling, 'allowed' | 'from'> {
  const qps = Number(config.data['k8s-client-qps'])
  if (qps > 0) return { allowed: qps, from: 'configured' }
  const isFive = holdsFor(spanOf(agentVersion(cluster)), CILIUM.limitsClientToFive)
  const isOld = isOldKubernetes(cluster)
  if (isFive === true || isOld === true) return { allowed: LOW_QPS, from: 'default' }
  return isFive === false && isOld === false ? { allowed: DEFAULT_QPS, from: 'default' } : UNKNOWN_DEFAULT
}

/** Before 1.27 by its kubelets; null where none was read. */
function isOldKubernetes({ nodes }: ClusterSnapshot): boolean | null {
  const minors = valueOr(nodes, []).flatMap(({ kubeletVersion }) => /^v?1\.(\d+)/.exec(kubeletVersion)?.[1] ?? [])
  return minors.length === 0 ? null : minors.some((minor) => Number(minor) < 27)
}

function loadOf(config: ConfigMap, leases: readonly Lease[]): Omit<Throttling, 'allowed' | 'from' | 'version'> {
  const [node, held] = [...groupBy(leases, ({ holder }) => holder ?? '')].sort(
    ([, a], [, b]) => b.length - a.length,
  )[0]!
  const seconds = durationSeconds(config.data['l2-announcements-renew-deadline'] ?? '') || DEFAULT_RENEW_SECONDS
  return {
    namespace: config.namespace,
    leases: leases.length,
    node,
    onNode: held.length,
    needsNow: perSecond(held.length, seconds),
    needsAtWorst: perSecond(leases.length, seconds),
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

const WHY: Record<Throttling['from'], Confidence> = {
  configured: likely('limit and leases were read, but no late renewal was seen'),
  default: likely('the limit is the default of this version; leases were read, but no late renewal was seen'),
  'lower default': possible(
    'the limit is not in the configuration, and the version that decides its default is unknown',
  ),
}

function weigh(now: boolean, from: Throttling['from']): Confidence {
  return now ? WHY[from] : possible('it happens only when one node holds all leases')
}
