import { parse, stringify } from 'yaml'
import { valueOr } from '../../known.js'
import { hashOfNode } from '../announcers/metallb-election.js'
import type { ClusterSnapshot } from '../model.js'
import { Values } from './values.js'
import { isCommon } from './words.js'

/** Replaces names and addresses in any text, always by the same ones. */
export type Disguise = (text: string) => string

/** Most entries of the orders that a snapshot may hold: no run holds more elections either. */
const MOST_ORDERED = 1_000_000

/**
 * The same cluster under other names: the structure, kinds, label keys, versions and well-known names stay, whatever an
 * operator may have chosen is replaced, and what no rule reads is left out. MetalLB's elections hash the true names, so their
 * outcome goes along. Null when there are too many elections for that.
 */
export function redactCluster(cluster: ClusterSnapshot, disguise: Disguise): ClusterSnapshot | null {
  const elections = electionsOf(cluster, disguise)
  if (elections === null) return null
  return { ...(walker(disguise)(cluster) as ClusterSnapshot), elections }
}

/** For each key that an election may be about, the nodes in the order of their digests. */
function electionsOf(cluster: ClusterSnapshot, disguise: Disguise): Record<string, readonly string[]> | null {
  if (cluster.elections) return renamed(cluster.elections, disguise)
  const nodes = valueOr(cluster.nodes, []).map(({ name }) => name)
  const keys = valueOr(cluster.services, []).flatMap(({ key, ingress }) => [
    key,
    ...ingress.flatMap(({ ip }) => ip ?? []),
  ])
  if (keys.length * nodes.length > MOST_ORDERED) return null
  return renamed(Object.fromEntries(keys.map((key) => [key, inOrder(nodes, key)])), disguise)
}

function inOrder(nodes: readonly string[], key: string): string[] {
  const digests = nodes.map((node) => [hashOfNode(node, key), node] as const)
  return digests.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node)
}

function renamed(orders: Readonly<Record<string, readonly string[]>>, disguise: Disguise) {
  const known = new Map<string, string>()
  const written = (name: string) => {
    const text = known.get(name) ?? disguise(name)
    known.set(name, text)
    return text
  }
  return Object.fromEntries(Object.entries(orders).map(([key, nodes]) => [written(key), nodes.map(written)]))
}

type Rewrite = (value: unknown, walk: Walk) => unknown

interface Walk {
  readonly disguise: Disguise
  readonly values: Values
  readonly into: (value: unknown) => unknown
}

/** Members that need more than names and addresses replaced in them. */
const MEMBERS: Readonly<Record<string, Rewrite>> = {
  source: () => REDACTED,
  from: (value, { disguise }) =>
    isText(value) && value.includes('://') ? REDACTED : isText(value) ? disguise(value) : value,
  labels: valuesOnly,
  podLabels: valuesOnly,
  matchLabels: valuesOnly,
  selector: valuesOnly,
  nodeSelector: valuesOnly,
  values: (value, { values }) => (value as string[]).map((one) => values.of(one)),
  annotations: (value, { values }) => mapValues(onlyKeys(value, ANNOTATIONS), (text) => values.of(text)),
  used: (value, { disguise }) =>
    Object.fromEntries(Object.entries(value as Texts).map(([ip, services]) => [disguise(ip), disguise(services)])),
  data: (value, { disguise }) => mapValues(onlyKeys(value, DATA), (text, key) => configuration(text, key, disguise)),
  args: (value, { values }) => (value as string[]).map((one) => values.argument(one)),
  value: (value, { values, into }) => (isText(value) ? values.of(value) : into(value)),
  images: (value, { disguise }) => (value as string[]).map((image) => disguise(publicPart(image))),
  image: (value, { disguise }) => disguise(publicPart(value as string)),
  hostname: (value) => (value === null ? null : REDACTED),
  holder: (value, { disguise }) => (isText(value) ? disguise(value.split('_')[0]!) : value),
  loadBalancerClass: (value, { values }) => (isText(value) && !KNOWN_DOMAIN.test(value) ? values.of(value) : value),
  managers: (value, { values, into }) =>
    (into(value) as { name: string }[]).map((manager) => ({ ...manager, name: values.of(manager.name) })),
  ports: (value, { values }) => (value as { name: string }[]).map((port) => ({ ...port, name: values.of(port.name) })),
}

const REDACTED = 'redacted'
const KNOWN_DOMAIN = /(?:^|\.)(?:cilium|metallb|purelb|kube-vip|kubesphere)(?:\.io|\.universe\.tf)?\//
/** Of these a rule reads something. */
const ANNOTATIONS =
  /^(?:[\w.-]+\.)?(?:metallb\.io|metallb\.universe\.tf|kube-vip\.io|cilium\.io|purelb\.io|kubesphere\.io|k3s\.io|rke2\.io|cattle\.io|coreos\.com|projectcalico\.org)\//
/** kube-proxy's and MetalLB's files, and single settings of Cilium. */
const DATA = /^(?:config\.conf|config|enable-l2-[\w-]+|l2-[\w-]+|k8s-client-[\w-]+|kube-proxy-replacement)$/
const REGISTRIES =
  /^(?:quay\.io|docker\.io|ghcr\.io|gcr\.io|registry\.k8s\.io|k8s\.gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws)\//

type Texts = Readonly<Record<string, string>>

/** Copies a value with every text in it under other names. */
function walker(disguise: Disguise): Walk['into'] {
  const walk: Walk = { disguise, values: new Values(disguise), into }
  function into(value: unknown): unknown {
    if (isText(value)) return disguise(value)
    if (Array.isArray(value)) return value.map(into)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, MEMBERS[key]?.(one, walk) ?? into(one)]))
  }
  return into
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Labels keep their keys; a selector that is more than labels is walked. */
function valuesOnly(value: unknown, { values, into }: Walk): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('matchExpressions' in value) return into(value)
  return mapValues(value as Texts, (text) => values.of(text))
}

function mapValues(texts: Texts, change: (text: string, key: string) => string): Texts {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, change(text, key)]))
}

function onlyKeys(value: unknown, keys: RegExp): Texts {
  return Object.fromEntries(Object.entries(value as Texts).filter(([key]) => keys.test(key)))
}

/** The registry of a company is its name; what follows tells the software and its version. */
function publicPart(image: string): string {
  if (REGISTRIES.test(image) || !image.includes('/')) return image
  const parts = image.split('/')
  const isRegistry = /[.:]/.test(parts[0]!)
  return isRegistry ? ['registry.example', ...parts.slice(1).slice(-2)].join('/') : image
}

/** Only what is read of kube-proxy's and MetalLB's configuration: they hold much else, passwords of BGP peers too. */
function configuration(text: string, key: string, disguise: Disguise): string {
  if (key !== 'config' && key !== 'config.conf') return isCommon(text) ? text : REDACTED
  const config = readYaml(text)
  const kept =
    key === 'config'
      ? { 'address-pools': list(config['address-pools']).map((pool) => pick(pool, ['name', 'protocol', 'addresses'])) }
      : { mode: config['mode'], ipvs: pick(config['ipvs'], ['strictARP']) }
  return disguise(stringify(kept))
}

function readYaml(text: string): Readonly<Record<string, unknown>> {
  try {
    return pick(parse(text), null)
  } catch {
    return {}
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function pick(value: unknown, keys: readonly string[] | null): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys === null || keys.includes(key)))
}
