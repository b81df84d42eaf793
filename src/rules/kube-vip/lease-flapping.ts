import type { Lease } from '../../cluster/model.js'
import { likely } from '../certainty.js'
import { objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { objectSubject } from '../subject.js'
import { arpInstances, setVariables } from './instances.js'

interface Flapping {
  readonly lease: string
  readonly transitions: number
  /** Mean time between two changes of hands over the lease's life. */
  readonly minutesEach: number
  readonly holder: string | null
  readonly instance: {
    readonly object: string
    readonly kind: 'workload' | 'static'
    readonly nodes: readonly string[]
  }
}

/** Fewer changes say little about a rate. */
const FEWEST = 10
/** A healthy lease changes hands when a node restarts. */
const WARNING_MINUTES = 60
const ERROR_MINUTES = 10

export const leaseFlapping = defineClusterRule({
  id: 'kube-vip/lease-flapping',
  title: "kube-vip's lease changes hands again and again",
  severity: 'warning',
  kinds: ['workloads', 'leases'],
  needs: ['cluster'],
  explains: ['wire/flip-flop', 'wire/intermittent-answer', 'storm/gratuitous', 'wire/conflicting-claims'],
  docs: {
    what: 'A kube-vip lease has changed its holder far more often than nodes restart, reckoned over its whole life.',
    why: 'With each change the address moves to another node and connections break. The leader usually cannot renew in time: a slow etcd, a loaded control plane, or timers that are too short (5, 3 and 1 s up to 1.0).',
    confirm:
      '`kubectl get lease -A -w`: watch HOLDER. kube-vip logs "Failed to update lock … context deadline exceeded" and "lost leadership".',
    falseAlarms:
      'A bad period that is long over raises the mean of a young lease; the finding cannot tell when the changes were.',
    references: ['kube-vip/kube-vip#475', 'kube-vip/kube-vip#491', 'kube-vip/kube-vip cmd/kube-vip.go'],
  },
  *checkCluster({ leases, observedAt }, { cluster }) {
    const [instance] = arpInstances(cluster)
    if (!instance) return
    const names = new Set([instance.settings.controlPlaneLease, instance.settings.servicesLease])
    for (const lease of leases.filter(({ name }) => names.has(name) || name.startsWith('kubevip-'))) {
      const minutesEach = meanMinutes(lease, observedAt)
      if (minutesEach === null || minutesEach > WARNING_MINUTES) continue
      const { object, kind, nodes } = instance
      yield {
        subject: objectSubject(`Lease/${lease.key}`),
        ...likely('the count covers the whole life of the lease, not only the last hours'),
        severity: minutesEach <= ERROR_MINUTES ? 'error' : 'warning',
        data: {
          lease: lease.key,
          transitions: lease.transitions,
          minutesEach,
          holder: lease.holder,
          instance: { object, kind, nodes },
        },
        evidence: [
          objectEvidence(`Lease/${lease.key}`, '.spec.leaseTransitions', String(lease.transitions)),
          objectEvidence(`Lease/${lease.key}`, '.metadata.creationTimestamp', lease.createdAt ?? 'unknown'),
        ],
      }
    }
  },
  message: ({ lease, transitions, minutesEach }: Flapping) =>
    `the lease ${lease} has changed hands ${transitions} times, every ${minutesEach} min on average`,
  fixes: ({ instance }) => [
    {
      summary: 'Give the leader more time to renew',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        setVariables(instance, { vip_leaseduration: '15', vip_renewdeadline: '10', vip_retryperiod: '2' }),
        { kind: 'look', text: 'Look into the latency of etcd and of the API server: that is the usual cause' },
      ],
      sideEffects: ['A failover takes up to 15 s.', 'kube-vip restarts and the address moves once.'],
      verify: 'kubectl get leases -A -w | grep -E "plndr|kubevip"',
      undo: 'Set the former values again.',
    },
  ],
})

/** Null without enough changes, or without a time to reckon from. */
function meanMinutes({ transitions, createdAt }: Lease, observedAt: string): number | null {
  if (transitions < FEWEST || createdAt === null) return null
  return Math.round(((Date.parse(observedAt) - Date.parse(createdAt)) / 60_000 / transitions) * 10) / 10
}
