/** What runs in a pod of ours, and where. */
export interface PodTask {
  readonly node: string
  readonly command: readonly string[]
  /** Of the container's life, image pulling included. */
  readonly deadlineSeconds: number
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

/**
 * A pod that looks at its node's network and can do nothing else: not privileged, one capability, no process, file or token of the
 * node or the cluster. `nodeName` passes the scheduler by, so taints that would evict it are tolerated, nobody is preempted for it, and
 * what it may use is small. Grace of one second, not none: the object is there until the container has really ended.
 */
export function podFor({ node, command, deadlineSeconds }: PodTask, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'l2doctor-', labels: POD_LABELS },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: deadlineSeconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      preemptionPolicy: 'Never',
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
