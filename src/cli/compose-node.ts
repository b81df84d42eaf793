import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { ClusterNode } from '../cluster/model.js'
import { CannotLook } from '../known.js'
import type { Progress } from '../node/collect.js'
import type { HostRecord } from '../node/host.js'
import type { Transport } from '../node/transports/transport.js'
import type { AuditNodeAdapters } from '../workflows/audit-node.js'
import type { DiagnoseAdapters } from '../workflows/diagnose.js'
import type { ClusterFlagValues } from './cluster-flags.js'
import { clusterReader } from './compose-cluster.js'
import { UsageError } from './exit-codes.js'
import { hostsOfFile, parseHosts } from './host-list.js'
import type { NodeFlagValues, SnapshotFlagValues } from './node-flags.js'
import { readFlagFile } from './read-text.js'

/** Adapters of everything that reads hosts; built, like all adapters, with lazy imports. */

export interface AuditNodeFlagValues extends NodeFlagValues, SnapshotFlagValues, ClusterFlagValues {}

export async function composeAuditNode(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  note: (text: string) => void,
  version: string,
): Promise<AuditNodeAdapters> {
  const { save } = flags
  return {
    readHosts: hostReader(hosts, flags, note),
    save: save === undefined ? null : async (records) => (await snapshotFiles()).saveSnapshots(save, records),
    redactor: flags.redact ? await redactorFactory() : null,
    now: () => new Date(),
    version,
  }
}

const snapshotFiles = () => import('../node/snapshot-files.js')

/** Reads saved hosts where some are named, live ones otherwise. */
export function hostReader(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  note: (text: string) => void,
): AuditNodeAdapters['readHosts'] {
  const from = flags.from ?? []
  const live = hosts.length > 0 || flags.local || flags['all-nodes'] || flags['hosts-file'] !== undefined
  if (from.length > 0 && live) throw new UsageError('--from judges saved hosts; name either those or live ones')
  if (from.length > 0) return async () => (await snapshotFiles()).loadSnapshots(from)
  if (!live) throw new UsageError('no host named; give hosts, --hosts-file, --all-nodes, --local or --from')
  return async (interrupted) => {
    const { collectHosts } = await import('../node/collect.js')
    const { concurrency, become, timeout } = flags
    const limits = { concurrency, become, timeoutMs: timeout * 1000, signal: interrupted }
    const reached = await transports(hosts, flags, interrupted).catch(noHosts)
    if ('failure' in reached) return [reached]
    return collectHosts(reached, limits, progress(note))
  }
}

/** A cluster that would not name its nodes is one gap. */
function noHosts(error: unknown): HostRecord {
  if (!(error instanceof CannotLook)) throw error
  return { name: error.gap.subject, address: '', probes: {}, failure: error.gap }
}

async function transports(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  interrupted: AbortSignal,
): Promise<Transport[]> {
  const { sshTransport } = await import('../node/transports/ssh.js')
  const { localTransport } = await import('../node/transports/local.js')
  const listed =
    flags['hosts-file'] === undefined ? [] : hostsOfFile(await readFlagFile('--hosts-file', flags['hosts-file']))
  const named = parseHosts([...hosts, ...listed]).map((host) => ({ name: host, address: host }))
  const nodes = flags['all-nodes'] ? await clusterNodes(flags, interrupted) : []
  const options = sshOptions(flags)
  return [
    ...(flags.local ? [localTransport(hostname())] : []),
    ...[...named, ...nodes].map(({ name, address }) => sshTransport(name, address, options)),
  ]
}

/** Reads hosts by name and address over ssh, as `diagnose` finds out that they matter. */
export function targetReader(
  flags: SshFlagValues,
  note: (text: string) => void,
): NonNullable<DiagnoseAdapters['readHosts']> {
  return async (targets, interrupted) => {
    const { collectHosts } = await import('../node/collect.js')
    const { sshTransport } = await import('../node/transports/ssh.js')
    const options = sshOptions(flags)
    const { concurrency, become, timeout } = flags
    const limits = { concurrency, become, timeoutMs: timeout * 1000, signal: interrupted }
    return collectHosts(
      targets.map(({ name, address }) => sshTransport(name, address, options)),
      limits,
      progress(note),
    )
  }
}

export type SshFlagValues = Omit<NodeFlagValues, 'hosts-file' | 'all-nodes' | 'local' | 'address-type'>

function sshOptions(flags: SshFlagValues) {
  return {
    user: flags.user ?? null,
    port: flags.port ?? null,
    identity: flags.identity ?? null,
    options: flags['ssh-option'] ?? [],
    connectTimeoutSeconds: flags['connect-timeout'],
  }
}

function progress(note: (text: string) => void): Progress {
  return (record, done, total) => note(`[${done}/${total}] ${record.name}: ${record.failure?.reason ?? 'read'}`)
}

/** Name and address of every node of the cluster; one without an address of that type is called by its name. */
async function clusterNodes(flags: AuditNodeFlagValues, interrupted: AbortSignal) {
  const { nodes } = await clusterReader(flags)(interrupted)
  if (!nodes.known) throw new CannotLook(nodes.gap)
  return nodes.value.map((node) => ({ name: node.name, address: addressOf(node, flags['address-type']) ?? node.name }))
}

function addressOf(
  { internalIPs, externalIPs }: ClusterNode,
  type: NodeFlagValues['address-type'],
): string | undefined {
  return type === 'InternalIP' ? internalIPs[0] : type === 'ExternalIP' ? externalIPs[0] : undefined
}

async function redactorFactory(): Promise<NonNullable<AuditNodeAdapters['redactor']>> {
  const { hostNames } = await import('../node/host.js')
  const { hostPseudonyms, Redactor } = await import('../node/redact.js')
  return (records: readonly HostRecord[]) => new Redactor(hostPseudonyms(records.flatMap(hostNames)), randomBytes(32))
}
