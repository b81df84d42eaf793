import { groupBy } from '../../src/cluster/group-by.js'
import type { Resource } from '../../src/cluster/kind-spec.js'
import { KINDS } from '../../src/cluster/kinds.js'

/** deploy/rbac.yaml: a ClusterRole with what the kinds of object that are read need, and nothing else. */
export function rbacManifest(): string {
  const resources = Object.values(KINDS).flatMap((kind) => kind.resources)
  const rules = [...groupBy(resources, ({ group }) => group)].flatMap(([group, all]) => [
    ruleOf(
      group,
      all.filter((one) => namesOf(one).length === 0),
    ),
    ...all.filter((one) => namesOf(one).length > 0).map((one) => ruleByName(group, one)),
  ])
  return `${HEAD}${rules.join('')}`
}

const HEAD = `# What \`l2doctor audit-cluster\`, \`who\` and \`scan --kube\` read, and nothing else: lists, no watch, no Secret, no write.
# Written by \`npm run docs\` from the kinds of object that the code lists.
# Bind it to whoever runs l2doctor:
#   kubectl create clusterrolebinding l2doctor --clusterrole=l2doctor --user=NAME
# Every rule left out is a gap in the report that names it; the rest still runs.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: l2doctor
rules:
`

function ruleOf(group: string, resources: readonly Resource[]): string {
  return `  - apiGroups: [${group === '' ? '""' : group}]
    resources: [${resources.map(({ plural }) => plural).join(', ')}]
    verbs: [list]
`
}

function ruleByName(group: string, resource: Resource): string {
  return `  - apiGroups: [${group === '' ? '""' : group}]
    resources: [${resource.plural}]
    # each is listed by name, in whatever namespace it is (fieldSelector metadata.name)
    resourceNames:
${namesOf(resource)
  .map((name) => `      - ${name}\n`)
  .join('')}    verbs: [list]
`
}

/** The names of a resource that is listed object by object; none where it is listed whole. */
function namesOf({ queries }: Resource): readonly string[] {
  const names = queries.map(({ fieldSelector }) => /^metadata\.name=([^,]+)$/.exec(fieldSelector ?? '')?.[1])
  return names.every((name) => name !== undefined) ? names : []
}

/** deploy/rbac-watch.yaml: what a watch needs beside that. */
export function watchRbacManifest(): string {
  return `# What \`l2doctor watch\` needs beside deploy/rbac.yaml: it hears of Services that change, writes Events on them (--events), and holds
# two Leases for each segment (--probe leader).
# Written by \`npm run docs\`.
#   kubectl create clusterrolebinding l2doctor-watch --clusterrole=l2doctor-watch --user=NAME
#   kubectl -n l2doctor create rolebinding l2doctor-watch --role=l2doctor-watch --user=NAME
# Without the first the watch reads the cluster each minute only, and writes no Event; without the second each watch asks, and says so.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: l2doctor-watch
rules:
  - apiGroups: [""]
    resources: [services]
    verbs: [list, watch]
  - apiGroups: [events.k8s.io]
    resources: [events]
    verbs: [get, create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: l2doctor-watch
  namespace: l2doctor
rules:
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [get, create, update]
`
}

/** deploy/watch/base/rbac.yaml: both for the account of the DaemonSet, under names of their own, so that neither goes with it. */
export function daemonSetRbacManifest(): string {
  const rulesIn = (manifest: string) => manifest.slice(manifest.indexOf('\nrules:\n') + '\nrules:\n'.length)
  const [ofServices = '', ofLeases = ''] = watchRbacManifest().split('---\n')
  return `# What deploy/rbac.yaml and deploy/rbac-watch.yaml grant, for the account of the DaemonSet. Written by \`npm run docs\`.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: l2doctor-watch-daemonset
rules:
${rulesIn(rbacManifest())}${rulesIn(ofServices)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: l2doctor-watch-daemonset
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: l2doctor-watch-daemonset
subjects:
  - kind: ServiceAccount
    name: l2doctor-watch
    namespace: l2doctor
---
${ofLeases.replace('l2doctor-watch', 'l2doctor-watch-daemonset')}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: l2doctor-watch-daemonset
  namespace: l2doctor
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: l2doctor-watch-daemonset
subjects:
  - kind: ServiceAccount
    name: l2doctor-watch
    namespace: l2doctor
`
}
