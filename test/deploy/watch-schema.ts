/** What the API reference says of the kinds in deploy/watch: only members that there are, of the type that they have, and what is required. */

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string', minLength: 1 }
const name = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', maxLength: 253 }
const whole = { type: 'integer', minimum: 0 }
const yes = { type: 'boolean' }
const quantity = { type: 'string', pattern: '^\\d+(?:m|Mi|Gi)?$' }
const duration = { type: 'string', pattern: '^(?:\\d+(?:ms|[smhd]))+$' }
const texts = { type: 'object', additionalProperties: { type: 'string' } }
const labels = { type: 'object', additionalProperties: { type: 'string', pattern: '^[\\w.-]{0,63}$' } }
const list = (items: Schema, more: Schema = {}) => ({ type: 'array', minItems: 1, items, ...more })

/** An object with these members and no other; those named last are optional. */
function members(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  }
}

function kind(apiVersion: string, kindName: string, more: Readonly<Record<string, Schema>>, namespaced = true): Schema {
  const metadata = namespaced
    ? members({ name, namespace: name }, { labels, annotations: texts })
    : members({ name }, { labels })
  return members({ apiVersion: { const: apiVersion }, kind: { const: kindName }, metadata, ...more })
}

const selector = members({ matchLabels: labels })
const httpProbe = members(
  { httpGet: members({ path: { type: 'string', pattern: '^/' }, port: { anyOf: [whole, name] } }) },
  { initialDelaySeconds: whole, periodSeconds: whole, timeoutSeconds: whole, failureThreshold: whole },
)
const container = members(
  { name, image: text },
  {
    args: list(text),
    env: list(members({ name: text, valueFrom: members({ fieldRef: members({ fieldPath: text }) }) })),
    ports: list(members({ name, containerPort: whole, hostPort: whole, protocol: { enum: ['TCP', 'UDP'] } })),
    livenessProbe: httpProbe,
    readinessProbe: httpProbe,
    securityContext: members({
      runAsUser: whole,
      privileged: yes,
      allowPrivilegeEscalation: yes,
      readOnlyRootFilesystem: yes,
      seccompProfile: members({ type: { enum: ['RuntimeDefault', 'Unconfined', 'Localhost'] } }),
      capabilities: members({ drop: list(text), add: list(text) }),
    }),
    resources: members(
      {},
      {
        requests: members({}, { cpu: quantity, memory: quantity }),
        limits: members({}, { cpu: quantity, memory: quantity }),
      },
    ),
    volumeMounts: list(members({ name, mountPath: { type: 'string', pattern: '^/' } }, { readOnly: yes })),
  },
)
const volume = {
  oneOf: [
    members({ name, emptyDir: members({}, { medium: { enum: ['', 'Memory'] }, sizeLimit: quantity }) }),
    members({
      name,
      hostPath: members({
        path: { type: 'string', pattern: '^/' },
        type: { enum: ['', 'DirectoryOrCreate', 'Directory'] },
      }),
    }),
  ],
}
const pod = members(
  { containers: list(container) },
  {
    serviceAccountName: name,
    hostNetwork: yes,
    dnsPolicy: { enum: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] },
    nodeSelector: labels,
    tolerations: list(members({ operator: { enum: ['Exists', 'Equal'] } }, { key: text, value: text, effect: text })),
    volumes: list(volume),
  },
)
const rule = members(
  { alert: { type: 'string', pattern: '^[A-Za-z_]\\w*$' }, expr: text },
  { for: duration, labels: { type: 'object' }, annotations: { type: 'object', additionalProperties: text } },
)

const reading = members(
  { apiGroups: list({ type: 'string' }), resources: list(text), verbs: list({ enum: ['get', 'list', 'watch'] }) },
  { resourceNames: list(text) },
)
/** All that it may write. */
const events = members({
  apiGroups: { const: ['events.k8s.io'] },
  resources: { const: ['events'] },
  verbs: { const: ['get', 'create', 'patch'] },
})
const grant = { anyOf: [reading, events] }

/** Of the Lease alone more than reading is granted. */
const leaseGrant = members({
  apiGroups: { const: ['coordination.k8s.io'] },
  resources: { const: ['leases'] },
  verbs: list({ enum: ['get', 'create', 'update'] }),
})
const bound = {
  roleRef: members({ apiGroup: { const: 'rbac.authorization.k8s.io' }, kind: text, name }),
  subjects: list(members({ kind: text, name, namespace: name })),
}

const RBAC = 'rbac.authorization.k8s.io/v1'
const MONITORING = 'monitoring.coreos.com/v1'

export const WATCH_SCHEMAS: Readonly<Record<string, Schema>> = {
  Namespace: kind('v1', 'Namespace', {}, false),
  ServiceAccount: kind('v1', 'ServiceAccount', {}),
  ClusterRole: kind(RBAC, 'ClusterRole', { rules: list(grant) }, false),
  ClusterRoleBinding: kind(RBAC, 'ClusterRoleBinding', bound, false),
  Role: kind(RBAC, 'Role', { rules: list(leaseGrant) }),
  RoleBinding: kind(RBAC, 'RoleBinding', bound),
  DaemonSet: kind('apps/v1', 'DaemonSet', {
    spec: members({ selector, template: members({ metadata: members({ labels }), spec: pod }) }),
  }),
  PodMonitor: kind(MONITORING, 'PodMonitor', {
    spec: members(
      { selector, podMetricsEndpoints: list(members({ port: name }, { path: text, interval: duration })) },
      { jobLabel: text },
    ),
  }),
  PrometheusRule: kind(MONITORING, 'PrometheusRule', {
    spec: members({ groups: list(members({ name: text, rules: list(rule) })) }),
  }),
}
