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
