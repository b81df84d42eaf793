import type { Gap } from '../../known.js'
import { valueOr } from '../../known.js'
import {
  type Declared,
  figure,
  knownOf,
  leftOut,
  mapOf,
  nodeName,
  objectKey,
  objectName,
  type Rewrite,
  redacted,
  strictlyOneOf,
  time,
  version,
  words,
} from '../../redact/declare.js'
import type { Pseudonyms } from '../../redact/pseudonyms.js'
import { ALL_READS, CONFIG_MAPS } from '../all-reads.js'
import { hashOfNode } from '../announcers/metallb/election.js'
import { type CoreKind, nameOfKind, OWN_KINDS } from '../kinds.js'
import type { ClusterKind, ClusterSnapshot, ConfigMap, ItemOf } from '../model.js'
import type { Labels } from '../model-common.js'
import { condition, expression, labels, named } from './parts.js'

/** Most entries of the orders that a snapshot may hold: no run holds more elections either. */
const MOST_ORDERED = 1_000_000

/**
 * The same cluster under other names: structure, figures, versions and the words that l2doctor knows stay, whatever an
 * operator may have chosen is replaced, and what no rule reads is left out. MetalLB's elections hash the true names, so their
 * outcome goes along. Null when there are too many elections for that.
 */
export function redactCluster(cluster: ClusterSnapshot, to: Pseudonyms): ClusterSnapshot | null {
  const elections = electionsOf(cluster)
  return elections === null ? null : redacted({ ...cluster, elections }, CLUSTER, to)
}

/** For each key that an election may be about, the nodes in the order of their digests. */
function electionsOf(cluster: ClusterSnapshot): Readonly<Record<string, readonly string[]>> | null {
  if (cluster.elections) return cluster.elections
  const nodes = valueOr(cluster.nodes, []).map(({ name }) => name)
  const keys = valueOr(cluster.services, []).flatMap(({ key, ingress }) => [
    key,
    ...ingress.flatMap(({ ip }) => ip ?? []),
  ])
  if (keys.length * nodes.length > MOST_ORDERED) return null
  return Object.fromEntries(keys.map((key) => [key, inOrder(nodes, key)]))
}

function inOrder(nodes: readonly string[], key: string): string[] {
  const digests = nodes.map((node) => [hashOfNode(node, key), node] as const)
  return digests.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node)
}

/** A lease's holder may carry a random suffix. */
const holder: Rewrite<string> = (text, to) => to.name('node', text.split('_')[0]!)
const image: Rewrite<string> = (text, to) => to.image(text)
const container = {
  name: words,
  image,
  args: words,
  env: { name: words, value: words, from: words },
}
/** What becomes of each member of each kind of object; an announcer says it of its own beside them. */
const CORE: { readonly [K in CoreKind]: Declared<ItemOf<K>> } = {
  nodes: {
    name: nodeName,
    labels,
    annotations: labels,
    conditions: condition,
    internalIPs: words,
    externalIPs: words,
    taints: { key: words, value: words, effect: words },
    kernelVersion: version,
    kubeletVersion: version,
  },
  services: {
    ...named,
    type: words,
    labels,
    annotations: (map, to) => redacted(onlyRead(map), labels, to),
    selector: labels,
    loadBalancerClass: words,
    loadBalancerIP: words,
    externalTrafficPolicy: strictlyOneOf('Cluster', 'Local'),
    ipFamilyPolicy: words,
    clusterIPs: words,
    externalIPs: words,
    ingress: { ip: words, hasPorts: figure },
    managers: { name: words, writesStatus: figure },
    createdAt: time,
    uid: words,
  },
  endpointSlices: {
    ...named,
    service: objectKey,
    addressType: words,
    endpoints: { node: nodeName, ready: figure, serving: figure },
  },
  leases: {
    ...named,
    holder,
    renewedAt: time,
    durationSeconds: figure,
    transitions: figure,
    createdAt: time,
  },
  events: {
    ...named,
    reason: words,
    message: words,
    about: { kind: words, key: objectKey, uid: words },
    component: words,
    count: figure,
    firstAt: time,
    lastAt: time,
  },
  workloads: {
    ...named,
    kind: strictlyOneOf('DaemonSet', 'Deployment'),
    labels,
    podLabels: labels,
    containers: container,
    nodeSelector: labels,
    requiredNodeAffinity: { matchExpressions: expression },
    tolerations: { key: words, operator: words, value: words, effect: words },
    desired: figure,
    ready: figure,
  },
  pods: {
    ...named,
    node: nodeName,
    owner: { kind: words, name: objectName },
    ready: figure,
    images: image,
    containers: container,
  },
  configMaps: (map, to) => ({
    ...redacted({ ...map, data: {} }, { ...named, data: labels }, to),
    data: settings(map, to),
  }),
}

const unread = (kind: ClusterKind) => (): Gap => ({
  subject: nameOfKind(kind),
  reason: 'it was not read',
  hint: '',
})

const own = Object.entries(OWN_KINDS).map(([kind, { redaction }]) => [kind, redaction] as const)

const kinds = [...Object.entries(CORE), ...own].map(([kind, item]) => [
  kind,
  knownOf(item as Declared<unknown>, unread(kind as ClusterKind)),
])

type Rest = Omit<ClusterSnapshot, ClusterKind>

const REST: { readonly [K in keyof Required<Rest>]: Declared<NonNullable<Rest[K]>> } = {
  observedAt: time,
  source: leftOut,
  elections: mapOf<readonly string[]>(objectKeyOrAddress, nodeName),
}

const CLUSTER = { ...REST, ...Object.fromEntries(kinds) } as Declared<ClusterSnapshot>

function objectKeyOrAddress(text: string, to: Pseudonyms): string {
  return text.includes('/') ? objectKey(text, to) : to.text(text)
}

/** Of these a rule reads something. */
const ANNOTATIONS = ALL_READS.flatMap(({ annotations }) => annotations ?? [])

function onlyRead(annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => isRead(key)))
}

/** `metallb.io/…` and `sub.metallb.io/…`. */
function isRead(annotation: string): boolean {
  return ANNOTATIONS.some((domain) => annotation.startsWith(`${domain}/`) || annotation.includes(`.${domain}/`))
}

/** Only what is read of a configuration: it holds much else. */
function settings({ name, data }: ConfigMap, to: Pseudonyms): Labels {
  const reads = CONFIG_MAPS.get(name)
  const kept = Object.entries(data).filter(([key]) => reads?.keys.test(key))
  return Object.fromEntries(kept.map(([key, text]) => [key, to.text(reads?.only?.(text) ?? text)]))
}
