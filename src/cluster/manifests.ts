import { parseAllDocuments } from 'yaml'
import { parseBoundedJson } from '../bounded-json.js'
import { CannotLook, type Known, known, unknown } from '../known.js'
import { sh } from '../shell.js'
import { assembleSnapshot, type Gathered } from './assemble.js'
import { jsonValues } from './json-values.js'
import { listPath, resourceName } from './kind-spec.js'
import { CLUSTER_KINDS, KINDS } from './kinds.js'
import type { ClusterEvent, ClusterKind, ClusterSnapshot, Lease } from './model.js'
import { NODE_LEASES } from './normalise/objects.js'
import { type Raw, record, records, text, time } from './normalise/raw.js'
import { isSavedSnapshot, parseSnapshot } from './snapshot-file.js'

/** One file of `--cluster-from`: its name for people and its whole text. */
export interface ManifestFile {
  readonly name: string
  readonly text: string
}

/**
 * The snapshot that a saved snapshot, or `kubectl get … -o yaml|json` output, amounts to. A kind that no file mentions
 * is unknown; an empty typed list (`kind: L2AdvertisementList`) mentions it. Such output does not say when it was taken:
 * the newest time in its leases (heartbeats of nodes too) and events stands for that, `readAt` where there are none. Throws `CannotLook`.
 */
export function snapshotFromFiles(files: readonly ManifestFile[], readAt: Date): ClusterSnapshot {
  const source = files.map(({ name }) => name).join(', ')
  const documents = files.flatMap(parseDocuments)
  const saved = documents.find(isSavedSnapshot)
  if (saved && documents.length > 1) throw notRead(source, 'a saved snapshot is the whole cluster: give it alone')
  if (saved) return parseSnapshot(saved, source, Math.max(...files.map(({ text }) => text.length)))
  const gathered: Objects = new Map()
  for (const document of documents) gather(document, gathered)
  if (gathered.size === 0) throw notRead(source, 'there is no Kubernetes object in it that bears on VIPs')
  const kinds = CLUSTER_KINDS.map((kind) => [kind, knownKind(kind, gathered.get(kind), source)])
  return assembleSnapshot(
    Object.fromEntries(kinds) as Gathered,
    newest(gathered, documents.flatMap(heartbeats)) ?? readAt.toISOString(),
    source,
  )
}

/** A cluster of 5,000 nodes with everything that `kubectl get -o json` prints of it is some millions of values. */
const BOUNDS = { values: 10_000_000, depth: 100 }
/** Longer YAML takes minutes to read; `-o json` is read in seconds. */
const MOST_YAML = 64 * 1024 * 1024

/** JSON, several JSON values in a row (as two `kubectl get -o json` or `--raw` print them), or YAML documents. */
function parseDocuments({ name, text }: ManifestFile): Raw[] {
  try {
    if (text.trimStart().startsWith('{')) return jsonValues(text).map((part) => record(parseBoundedJson(part, BOUNDS)))
    if (text.length > MOST_YAML) throw new RangeError('it is YAML of more than 64 MiB: give the output of -o json')
    return parseAllDocuments(text).flatMap((document) => {
      if (document.errors[0]) throw document.errors[0]
      return document.contents === null ? [] : [record(document.toJS())]
    })
  } catch (cause) {
    const what = cause instanceof RangeError ? 'it is more than l2doctor reads' : 'it is neither YAML nor JSON'
    throw notRead(name, `${what}: ${(cause as Error).message.split('\n')[0]}`, cause)
  }
}

const KIND_OF = new Map(
  CLUSTER_KINDS.flatMap((kind) =>
    KINDS[kind].resources.map((resource) => [`${resource.group} ${resource.kind}`, kind]),
  ),
)
KIND_OF.set('events.k8s.io Event', 'events')

type Objects = Map<ClusterKind, unknown[]>

/** When the kubelets renewed their leases: kept for nothing else, but the surest sign of when a file was made. */
function heartbeats(object: Raw): string[] {
  if (Array.isArray(object['items'])) return records(object['items']).flatMap(heartbeats)
  const isHeartbeat = record(object['metadata'])['namespace'] === NODE_LEASES
  const renewed = isHeartbeat ? time(record(object['spec'])['renewTime']) : null
  return renewed === null ? [] : [renewed]
}

/** Takes an object, or the items of a list, for what it is; objects of other kinds are none of our business. */
function gather(object: Raw, gathered: Objects): void {
  const name = text(object['kind'])
  if (name.endsWith('List') && Array.isArray(object['items'])) {
    gatherList(object, name.slice(0, -'List'.length), gathered)
    return
  }
  const kind = kindOf(object, name)
  if (!kind) return
  const normal = KINDS[kind].normalise(object, name)
  const items = mentioned(kind, gathered)
  if (normal !== null) items.push(normal)
}

/** The items of a typed list may leave out what the list says. */
function gatherList(list: Raw, itemKind: string, gathered: Objects): void {
  const kind = kindOf(list, itemKind)
  if (kind) mentioned(kind, gathered)
  const defaults = kind ? { apiVersion: list['apiVersion'], kind: itemKind } : {}
  for (const item of records(list['items'])) gather({ ...defaults, ...item }, gathered)
}

function kindOf(object: Raw, name: string): ClusterKind | undefined {
  const apiVersion = text(object['apiVersion'])
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return KIND_OF.get(`${group} ${name}`) as ClusterKind | undefined
}

function mentioned(kind: ClusterKind, gathered: Objects): unknown[] {
  const items = gathered.get(kind) ?? []
  gathered.set(kind, items)
  return items
}

function knownKind(kind: ClusterKind, items: unknown[] | undefined, source: string): Known<readonly unknown[]> {
  if (items) return known(items, source)
  const { resources } = KINDS[kind]
  const names = resources.map(resourceName).join(',')
  // `kubectl get -o yaml` prints a list that does not say of what, where there is nothing to print
  const commands = resources.map((one) => sh`kubectl get --raw ${listPath(one)}`).join('; ')
  return unknown(names, `not among the objects of ${source}`, `add the output of: ${commands}`)
}

function newest(gathered: ReadonlyMap<ClusterKind, readonly unknown[]>, beats: readonly string[]): string | null {
  const leases = (gathered.get('leases') ?? []) as readonly Lease[]
  const events = (gathered.get('events') ?? []) as readonly ClusterEvent[]
  const times = [...beats, ...leases.map(({ renewedAt }) => renewedAt), ...events.map(({ lastAt }) => lastAt)]
  return times.reduce((a, b) => (a !== null && (b === null || a > b) ? a : b), null)
}

function notRead(subject: string, reason: string, cause?: unknown): CannotLook {
  const hint = 'give the output of `kubectl get nodes,services,… -A -o yaml`, or a file that --save wrote'
  return new CannotLook({ subject, reason, hint }, { cause })
}
