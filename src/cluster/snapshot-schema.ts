import { z } from 'zod'
import type { ClusterSnapshot } from './model.js'

/** The schema of a saved snapshot, member by member the model; the compiler holds the two together. */

const text = z.string()
const textOrNull = z.string().nullable()
const texts = z.array(text)
const flag = z.boolean()
const number = z.number()
const numberOrNull = number.nullable()
const labels = z.record(text, text)
const named = { key: text, namespace: text, name: text }
const gap = z.object({ subject: text, reason: text, hint: text })

function list<T extends z.ZodType>(item: T) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value: z.array(item), from: text }),
    z.object({ known: z.literal(false), gap }),
  ])
}

/** AddressPools came to the snapshot later than the rest. */
const NOT_SAVED = {
  known: false as const,
  gap: {
    subject: 'addresspools.metallb.io',
    reason: 'the snapshot was saved by an l2doctor that did not read it',
    hint: 'write it anew: l2doctor audit-cluster --save FILE',
  },
}

const expression = z.object({ key: text, operator: text, values: texts })
const selector = z.object({ matchLabels: labels, matchExpressions: z.array(expression) })
const condition = z.object({ type: text, status: text, reason: text, message: text, since: textOrNull })

const node = z.object({
  name: text,
  labels,
  annotations: labels,
  conditions: z.array(condition),
  internalIPs: texts,
  externalIPs: texts,
  taints: z.array(z.object({ key: text, value: text, effect: text })),
  unschedulable: flag,
  podCIDRs: texts,
  kernelVersion: text,
  osImage: text,
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
  ipFamilies: texts,
  clusterIPs: texts,
  externalIPs: texts,
  allocateNodePorts: flag,
  ports: z.array(z.object({ name: text, port: number, protocol: text, nodePort: numberOrNull })),
  ingress: z.array(z.object({ ip: textOrNull, hostname: textOrNull, ipMode: textOrNull, hasPorts: flag })),
  managers: z.array(z.object({ name: text, writesStatus: flag, at: textOrNull })),
  createdAt: textOrNull,
})

const endpointSlice = z.object({
  ...named,
  service: text,
  endpoints: z.array(z.object({ node: textOrNull, ready: flag, serving: flag, terminating: flag })),
})

const lease = z.object({
  ...named,
  holder: textOrNull,
  acquiredAt: textOrNull,
  renewedAt: textOrNull,
  durationSeconds: numberOrNull,
  transitions: number,
  createdAt: textOrNull,
})

const event = z.object({
  ...named,
  reason: text,
  type: text,
  message: text,
  about: z.object({ kind: text, key: text }),
  component: text,
  host: text,
  count: number,
  firstAt: textOrNull,
  lastAt: textOrNull,
})

const container = z.object({
  name: text,
  image: text,
  args: texts,
  env: z.array(z.object({ name: text, value: textOrNull, from: textOrNull })),
})

const workload = z.object({
  ...named,
  kind: z.enum(['DaemonSet', 'Deployment']),
  labels,
  podLabels: labels,
  containers: z.array(container),
  nodeSelector: labels,
  requiredNodeAffinity: z.array(z.object({ matchExpressions: z.array(expression) })),
  tolerations: z.array(z.object({ key: text, operator: text, value: text, effect: text })),
  hostNetwork: flag,
  volumes: z.array(z.object({ name: text, secret: textOrNull, configMap: textOrNull })),
  desired: number,
  ready: number,
  updated: number,
})

const pod = z.object({
  ...named,
  node: textOrNull,
  labels,
  owner: z.object({ kind: text, name: text }).nullable(),
  phase: text,
  ready: flag,
  restarts: number,
  images: texts,
  containers: z.array(container),
})

const advertisement = {
  ...named,
  ipAddressPools: texts,
  ipAddressPoolSelectors: z.array(selector),
  nodeSelectors: z.array(selector),
}

export const clusterSchema: z.ZodType<ClusterSnapshot> = z.object({
  observedAt: z.iso.datetime(),
  source: text,
  elections: z.record(text, texts).optional(),
  nodes: list(node),
  services: list(service),
  endpointSlices: list(endpointSlice),
  leases: list(lease),
  events: list(event),
  workloads: list(workload),
  pods: list(pod),
  configMaps: list(z.object({ ...named, data: labels })),
  ipAddressPools: list(z.object({ ...named, labels, addresses: texts, autoAssign: flag, avoidBuggyIPs: flag })),
  addressPools: list(z.object({ ...named, protocol: text, addresses: texts })).default(NOT_SAVED),
  l2Advertisements: list(
    z.object({
      ...advertisement,
      interfaces: texts,
      serviceSelectors: z.array(selector),
      preferredNodeSelectors: z.array(z.object({ weight: number, selector })),
    }),
  ),
  bgpAdvertisements: list(z.object(advertisement)),
  serviceL2Statuses: list(z.object({ ...named, node: text, service: text, interfaces: texts, createdAt: textOrNull })),
  configurationStates: list(z.object({ ...named, node: textOrNull, component: text, result: text, error: text })),
  ciliumL2Policies: list(
    z.object({
      name: text,
      serviceSelector: selector.nullable(),
      nodeSelector: selector.nullable(),
      interfaces: texts,
      externalIPs: flag,
      loadBalancerIPs: flag,
      conditions: z.array(condition),
    }),
  ),
  ciliumPools: list(
    z.object({
      name: text,
      blocks: z.array(z.object({ cidr: textOrNull, start: textOrNull, stop: textOrNull })),
      serviceSelector: selector.nullable(),
      disabled: flag,
    }),
  ),
  openElbEips: list(
    z.object({ name: text, address: text, protocol: text, interface: text, disabled: flag, used: labels }),
  ),
  pureLbServiceGroups: list(z.object({ ...named, pools: texts })),
  pureLbNodeAgents: list(z.object({ ...named, localInterface: text, extLBInterface: text, sendsGratuitous: flag })),
})
