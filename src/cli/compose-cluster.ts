import { randomBytes } from 'node:crypto'
import type { ApiClient } from '../cluster/api-connection.js'
import type { ClusterAccess } from '../cluster/kubernetes.js'
import type { ManifestFile } from '../cluster/manifests.js'
import type { MacOwner } from '../facts/attribution.js'
import { CannotLook } from '../known.js'
import type { AuditClusterAdapters } from '../workflows/audit-cluster.js'
import type { DiagnoseAdapters } from '../workflows/diagnose-request.js'
import type { ReadCluster } from '../workflows/read-view.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { UsageError } from './exit-codes.js'
import { MOST_MEBIBYTES, readFlagFile, readText } from './read-text.js'
import type { Saves } from './saves.js'

/** Adapters of everything that reads a cluster; built, like all adapters, with lazy imports. */

const now = () => new Date()
/** A whole cluster may take as long as so many of its answers at most: minutes, where each is slow. */
const MOST_ANSWERS = 15

/** Reads the files where some are named, the API server otherwise. */
export function clusterReader(flags: ClusterFlagValues, open: Reconnect = connectTo): ReadCluster {
  const files = flags['cluster-from'] ?? []
  return files.length > 0
    ? () => readFiles(files)
    : (interrupted) => readApi(() => open(flags, interrupted), flags, interrupted)
}

/** A credential plugin of a run that lasts takes so long at most, ms: it waits for nobody to log in again. */
const PLUGIN_MS = 30_000

type Reconnect = (flags: ClusterFlagValues, interrupted: AbortSignal) => Promise<ApiClient>

/** Connects to the API server that the flags name, again. Throws CannotLook. */
export function reconnectTo(flags: ClusterFlagValues, signal: AbortSignal): Promise<ApiClient> {
  return connectWith(flags, { plugin: { ms: PLUGIN_MS, signal } })
}

/** Connects to the API server that the flags name. Throws CannotLook. */
export function connectTo(flags: ClusterFlagValues): Promise<ApiClient> {
  return connectWith(flags, {})
}

async function connectWith(flags: ClusterFlagValues, more: Pick<ClusterAccess, 'plugin'>): Promise<ApiClient> {
  const { connect } = await import('../cluster/kubernetes.js')
  return connect({
    kubeconfig: flags.kubeconfig ?? null,
    context: flags.context ?? null,
    timeoutMs: flags['kube-timeout'] * 1000,
    ...more,
  })
}

async function readApi(open: () => Promise<ApiClient>, flags: ClusterFlagValues, interrupted: AbortSignal) {
  const { CONCURRENCY } = await import('../cluster/kubernetes.js')
  const { readCluster } = await import('../cluster/read-cluster.js')
  const connection = await open()
  const mostMs = flags['kube-timeout'] * MOST_ANSWERS * 1000
  return readCluster(connection, { now, concurrency: CONCURRENCY, interrupted, mostMs })
}

/** Asks announcers' agents through the API server; undefined where the objects are files. */
export function agentReader(flags: ClusterFlagValues): DiagnoseAdapters['readAgents'] {
  if (flags['cluster-from'] !== undefined) return undefined
  return async (nodes, cluster, interrupted) => {
    const { readSpeakers, speakersOn } = await import('../cluster/read-speakers.js')
    const pods = speakersOn(nodes, cluster)
    if (pods.length === 0) return { states: [], gaps: [] }
    const connection = await connectTo(flags)
    return readSpeakers(connection, pods, interrupted).finally(() => connection.close())
  }
}

async function readFiles(names: readonly string[]) {
  const { snapshotFromFiles } = await import('../cluster/manifests.js')
  return snapshotFromFiles(await Promise.all(names.map(readManifest)), now())
}

async function readManifest(name: string): Promise<ManifestFile> {
  try {
    return { name, text: await readText(name, MOST_MEBIBYTES.objects) }
  } catch (cause) {
    throw new CannotLook({ subject: name, reason: (cause as Error).message, hint: 'name a readable file' }, { cause })
  }
}

export interface AuditClusterFlagValues extends ClusterFlagValues, AttributionFlagValues {
  readonly save?: string | undefined
  readonly baseline?: string | undefined
  readonly redact?: boolean | undefined
}

export async function composeAuditCluster(
  flags: AuditClusterFlagValues,
  version: string,
  saves: Saves,
): Promise<Omit<AuditClusterAdapters, 'present'>> {
  const { baselineFile } = await import('./baseline-file.js')
  const { save, baseline } = flags
  return {
    readCluster: flags.redact ? await redactedReader(clusterReader(flags)) : clusterReader(flags),
    save: save === undefined ? null : await snapshotWriter(save, saves),
    baseline:
      baseline === undefined ? null : baselineFile(baseline, (contents) => saves.whole(baseline, contents, 'owner')),
    owners: await macOwners(flags),
    now,
    version,
  }
}

async function redactedReader(read: ReadCluster): Promise<ReadCluster> {
  const { readRedacted } = await import('../workflows/read-redacted.js')
  return (interrupted) => readRedacted(read, interrupted, randomBytes(32))
}

async function snapshotWriter(file: string, saves: Saves): Promise<NonNullable<AuditClusterAdapters['save']>> {
  const { formatSnapshot } = await import('../cluster/snapshot-file.js')
  return async (cluster) => {
    await saves.whole(file, formatSnapshot(cluster), 'owner')
  }
}

/** Whose MACs are whose, by the operator's word and by host snapshots. */
export async function macOwners(flags: AttributionFlagValues): Promise<MacOwner[]> {
  const { parseMacMap, parseMacOption } = await import('./mac-map.js')
  const map = flags['mac-map']
  const mapped = map === undefined ? [] : parseMacMap(await readFlagFile('--mac-map', map), map)
  return [...(flags.mac ?? []).map(parseMacOption), ...mapped, ...(await audited(flags['nodes-from'] ?? []))]
}

/** MACs of hosts that audit-node saved; a snapshot that cannot be read names nothing, so it is an error here. */
async function audited(paths: readonly string[]): Promise<MacOwner[]> {
  if (paths.length === 0) return []
  const { loadSnapshots } = await import('../node/snapshot-files.js')
  const { buildHost } = await import('../node/host.js')
  const { ownersFromHosts } = await import('../facts/mac-owners.js')
  const records = await loadSnapshots(paths)
  const hosts = records.map(buildHost)
  const unread = records.find((record, at) => record.failure !== null && !hosts[at]?.reached)
  if (unread?.failure)
    throw new UsageError(`--nodes-from ${unread.name}: ${unread.failure.reason}; ${unread.failure.hint}`)
  return ownersFromHosts(hosts)
}
