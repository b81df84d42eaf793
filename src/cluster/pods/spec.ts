/** What runs in a pod of ours, and where. */
export interface PodTask {
  readonly node: string
  readonly command: readonly string[]
  /** Longest that it may take once its container runs. */
  readonly seconds: number
}

/** Every pod that l2doctor makes, and no other object, has both: by them what a run left behind is found. */
const POD_LABELS = {
  'app.kubernetes.io/managed-by': 'l2doctor',
  'app.kubernetes.io/component': 'vantage',
} as const

export const POD_SELECTOR = Object.entries(POD_LABELS)
  .map(([name, value]) => `${name}=${value}`)
  .join(',')

export const CONTAINER = 'look'

/** A kubelet counts the time in which a container starts, pulling of its image included. */
export function deadlineOf({ seconds }: PodTask, startMs: number): number {
  return Math.ceil(startMs / 1000) + seconds
}

/**
 * A pod that looks at its node's network and can do nothing else: not privileged, one capability, no process, file or token of the
 * node or the cluster. `nodeName` passes the scheduler by, so taints that would evict it are tolerated, and what it may use is small. It
 * has the priority that the cluster gives by default: admission computes it, and refuses a pod that names any part of it otherwise.
 * Grace of one second, not none: the object is there until the container has really ended. `startMs`: longest time until it runs.
 */
export function podFor(task: PodTask, image: string, startMs: number): object {
  const { node, command } = task
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'l2doctor-', labels: POD_LABELS },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: deadlineOf(task, startMs),
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: CONTAINER,
          image,
          command,
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
          securityContext: {
            // for another uid an added capability is not effective
            runAsUser: 0,
            runAsNonRoot: false,
            privileged: false,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
    },
  }
}
