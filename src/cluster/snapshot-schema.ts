import { z } from 'zod'
import { listOf, recordOf } from '../first-wrong.js'
import { type CoreKind, nameOfKind, OWN_KINDS, type OwnKind } from './kinds.js'
import type { ClusterSnapshot } from './model.js'
import {
  condition,
  expression,
  flag,
  labels,
  named,
  number,
  numberOrNull,
  text,
  textOrNull,
  texts,
} from './snapshot-parts.js'

/** The schema of a saved snapshot, member by member the model; the compiler holds the two together. */

/** A member that snapshots saved by former versions lack. */
const addedLater = textOrNull.default(null)
const gap = z.object({ subject: text, reason: text, hint: text })

function list<T extends z.ZodType>(item: T) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value: listOf(item), from: text }),
    z.object({ known: z.literal(false), gap }),
  ])
}

/** What stands for a kind that an announcer brought, where the snapshot is older than that. */
function notSaved(kind: OwnKind) {
  return {
    known: false as const,
    gap: {
      subject: nameOfKind(kind),
      reason: 'the snapshot was saved by an l2doctor that did not read it',
      hint: 'write it again: l2doctor audit-cluster --save FILE',
    },
  }
}

const node = z.object({
  name: text,
  labels,
  annotations: labels,
  conditions: listOf(condition),
  internalIPs: texts,
  externalIPs: texts,
  taints: listOf(z.object({ key: text, value: text, effect: text })),
  kernelVersion: text,
  kubeletVersion: text,
})

const service = z.object({
  ...named,
  type: text,
  labels,
  annotations: labels,
  selector: labels,
  loadBalancerClass: textOrNull,
  loadBalancerIP: textOrNull,
  externalTrafficPolicy: z.enum(['Cluster', 'Local']),
  ipFamilyPolicy: textOrNull,
  clusterIPs: texts,
  externalIPs: texts,
  ingress: listOf(z.object({ ip: textOrNull, hasPorts: flag })),
  managers: listOf(z.object({ name: text, writesStatus: flag })),
  createdAt: textOrNull,
  uid: addedLater,
})

const endpointSlice = z.object({
  ...named,
  service: text,
  addressType: addedLater,
  endpoints: listOf(z.object({ node: textOrNull, ready: flag, serving: flag })),
})

const lease = z.object({
  ...named,
  holder: textOrNull,
  renewedAt: textOrNull,
  durationSeconds: numberOrNull,
  transitions: number,
  createdAt: textOrNull,
})

const event = z.object({
  ...named,
  reason: text,
  message: text,
  about: z.object({ kind: text, key: text, uid: addedLater }),
  component: text,
  count: number,
  firstAt: textOrNull,
  lastAt: textOrNull,
})

const container = z.object({
  name: text,
  image: text,
  args: texts,
  env: listOf(z.object({ name: text, value: textOrNull, from: textOrNull })),
})

const workload = z.object({
  ...named,
  kind: z.enum(['DaemonSet', 'Deployment']),
  labels,
  podLabels: labels,
  containers: listOf(container),
  nodeSelector: labels,
  requiredNodeAffinity: listOf(z.object({ matchExpressions: listOf(expression) })),
  tolerations: listOf(z.object({ key: text, operator: text, value: text, effect: text })),
  desired: number,
  ready: number,
})

const pod = z.object({
  ...named,
  node: textOrNull,
  owner: z.object({ kind: text, name: text }).nullable(),
  ready: flag,
  images: texts,
  containers: listOf(container),
})

/** Each announcer says beside its objects how they are read back. */
const ofAnnouncers = Object.entries(OWN_KINDS).map(([kind, { schema }]) => [
  kind,
  list(schema()).default(notSaved(kind as OwnKind)),
])

type Core = Pick<ClusterSnapshot, CoreKind | 'observedAt' | 'source' | 'elections'>

const core = z.object({
  observedAt: z.iso.datetime(),
  source: text,
  elections: recordOf(texts).optional(),
  nodes: list(node),
  services: list(service),
  endpointSlices: list(endpointSlice),
  leases: list(lease),
  events: list(event),
  workloads: list(workload),
  pods: list(pod),
  configMaps: list(z.object({ ...named, data: labels })),
}) satisfies z.ZodType<Core>

export const clusterSchema = core.extend(Object.fromEntries(ofAnnouncers)) as unknown as z.ZodType<ClusterSnapshot>
