import type { ClusterEvent } from '../../cluster/model.js'
import type { Workload } from '../../cluster/model-workloads.js'
import { valueOr } from '../../known.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { objectFix } from '../changes/object-fix.js'
import { objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { each, sh } from '../shell.js'
import { objectSubject } from '../subject.js'

interface NoPods {
  readonly announcer: string
  readonly object: string
  readonly namespace: string
  readonly name: string
  readonly desired: number
  /** The newest FailedCreate event of the DaemonSet; null where there is none (any more). */
  readonly refusal: string | null
  /** PodSecurity admission refuses the pods. */
  readonly podSecurity: boolean
}

export const noRunningPods = defineClusterRule({
  id: 'announcer/no-running-pods',
  title: 'No pod of the announcer is ready, so no node announces',
  severity: 'error',
  kinds: ['workloads'],
  needs: ['announcers', 'cluster'],
  explains: [
    'wire/no-answer',
    'metallb/no-candidate-node',
    'metallb/etp-local-no-endpoint',
    'metallb/node-exclude-label',
  ],
  docs: {
    what: 'The DaemonSet of an announcer wants pods on some nodes, and none of them is ready: they cannot be created (Pod Security admission, quota), cannot be scheduled, or crash.',
    why: 'Addresses are assigned by the controller all the same, so Services look well, but no node answers for any of them.',
    confirm:
      '`kubectl -n NAMESPACE describe daemonset NAME` shows the counts and the events; `kubectl -n NAMESPACE get pods -o wide` the pods.',
    falseAlarms:
      'A manifest that was rendered and not applied has no status and is not judged. For some seconds of a restart with maxUnavailable 100 % it is so too.',
    references: [
      'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
      'https://metallb.io/installation/#installation-by-manifest',
      'siderolabs/talos#10291',
      'metallb/metallb#2676',
    ],
  },
  *checkCluster({ workloads }, { announcers, cluster }) {
    const events = valueOr(cluster.events, [])
    for (const { name: announcer, presence } of announcers) {
      const object = presence.known ? presence.value?.object : undefined
      const workload = workloads.find(({ kind, key }) => `${kind}/${key}` === object)
      if (workload?.kind !== 'DaemonSet' || workload.desired === 0 || workload.ready > 0) continue
      const failed = newestRefusal(events, workload)
      yield {
        subject: objectSubject(`DaemonSet/${workload.key}`),
        ...weigh(failed),
        data: noPods(announcer, workload, failed),
        evidence: [
          objectEvidence(`DaemonSet/${workload.key}`, '.status.desiredNumberScheduled', String(workload.desired)),
          objectEvidence(`DaemonSet/${workload.key}`, '.status.numberReady', '0'),
          ...(failed ? [objectEvidence(`Event/${failed.key}`, '.message', failed.message)] : []),
        ],
      }
    }
  },
  message: ({ announcer, object, desired, refusal }: NoPods) =>
    `${announcer} wants ${desired} pods (${object}) and none is ready: no node announces an address of ${announcer}${refusal === null ? '' : `; FailedCreate: ${refusal}`}`,
  fixes: ({ object, namespace, name, podSecurity }) => [
    podSecurity
      ? objectFix({
          summary: `Let namespace ${namespace} run privileged pods`,
          risk: 'none',
          text: 'The announcer needs the host network and NET_RAW, which the levels baseline and restricted refuse',
          changes: [
            {
              kind: 'label',
              object: `Namespace/${namespace}`,
              key: 'pod-security.kubernetes.io/enforce',
              value: 'privileged',
              was: null,
            },
          ],
          sideEffects: [`Every pod of ${namespace} may then ask for these rights.`],
          verify: sh`kubectl -n ${namespace} get daemonset ${name}`,
        })
      : {
          summary: `Find out what keeps the pods of ${object} from running`,
          risk: 'none',
          where: 'cluster',
          steps: [
            {
              kind: 'look',
              text: 'Its events, and the state and last log lines of its pods',
              run: each([
                sh`kubectl -n ${namespace} describe daemonset ${name}`,
                sh`kubectl -n ${namespace} get pods -o wide`,
              ]),
            },
          ],
          verify: sh`kubectl -n ${namespace} get daemonset ${name}`,
          undo: ONLY_LOOKS,
        },
  ],
})

function weigh(failed: ClusterEvent | null): Confidence {
  return failed
    ? certain('the status of the DaemonSet counts no ready pod, and an event says why')
    : likely('the status of the DaemonSet counts no ready pod, but no event says why')
}

function newestRefusal(events: readonly ClusterEvent[], { kind, key }: Workload): ClusterEvent | null {
  const own = events.filter(
    ({ reason, about }) => reason === 'FailedCreate' && about.kind === kind && about.key === key,
  )
  return own.toSorted((a, b) => ((a.lastAt ?? '') < (b.lastAt ?? '') ? 1 : -1))[0] ?? null
}

function noPods(
  announcer: string,
  { kind, key, namespace, name, desired }: Workload,
  failed: ClusterEvent | null,
): NoPods {
  const refusal = failed?.message ?? null
  const podSecurity = refusal !== null && /violates PodSecurity/.test(refusal)
  return { announcer, object: `${kind}/${key}`, namespace, name, desired, refusal, podSecurity }
}
